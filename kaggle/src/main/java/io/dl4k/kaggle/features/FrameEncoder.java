package io.dl4k.kaggle.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns a {@link Frame} into network input, with everything learned from the rows it was fitted on.
 *
 * <p>A number becomes (x - mean) / deviation, its missing values the median, and, where values were missing in the fitted rows, a flag beside it. A
 * category becomes one column a level that at least {@code minimumCount} fitted rows have (one-hot); rarer and unseen levels leave all of them 0, and
 * missing is a level of its own if fitted rows have it.
 *
 * @param numbers one a numeric column of the frame, in its order
 * @param categories one a category column of the frame, in its order
 */
public record FrameEncoder(List<Scale> numbers, List<Levels> categories) {
    /** How the missing level of a category is written; no level of a CSV can be this. */
    private static final String MISSING = "\u0000missing";

    /**
     * A fitted number.
     *
     * @param median stands in for missing values
     * @param mean of the fitted rows, missing ones filled
     * @param deviation of the fitted rows; 1 for a constant
     * @param flagged whether a column says that the value was missing
     */
    public record Scale(String name, double median, double mean, double deviation, boolean flagged) {
    }

    /**
     * A fitted category.
     *
     * @param levels the levels that have a column, sorted
     */
    public record Levels(String name, List<String> levels) {
        public Levels {
            levels = List.copyOf(levels);
        }
    }

    public FrameEncoder {
        numbers = List.copyOf(numbers);
        categories = List.copyOf(categories);
    }

    /**
     * Learns medians, scales and levels.
     *
     * @param rows the training rows of the fold; no other row is looked at
     * @param minimumCount rows a level needs to get a column, at least 1
     * @throws IllegalArgumentException if there are no rows
     */
    public static FrameEncoder fit(Frame frame, int[] rows, int minimumCount) {
        return fit(frame, rows, minimumCount, Integer.MAX_VALUE);
    }

    /**
     * Learns medians, scales and levels.
     *
     * @param rows the training rows of the fold; no other row is looked at
     * @param minimumCount rows a level needs to get a column, at least 1
     * @param mostLevels columns that a category gets at most, for the levels that most rows have
     * @throws IllegalArgumentException if there are no rows
     */
    public static FrameEncoder fit(Frame frame, int[] rows, int minimumCount, int mostLevels) {
        if (rows.length == 0) {
            throw new IllegalArgumentException("features are fitted on at least one row, got none");
        }
        List<Scale> scales = new ArrayList<>();
        for (Frame.Numbers column : frame.numbers()) {
            scales.add(scale(column, rows));
        }
        List<Levels> levels = new ArrayList<>();
        for (Frame.Categories column : frame.categories()) {
            Map<String, Integer> counts = new TreeMap<>();
            for (int row : rows) {
                counts.merge(level(column.values()[row]), 1, Integer::sum);
            }
            levels.add(new Levels(column.name(), counts.entrySet().stream().filter(e -> e.getValue() >= minimumCount)
                    .sorted(Map.Entry.<String, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey())).limit(mostLevels).map(Map.Entry::getKey).sorted().toList()));
        }
        return new FrameEncoder(scales, levels);
    }

    private static Scale scale(Frame.Numbers column, int[] rows) {
        double[] present = Arrays.stream(rows).mapToDouble(row -> column.values()[row]).filter(x -> !Double.isNaN(x)).sorted().toArray();
        int n = present.length;
        double median = n == 0 ? 0 : (present[(n - 1) / 2] + present[n / 2]) / 2;
        int missing = rows.length - n;
        double mean = (Arrays.stream(present).sum() + missing * median) / rows.length;
        double squares = Arrays.stream(present).map(x -> (x - mean) * (x - mean)).sum() + missing * (median - mean) * (median - mean);
        double deviation = Math.sqrt(squares / rows.length);
        return new Scale(column.name(), median, mean, deviation > 1e-12 ? deviation : 1, missing > 0 && n > 0);
    }

    /** Names of the features, one an input of the network. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Scale scale : numbers) {
            names.add(scale.name());
            if (scale.flagged()) {
                names.add(scale.name() + " missing");
            }
        }
        for (Levels column : categories) {
            for (String level : column.levels()) {
                names.add(column.name() + (level.equals(MISSING) ? " missing" : "=" + level));
            }
        }
        return names;
    }

    /**
     * Encodes rows, fitted ones or new.
     *
     * @param frame with the columns this encoder was fitted on, in the same order
     * @return {@code [rows.length, names().size()]}
     * @throws IllegalArgumentException if the frame's columns are others
     */
    public FeatureMatrix encode(Frame frame, int[] rows) {
        requireSame(frame);
        List<String> names = names();
        float[] values = new float[Math.multiplyExact(rows.length, names.size())];
        List<Map<String, Integer>> places = categories.stream().map(FrameEncoder::places).toList();
        int at = 0;
        for (int row : rows) {
            for (int c = 0; c < numbers.size(); c++) {
                Scale scale = numbers.get(c);
                double x = frame.numbers().get(c).values()[row];
                boolean missing = Double.isNaN(x);
                values[at++] = (float) (((missing ? scale.median() : x) - scale.mean()) / scale.deviation());
                if (scale.flagged()) {
                    values[at++] = missing ? 1 : 0;
                }
            }
            for (int c = 0; c < categories.size(); c++) {
                Integer level = places.get(c).get(level(frame.categories().get(c).values()[row]));
                if (level != null) {
                    values[at + level] = 1;
                }
                at += places.get(c).size();
            }
        }
        return new FeatureMatrix(names, values, rows.length);
    }

    private static Map<String, Integer> places(Levels column) {
        Map<String, Integer> places = new HashMap<>();
        column.levels().forEach(level -> places.put(level, places.size()));
        return places;
    }

    private void requireSame(Frame frame) {
        List<String> theirs = new ArrayList<>();
        frame.numbers().forEach(c -> theirs.add(c.name()));
        frame.categories().forEach(c -> theirs.add(c.name()));
        List<String> ours = new ArrayList<>();
        numbers.forEach(c -> ours.add(c.name()));
        categories.forEach(c -> ours.add(c.name()));
        if (!ours.equals(theirs)) {
            throw new IllegalArgumentException("fitted on the columns " + ours + ", got " + theirs);
        }
    }

    private static String level(String value) {
        return value == null ? MISSING : value;
    }
}
