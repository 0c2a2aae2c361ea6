package io.dl4k.kaggle.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Properties;

/** The frame of an HTML page of ours: charts library, styles and script in the page itself, and a policy that refuses all others. */
public final class Shell {
    private static final String WEBJAR = "/META-INF/resources/webjars/uplot/";

    private final String title;
    private final String style;
    private final String script;
    private final String connect;

    private Shell(String title, String style, String script, String connect) {
        this.title = title;
        this.style = style;
        this.script = script;
        this.connect = connect;
    }

    /**
     * A page with charts that asks nobody for anything.
     *
     * @param style CSS added to that of all pages
     * @param script JavaScript run after the body is there; {@code charts} in it draws what {@link Html#data} wrote
     */
    public static Shell offline(String title, String style, String script) {
        return new Shell(title, style, resource(Shell.class, "charts.js") + script, "");
    }

    /** A page that may talk to the server it came from. @param style CSS added to that of all pages  @param script JavaScript, run after the body is there */
    public static Shell served(String title, String style, String script) {
        return new Shell(title, style, script, " connect-src 'self';");
    }

    /** The page around a body. @param body markup of {@code main} and data blocks */
    public String page(String body) {
        String version = webjarVersion();
        String library = "/*\n" + resource(Shell.class, WEBJAR + version + "/LICENSE").strip() + "\n*/\n" + resource(Shell.class, WEBJAR + version + "/dist/uPlot.iife.min.js");
        // Whatever slipped through the escaping could neither run nor send anything.
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:;" + connect
                + " base-uri 'none'; form-action 'none'; script-src " + hash(library) + " " + hash(script) + "\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n"
                + "<title>" + Html.escape(title) + "</title>\n<style>\n" + resource(Shell.class, WEBJAR + version + "/dist/uPlot.min.css") + "\n" + resource(Shell.class, "page.css") + style
                + "</style>\n</head>\n<body>\n" + body + "<script>" + library + "</script>\n<script>" + script + "</script>\n</body>\n</html>\n";
    }

    /** A text among a class's resources, with Unix line ends, as a browser hashes it. */
    public static String resource(Class<?> beside, String name) {
        try (InputStream in = open(beside, name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("the application's jars are damaged: " + name + " cannot be read", e);
        }
    }

    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The version is a folder of the WebJar, and the POM alone decides it. */
    private static String webjarVersion() {
        Properties properties = new Properties();
        try (InputStream in = open(Shell.class, "/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the application's jars are damaged: the chart library's version cannot be read", e);
        }
        return properties.getProperty("version");
    }

    private static InputStream open(Class<?> beside, String name) throws IOException {
        InputStream in = beside.getResourceAsStream(name);
        if (in == null) {
            throw new IOException(name + " is missing");
        }
        return in;
    }
}
