package io.dl4k.kaggle.holdout;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run of {@code ./dl4k train}. */
final class Training {
    private static final Pattern LAST_LINE = Pattern.compile("cv_\\w+=(\\S+) seconds=(\\S+)");

    /**
     * What the last line said.
     *
     * @param foretold cross-validated score
     * @param seconds that it took
     */
    record Outcome(double foretold, String seconds) {
    }

    private Training() {
    }

    /** The nearest folder, this one or above it, that holds the path. @throws IOException if there is none */
    static Path above(Path folder, String path) throws IOException {
        for (Path at = folder; at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(path))) {
                return at;
            }
        }
        throw new IOException("there is no " + path + " in " + folder + " or above it");
    }

    /**
     * Trains, progress on our stderr.
     *
     * @param subject competition or recipe
     * @throws IOException if it fails
     */
    static Outcome run(Path home, String subject, Path data, Path out, List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(home.resolve("dl4k").toString(), "train", subject, "--data", data.toString(), "--out", out.toString()));
        command.addAll(options);
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String last = "";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
            }
        }
        Matcher found = LAST_LINE.matcher(last);
        if (process.waitFor() != 0 || !found.find()) {
            throw new IOException(String.join(" ", command) + " ended with " + process.exitValue() + ": " + last);
        }
        return new Outcome(Double.parseDouble(found.group(1)), found.group(2));
    }
}
