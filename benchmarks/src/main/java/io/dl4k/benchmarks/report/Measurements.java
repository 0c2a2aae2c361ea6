package io.dl4k.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/**
 * One invocation: the machine, JMH's arguments, and JMH's results as JMH writes them.
 *
 * @param json {@code machine}, {@code arguments} and {@code results}
 */
public record Measurements(ObjectNode json) {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * One average.
     *
     * @param benchmark  class and method, {@code MlpStepBenchmark.trainingStep}
     * @param parameters by name, the implementation too
     * @param score      milliseconds
     * @param error      half of the 99.9% confidence interval, NaN with too few samples
     * @param peakMiB    largest resident memory of the processes measured, NaN where it was not looked at
     */
    record Average(String benchmark, Map<String, String> parameters, double score, double error, double peakMiB) {
        String implementation() {
            return parameters.getOrDefault("implementation", "");
        }
    }

    /** What JMH returned. */
    public static Measurements of(ObjectNode machine, String arguments, Collection<RunResult> results) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
        }
        ObjectNode json = MAPPER.createObjectNode();
        json.set("machine", machine);
        json.put("arguments", arguments);
        json.set("results", MAPPER.readTree(bytes.toByteArray()));
        return new Measurements(json);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the file is something else
     */
    public static Measurements read(Path file) throws IOException {
        JsonNode json = MAPPER.readTree(file.toFile());
        if (json instanceof ObjectNode object && json.path("machine").isObject() && json.path("results").isArray()) return new Measurements(object);
        throw new IllegalArgumentException(file + ": expected an object with 'machine' and 'results'. Write it with ./dl4k bench --save FILE.");
    }

    /** Writes the file and its folder. */
    public void write(Path file) throws IOException {
        if (file.toAbsolutePath().getParent() != null) Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, MAPPER.writeValueAsString(json) + "\n");
    }

    /** In JMH's order. */
    List<Average> averages() {
        List<Average> averages = new ArrayList<>();
        for (JsonNode result : json.get("results")) {
            String[] name = result.get("benchmark").asText().split("\\.");
            Map<String, String> parameters = new TreeMap<>();
            result.path("params").properties().forEach(e -> parameters.put(e.getKey(), e.getValue().asText()));
            JsonNode metric = result.get("primaryMetric");
            if (!metric.get("scoreUnit").asText().equals("ms/op")) continue;   // another mode was asked for: nothing the tables compare
            averages.add(new Average(name[name.length - 2] + "." + name[name.length - 1], parameters, metric.get("score").asDouble(), number(metric.get("scoreError")),
                number(result.path("secondaryMetrics").path("peakMiB").path("score"))));
        }
        return averages;
    }

    /** JMH writes NaN as a text. */
    private static double number(JsonNode node) {
        return node.isNumber() ? node.asDouble() : Double.NaN;
    }
}
