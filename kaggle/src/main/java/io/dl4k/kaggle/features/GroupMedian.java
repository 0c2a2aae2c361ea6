package io.dl4k.kaggle.features;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;

/**
 * Stands in for a missing number: the median of the row's group, or of all rows where the group is not known.
 *
 * @param overall median of all fitted rows that have the number; NaN if none has
 * @param groups median by group
 */
public record GroupMedian(double overall, Map<String, Double> groups) {
    public GroupMedian {
        groups = Collections.unmodifiableMap(new TreeMap<>(groups));
    }

    /**
     * Learns the medians.
     *
     * @param rows the training rows of the fold; no other row is looked at
     * @param group a row's group, null if it has none
     * @param value a row's number, NaN if missing
     */
    public static GroupMedian fit(int[] rows, IntFunction<String> group, IntToDoubleFunction value) {
        List<Double> all = new ArrayList<>();
        Map<String, List<Double>> byGroup = new TreeMap<>();
        for (int row : rows) {
            double x = value.applyAsDouble(row);
            if (Double.isNaN(x)) {
                continue;
            }
            all.add(x);
            String key = group.apply(row);
            if (key != null) {
                byGroup.computeIfAbsent(key, k -> new ArrayList<>()).add(x);
            }
        }
        Map<String, Double> medians = new TreeMap<>();
        byGroup.forEach((key, values) -> medians.put(key, median(values)));
        return new GroupMedian(median(all), medians);
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(x -> x).sorted().toArray();
        int n = sorted.length;
        return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    /** {@return the value if it is there, else the median of its group, else of all} */
    public double orMedian(double value, String group) {
        return !Double.isNaN(value) ? value : group == null ? overall : groups.getOrDefault(group, overall);
    }
}
