package io.dl4k.kaggle.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A headless Chromium with one page, spoken to in its DevTools protocol. Collects what the page complains of and what it asks for. */
public final class Chromium implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;
    private static final String LISTENING = "DevTools listening on ";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<JsonNode> messages;
    private final List<String> complaints = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private String session;
    private int lastId;

    private Chromium(Process process, WebSocket socket, BlockingQueue<JsonNode> messages) {
        this.process = process;
        this.socket = socket;
        this.messages = messages;
    }

    /** Where the browser is, if it is installed. */
    public static Optional<Path> executable() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(java.io.File.pathSeparator)).filter(folder -> !folder.isEmpty())
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome").map(name -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
    }

    /** @param profile an empty folder for the browser's own files */
    public static Chromium start(Path executable, Path profile) throws Exception {
        // No sandbox, because containers that run as root have none; the only page it sees is ours.
        ProcessBuilder builder = new ProcessBuilder(executable.toString(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--remote-debugging-port=0", "--user-data-dir=" + profile, "about:blank").redirectOutput(ProcessBuilder.Redirect.DISCARD);
        // Its lock's socket lies in the temporary folder and would be left there.
        builder.environment().put("TMPDIR", profile.toString());
        Process process = builder.start();
        try {
            BufferedReader errors = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
            String line;
            do {
                line = errors.readLine();
                if (line == null) {
                    throw new IOException(executable + " ended before it listened");
                }
            } while (!line.startsWith(LISTENING));
            // Drained, so that the browser never waits for us to read.
            Thread drain = new Thread(() -> errors.lines().forEach(ignored -> { }), "chromium-stderr");
            drain.setDaemon(true);
            drain.start();
            BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
            WebSocket socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create(line.substring(LISTENING.length())), new Listener(messages))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            Chromium chromium = new Chromium(process, socket, messages);
            String target = chromium.call("Target.createTarget", Map.of("url", "about:blank")).get("targetId").asText();
            chromium.session = chromium.call("Target.attachToTarget", Map.of("targetId", target, "flatten", true)).get("sessionId").asText();
            for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
                chromium.call(domain + ".enable", Map.of());
            }
            return chromium;
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Opens a file at a width in CSS pixels. */
    public void open(Path file, int width, boolean dark) throws Exception {
        open(file.toUri(), width, dark);
    }

    /** Opens an address at a width in CSS pixels. */
    public void open(URI address, int width, boolean dark) throws Exception {
        complaints.clear();
        requests.clear();
        size(width);
        call("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        call("Page.navigate", Map.of("url", address.toString()));
        await(message -> message.path("method").asText().equals("Page.loadEventFired"));
        settle();
    }

    /** Changes the width of the open page. */
    public void resize(int width) throws Exception {
        size(width);
        settle();
    }

    private void size(int width) throws Exception {
        call("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** Two frames later layout, observers and canvases are done. */
    private void settle() throws Exception {
        evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
    }

    /** The value of an expression, awaited if it is a promise. */
    public JsonNode evaluate(String expression) throws Exception {
        JsonNode answer = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(answer.get("exceptionDetails").toString());
        }
        return answer.get("result").path("value");
    }

    /** The whole page as PNG. */
    public byte[] screenshot() throws Exception {
        return Base64.getDecoder().decode(call("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "format", "png")).get("data").asText());
    }

    /** The page on paper. */
    public byte[] pdf() throws Exception {
        return Base64.getDecoder().decode(call("Page.printToPDF", Map.of("printBackground", false, "preferCSSPageSize", true)).get("data").asText());
    }

    /** Errors and warnings of the page since it was opened. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Addresses that were asked for since the page was opened. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
        int id = ++lastId;
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        if (session != null) {
            message.put("sessionId", session);
        }
        socket.sendText(message.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        JsonNode answer = await(received -> received.path("id").asInt() == id);
        if (answer.has("error")) {
            throw new AssertionError(method + ": " + answer.get("error"));
        }
        return answer.get("result");
    }

    private JsonNode await(Predicate<JsonNode> wanted) throws Exception {
        while (true) {
            JsonNode message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("Chromium did not answer within " + PATIENCE_SECONDS + " s");
            }
            collect(message.path("method").asText(), message.path("params"));
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    private void collect(String method, JsonNode event) {
        switch (method) {
            case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" -> complaints.add(event.toString());
            case "Network.requestWillBeSent" -> requests.add(event.path("request").path("url").asText());
            default -> {
                // Nothing else is looked at.
            }
        }
    }

    @Override
    public void close() {
        socket.abort();
        // Its files are deleted next, so it and the processes it started must be gone: some of them outlive it for a moment and still write.
        List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        process.destroy();
        for (ProcessHandle member : family) {
            member.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).exceptionally(e -> {
                member.destroyForcibly();
                return member;
            }).join();
        }
    }

    private static final class Listener implements WebSocket.Listener {
        private final StringBuilder part = new StringBuilder();
        private final Consumer<JsonNode> sink;

        Listener(BlockingQueue<JsonNode> messages) {
            sink = messages::add;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                try {
                    sink.accept(JSON.readTree(part.toString()));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                } finally {
                    part.setLength(0);
                }
            }
            socket.request(1);
            return null;
        }
    }
}
