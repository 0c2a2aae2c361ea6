package io.dl4k.kaggle.holdout;

import io.dl4k.kaggle.competition.Competitions;
import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Scores {@code train} on rows whose answers it never sees: {@code COMPETITION [--auto|--renamed] [--seeds N] [--data ZIP] [--keep DIR] [OPTION OF train]…}. Started by
 * {@code .ci/holdout}, which documents it. Every run is one of {@code ./dl4k train}, in a process of its own, as a user starts it.
 */
final class HoldOut {
    private static final Pattern LAST_LINE = Pattern.compile("cv_\\w+=(\\S+) seconds=(\\S+)");

    private HoldOut() {
    }

    public static void main(String[] arguments) throws Exception {
        List<String> rest = new ArrayList<>(List.of(arguments));
        boolean renamed = rest.remove("--renamed");
        boolean auto = rest.remove("--auto") || renamed;
        Map<String, String> said = new TreeMap<>();
        for (String option : List.of("--seeds", "--data", "--keep")) {
            int at = rest.indexOf(option);
            if (at >= 0) {
                said.put(option, rest.remove(at + 1));
                rest.remove(at);
            }
        }
        if (rest.isEmpty()) {
            System.err.println("which competition? .ci/holdout COMPETITION [--auto|--renamed] [--seeds N] [--data ZIP] [--keep DIR] [OPTION OF train]…");
            System.exit(2);
        }
        var competition = Competitions.find(rest.get(0)).orElseThrow(() -> new IllegalArgumentException("there is no competition '" + rest.get(0) + "'")).info();
        Path home = above(Path.of("").toAbsolutePath(), "dl4k");
        Path zip = said.containsKey("--data") ? Path.of(said.get("--data")) : above(home, "shared/data").resolve("shared/data");
        Path data = Files.isDirectory(zip) ? zip.resolve(competition.slug() + ".zip") : zip;
        Path folder = said.containsKey("--keep") ? Files.createDirectories(Path.of(said.get("--keep"))) : Files.createTempDirectory("holdout");
        int metricAt = rest.indexOf("--metric");
        Metric metric = metricAt < 0 ? competition.metric() : Metrics.named(rest.get(metricAt + 1)).orElseThrow();
        int seeds = Integer.parseInt(said.getOrDefault("--seeds", "1"));
        List<Double> foretold = new ArrayList<>();
        List<Double> held = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            Path round = folder.resolve(competition.slug() + "-" + seed + (renamed ? "-renamed" : "") + ".zip");
            SecondRound second = SecondRound.cut(data, round, seed, renamed);
            Path submission = folder.resolve("submission.csv");
            List<String> command = new ArrayList<>(List.of(home.resolve("dl4k").toString(), "train", auto ? "auto" : competition.slug(), "--data", round.toString(), "--out",
                    submission.toString()));
            command.addAll(rest.subList(1, rest.size()));
            Matcher last = LAST_LINE.matcher(lastLine(command));
            if (!last.find()) {
                throw new IOException("no last line of train was found");
            }
            foretold.add(Double.valueOf(last.group(1)));
            held.add(second.score(submission, metric));
            System.out.printf(Locale.ROOT, "%s %s seed=%d cv_%s=%.4f held_out=%.4f rows=%d seconds=%s%n", competition.slug(), renamed ? "renamed" : auto ? "auto" : "named", seed,
                    metric.name(), foretold.get(seed - 1), held.get(seed - 1), second.answers().size(), last.group(2));
        }
        if (seeds > 1) {
            System.out.printf(Locale.ROOT, "%s %s mean of %d cv_%s=%.4f held_out=%.4f%n", competition.slug(), renamed ? "renamed" : auto ? "auto" : "named", seeds, metric.name(),
                    mean(foretold), mean(held));
        }
    }

    private static double mean(List<Double> all) {
        return all.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
    }

    /** The nearest folder, this one or above it, that holds the path. */
    private static Path above(Path folder, String path) throws IOException {
        for (Path at = folder; at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(path))) {
                return at;
            }
        }
        throw new IOException("there is no " + path + " in " + folder + " or above it");
    }

    /** Runs a command, progress on our stderr. @throws IOException if it fails */
    private static String lastLine(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String last = "";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
        }
        return last;
    }
}
