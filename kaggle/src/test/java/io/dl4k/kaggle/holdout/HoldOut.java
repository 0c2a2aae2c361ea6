package io.dl4k.kaggle.holdout;

import io.dl4k.kaggle.competition.Competitions;
import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Scores {@code train} on rows whose answers it never sees:
 * {@code COMPETITION [--auto|--renamed|--recipe FILE] [--seeds N] [--from SEED] [--data ZIP] [--keep DIR] [OPTION OF train]…}. Started by
 * {@code .ci/holdout}, which documents it. Every run is one of {@code ./dl4k train}, in a process of its own, as a user starts it.
 */
final class HoldOut {
    private HoldOut() {
    }

    public static void main(String[] arguments) throws Exception {
        List<String> rest = new ArrayList<>(List.of(arguments));
        boolean renamed = rest.remove("--renamed");
        boolean auto = rest.remove("--auto") || renamed;
        Map<String, String> said = new TreeMap<>();
        for (String option : List.of("--seeds", "--from", "--data", "--keep", "--recipe")) {
            int at = rest.indexOf(option);
            if (at >= 0) {
                said.put(option, rest.remove(at + 1));
                rest.remove(at);
            }
        }
        if (!rest.isEmpty() && rest.get(0).equals("made-up")) {
            madeUp(rest.subList(1, rest.size()), said);
            return;
        }
        if (rest.isEmpty()) {
            System.err.println("which competition? .ci/holdout COMPETITION [--auto|--renamed|--recipe FILE] [--seeds N] [--from SEED] [--data ZIP] [--keep DIR] [OPTION OF train]…");
            System.exit(2);
        }
        var competition = Competitions.find(rest.get(0)).orElseThrow(() -> new IllegalArgumentException("there is no competition '" + rest.get(0) + "'")).info();
        String subject = said.containsKey("--recipe") ? Path.of(said.get("--recipe")).toAbsolutePath().toString() : auto ? "auto" : competition.slug();
        String what = said.containsKey("--recipe") ? said.get("--recipe") : renamed ? "renamed" : auto ? "auto" : "named";
        Path home = Training.above(Path.of("").toAbsolutePath(), "dl4k");
        Path zip = said.containsKey("--data") ? Path.of(said.get("--data")) : Training.above(home, "shared/data").resolve("shared/data");
        Path data = Files.isDirectory(zip) ? zip.resolve(competition.slug() + ".zip") : zip;
        Path folder = said.containsKey("--keep") ? Files.createDirectories(Path.of(said.get("--keep"))) : Files.createTempDirectory("holdout");
        int metricAt = rest.indexOf("--metric");
        Metric metric = metricAt < 0 ? competition.metric() : Metrics.named(rest.get(metricAt + 1)).orElseThrow();
        int seeds = Integer.parseInt(said.getOrDefault("--seeds", "1"));
        int first = Integer.parseInt(said.getOrDefault("--from", "1"));
        List<Double> foretold = new ArrayList<>();
        List<Double> held = new ArrayList<>();
        for (int seed = first; seed < first + seeds; seed++) {
            Path round = folder.resolve(competition.slug() + "-" + seed + (renamed ? "-renamed" : "") + ".zip");
            SecondRound second = SecondRound.cut(data, round, seed, renamed);
            Path submission = folder.resolve("submission.csv");
            Training.Outcome outcome = Training.run(home, subject, round, submission, rest.subList(1, rest.size()));
            foretold.add(outcome.foretold());
            held.add(second.score(submission, metric));
            System.out.printf(Locale.ROOT, "%s %s seed=%d cv_%s=%.4f held_out=%.4f rows=%d seconds=%s%n", competition.slug(), what, seed,
                    metric.name(), foretold.get(seed - first), held.get(seed - first), second.answers().size(), outcome.seconds());
        }
        if (seeds > 1) {
            System.out.printf(Locale.ROOT, "%s %s mean of %d cv_%s=%.4f held_out=%.4f%n", competition.slug(), what, seeds, metric.name(),
                    mean(foretold), mean(held));
        }
    }

    /** Those named, or all: what was reached, and between what it lies: the best that could be, and what the sample shows. */
    private static void madeUp(List<String> arguments, Map<String, String> said) throws Exception {
        Path home = Training.above(Path.of("").toAbsolutePath(), "dl4k");
        Path folder = said.containsKey("--keep") ? Files.createDirectories(Path.of(said.get("--keep"))) : Files.createTempDirectory("made-up");
        List<String> names = arguments.stream().takeWhile(name -> !name.startsWith("-")).toList();
        List<String> options = arguments.subList(names.size(), arguments.size());
        for (MadeUp competition : MadeUp.values()) {
            String name = competition.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (names.isEmpty() || names.contains(name)) {
                Path zip = folder.resolve(name + ".zip");
                MadeUp.Made made = competition.write(zip, 1);
                Metric metric = Metrics.named(competition.metric()).orElseThrow();
                Path submission = folder.resolve(name + ".csv");
                List<String> all = new ArrayList<>(options);
                all.addAll(List.of("--metric", metric.name()));
                Training.Outcome outcome = Training.run(home, "auto", zip, submission, all);
                System.out.printf(Locale.ROOT, "%s cv_%s=%.4f held_out=%.4f best=%.4f rows=%d seconds=%s%n", name, metric.name(), outcome.foretold(), made.round().score(submission, metric),
                        made.round().score(made.best(), metric), made.round().answers().size(), outcome.seconds());
            }
        }
    }

    private static double mean(List<Double> all) {
        return all.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
    }
}
