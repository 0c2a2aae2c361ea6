package io.dl4k.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.dl4k.benchmarks.matrix.MatrixShape;
import io.dl4k.benchmarks.report.Measurements.Average;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The tables of a run, ratios first, and the page made of all saved runs. */
public final class Page {
    private static final String PRODUCT = "MatrixMultiplyBenchmark.multiply";
    private static final String CNN_STEP = "CnnStepBenchmark.trainingStep";
    /** Of a training step of the CNN, a row: convolutions and dense layers forward and weight gradients, and input gradients but the first layer's. */
    private static final double CNN_FIRST = 2.0 * 28 * 28 * 32 * 9;
    private static final double CNN_OTHERS = 2.0 * (14 * 14 * 64 * 9 * 32 + 7 * 7 * 64 * 128 + 128 * 10);
    static final double CNN_OPERATIONS = 2 * CNN_FIRST + 3 * CNN_OTHERS;

    private static final double QUIET = 0.1;

    private Page() {
    }

    /** Averages of one question on the same parameters, by implementation. */
    private record Comparison(String benchmark, Map<String, String> parameters, Map<String, Average> by) {
        OptionalDouble timesFaster(String than) {
            Average ours = by.get("dl4k");
            Average other = by.get(than);
            return ours == null || other == null ? OptionalDouble.empty() : OptionalDouble.of(other.score() / ours.score());
        }
    }

    /**
     * Writes the page from all {@code .json} of the folder, in the order of their names.
     *
     * @throws IllegalArgumentException if one of them is no saved run
     */
    public static void write(Path results, Path page) throws IOException {
        List<Path> files = List.of();
        if (Files.isDirectory(results)) {
            try (Stream<Path> all = Files.list(results)) {
                files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
            }
        }
        var text = new StringBuilder("""
            # Benchmarks

            Made by `./dl4k bench report` from `benchmarks/results/*.json`; do not edit. Each section is one JMH invocation; times are milliseconds with half of
            the 99.9% confidence interval, ratios above 1 mean that DL4K is faster. `stock` is Deeplearning4j 1.0.0-M2.1 as its users write it, `dl4k` the
            accelerated executor (`docs/acceleration.md`), `djl` Deep Java Library 0.36.0 with PyTorch 2.7.1: same networks, weights, batches, updater and
            threads, and the same loss after 20 steps (`SameLossTest`).

            `./dl4k bench` runs everything, `./dl4k bench --quick` a shorter set in 9 minutes on two idle cores, `./dl4k bench PATTERN` what matches; JMH's options pass
            through. `--save FILE` keeps the results with the machine.
            """);
        if (files.isEmpty()) text.append("\nNo results of a quiet machine have been saved yet.\n");
        var runs = new LinkedHashMap<Path, Measurements>();
        for (Path file : files) runs.put(file, Measurements.read(file));
        OptionalDouble peak = runs.values().stream().map(run -> peak(comparisons(run))).flatMapToDouble(OptionalDouble::stream).max();
        runs.forEach((file, run) -> text.append("\n## ").append(file.getFileName().toString().replaceFirst("\\.json$", "")).append("\n\n").append(machine(run.json())).append('\n').append(tables(run, peak)));
        if (page.toAbsolutePath().getParent() != null) Files.createDirectories(page.toAbsolutePath().getParent());
        Files.writeString(page, text);
    }

    private static String machine(JsonNode json) {
        JsonNode machine = json.get("machine");
        var environment = new TreeMap<String, String>();
        machine.path("environment").properties().forEach(e -> environment.put(e.getKey(), e.getValue().asText()));
        double busy = machine.path("busyBefore").asDouble(-1);
        return String.format(Locale.ROOT, "%s (%s), %d cores, %d GiB, %s, %s, commit %s, %s, %s.%n%n`./dl4k bench %s`%n", machine.path("processor").asText(),
            machine.path("isa").asText(), machine.path("cores").asInt(), machine.path("memoryGiB").asInt(), machine.path("platform").asText(),
            machine.path("java").asText(), machine.path("commit").asText(), machine.path("time").asText(),
            (busy < 0 ? "others' use of the processors unknown" : String.format(Locale.ROOT, "processors %.0f%% busy before the run%s", 100 * busy, busy > QUIET ? " (**not a quiet machine**)" : ""))
                + (environment.isEmpty() ? "" : ", " + environment), json.path("arguments").asText()).replace("\r", "");
    }

    /** Markdown: comparisons of implementations, then products in GFLOP/s, then what has no rival. */
    public static String tables(Measurements run) {
        return tables(run, peak(comparisons(run)));
    }

    private static Map<List<Object>, Comparison> comparisons(Measurements run) {
        Map<List<Object>, Comparison> comparisons = new LinkedHashMap<>();
        for (Average average : run.averages()) {
            Map<String, String> others = new TreeMap<>(average.parameters());
            others.remove("implementation");
            comparisons.computeIfAbsent(List.of(average.benchmark(), others), key -> new Comparison(average.benchmark(), others, new LinkedHashMap<>()))
                .by().put(average.implementation(), average);
        }
        return comparisons;
    }

    private static List<Comparison> products(Map<List<Object>, Comparison> comparisons) {
        return comparisons.values().stream().filter(c -> c.benchmark().equals(PRODUCT)).toList();
    }

    private static OptionalDouble peak(Map<List<Object>, Comparison> comparisons) {
        return products(comparisons).stream().flatMap(c -> c.by().values().stream().map(a -> gigaflops(c, a))).mapToDouble(d -> d).max();
    }

    private static String tables(Measurements run, OptionalDouble peak) {
        Map<List<Object>, Comparison> comparisons = comparisons(run);
        List<Comparison> products = products(comparisons);
        var text = new StringBuilder();
        List<Comparison> ours = comparisons.values().stream().filter(c -> c.by().containsKey("dl4k") && !c.benchmark().equals(PRODUCT)).toList();
        List<String> rivals = Stream.of("stock", "djl", "datavec").filter(who -> ours.stream().anyMatch(c -> c.by().containsKey(who))).toList();
        table(text, "| benchmark | parameters | " + String.join("", rivals.stream().map(who -> "times " + who + " | ").toList()) + "dl4k ms |"
            + String.join("", rivals.stream().map(who -> " " + who + " ms |").toList()), ours.stream().map(c -> comparisonRow(c, rivals)).toList());
        comparisons.values().stream().filter(c -> c.benchmark().equals(CNN_STEP) && c.by().containsKey("dl4k")).forEach(c -> text.append(share(c, peak)));
        table(text, "| product | stock GFLOP/s | into | dl4k | cblas | djl | best, of the peak |", products.stream().map(c -> productRow(c, peak.orElseThrow())).toList());
        table(text, "| benchmark | parameters | ms | peak memory |", comparisons.values().stream().filter(c -> !c.by().containsKey("dl4k") && !c.benchmark().equals(PRODUCT))
            .flatMap(c -> c.by().values().stream()).map(a -> "| " + a.benchmark().replaceFirst("Benchmark\\.", " ") + " | " + parameters(a.parameters()) + " | " + time(a) + " | "
                + (Double.isNaN(a.peakMiB()) ? "" : String.format(Locale.ROOT, "%.0f MiB", a.peakMiB())) + " |").toList());
        return text.toString();
    }

    private static void table(StringBuilder text, String head, List<String> rows) {
        if (rows.isEmpty()) return;
        text.append(head).append('\n').append(head.replaceAll("[^|]+", "---")).append('\n');
        rows.forEach(row -> text.append(row).append('\n'));
        text.append('\n');
    }

    private static String comparisonRow(Comparison c, List<String> rivals) {
        List<String> cells = new ArrayList<>(List.of(c.benchmark().replaceFirst("Benchmark\\.", " "), parameters(c.parameters())));
        for (String rival : rivals) {
            OptionalDouble times = c.timesFaster(rival);
            cells.add(times.isEmpty() ? "" : String.format(Locale.ROOT, "**%.2f**", times.getAsDouble()));
        }
        for (String who : Stream.concat(Stream.of("dl4k"), rivals.stream()).toList()) cells.add(c.by().containsKey(who) ? time(c.by().get(who)) : "");
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String productRow(Comparison c, double peak) {
        var row = new StringBuilder("| ").append(c.parameters().get("shape"));
        double best = 0;
        for (String who : List.of("stock", "into", "dl4k", "cblas", "djl")) {
            row.append(" | ");
            if (!c.by().containsKey(who)) continue;
            double speed = gigaflops(c, c.by().get(who));
            best = Math.max(best, speed);
            row.append(String.format(Locale.ROOT, "%.1f", speed));
        }
        return row.append(String.format(Locale.ROOT, " | %.0f%% |", 100 * best / peak)).toString();
    }

    private static String share(Comparison c, OptionalDouble peak) {
        double speed = CNN_OPERATIONS * Integer.parseInt(c.parameters().get("batch")) / c.by().get("dl4k").score() / 1e6;
        String share = peak.isEmpty() ? "" : String.format(Locale.ROOT, ", %.0f%% of the fastest product", 100 * speed / peak.getAsDouble());
        return String.format(Locale.ROOT, "The CNN's training step at batch %s computes %.1f GFLOP/s%s.%n%n", c.parameters().get("batch"), speed, share).replace("\r", "");
    }

    private static double gigaflops(Comparison c, Average average) {
        return MatrixShape.parse(c.parameters().get("shape")).operations() / average.score() / 1e6;
    }

    private static String time(Average average) {
        return number(average.score()) + (Double.isNaN(average.error()) ? "" : " ± " + number(average.error()));
    }

    /** Three digits that mean something. */
    private static String number(double value) {
        int places = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4;
        return String.format(Locale.ROOT, "%." + places + "f", value);
    }

    private static String parameters(Map<String, String> parameters) {
        return String.join(", ", parameters.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
    }
}
