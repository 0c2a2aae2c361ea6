package io.dl4k.kaggle.soak;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * One thing that must not grow.
 *
 * @param name for people
 * @param value of a sample
 * @param bound the most that the straight line through the second half of the samples may rise from its start to its end
 */
record Measure(String name, ToDoubleFunction<Sample> value, double bound) {
    /** Code is compiled and the allocator's arenas fill for as long as the JVM runs, by less and less: resident memory has the loosest bound. */
    static final List<Measure> ALL = List.of(new Measure("live heap, MiB", Sample::heap, 2), new Measure("arrays outside the heap, MiB", Sample::arrays, 1),
            new Measure("resident memory, MiB", Sample::resident, 48), new Measure("open files", Sample::files, 2), new Measure("threads", Sample::threads, 2));

    /** By least squares, from the first to the last of the samples' later half. */
    double rise(List<Sample> samples) {
        List<Sample> half = samples.subList(samples.size() / 2, samples.size());
        double meanTime = half.stream().mapToDouble(Sample::seconds).average().orElseThrow();
        double meanValue = half.stream().mapToDouble(value).average().orElseThrow();
        double squares = half.stream().mapToDouble(s -> (s.seconds() - meanTime) * (s.seconds() - meanTime)).sum();
        double products = half.stream().mapToDouble(s -> (s.seconds() - meanTime) * (value.applyAsDouble(s) - meanValue)).sum();
        return squares == 0 ? 0 : products / squares * (half.get(half.size() - 1).seconds() - half.get(0).seconds());
    }

    /** {@code open files: 41 to 43, rises by 0.1 in the second half (at most 2)}. */
    String line(List<Sample> samples) {
        List<Sample> half = samples.subList(samples.size() / 2, samples.size());
        return String.format(Locale.ROOT, "%s: %.1f to %.1f, rises by %.2f in the second half (at most %.0f)", name, half.stream().mapToDouble(value).min().orElseThrow(),
                half.stream().mapToDouble(value).max().orElseThrow(), rise(samples), bound);
    }
}
