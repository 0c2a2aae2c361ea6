package io.dl4k.kaggle.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Finds pairs of columns that tell more together than one by one: products, sums of sizes, ratios, numbers within one level of a category. What a ridge regression on
 * single columns leaves unexplained is what a pair has to explain, and those that do best are taken one after the other, each tested on what the ones before it
 * left (orthogonal matching: Pati, Rezaiifar and Krishnaprasad, "Orthogonal matching pursuit", 1993). With so many pairs tried some look good by chance,
 * so that a pair needs more than the largest of that many normal numbers.
 */
public final class Crosses {
    /** Rows that are looked at, spread over those fitted. */
    private static final int MOST_ROWS = 2000;
    private static final int MOST_NUMBERS = 24;
    private static final int NUMBERS_BY_LEVEL = 12;
    private static final int MOST_LEVELS = 24;
    /** Rows that a level needs. */
    private static final int LEVEL_ROWS = 20;
    private static final int FEWEST_ROWS = 50;
    /** Deviations at which a residual is cut: one odd row must not choose. */
    private static final double FAR = 3;
    /** Added to the threshold by chance. */
    private static final double MARGIN = 8;
    /** A pair that the single columns explain up to this part is none. */
    private static final double NOTHING_NEW = 1e-4;

    private final Frame frame;
    private final int[] rows;
    private final Map<String, Frame.Numbers> numbers = new TreeMap<>();
    private final Map<String, FrameEncoder.Scale> scales = new TreeMap<>();

    private Crosses(Frame frame, int[] rows) {
        this.frame = frame;
        this.rows = rows;
    }

    /**
     * Finds pairs.
     *
     * @param frame single columns
     * @param logarithms numbers of it that are {@code ln(1 + x)} of sizes
     * @param rows the training rows of the fold; no other row is looked at
     * @param targets of these rows, in that order, {@code [rows.length][outputs]}
     * @param most pairs that are taken
     * @return the best first; empty where there is nothing to be found
     */
    public static List<Cross> find(Frame frame, Set<String> logarithms, int[] rows, float[][] targets, int most) {
        int n = Math.min(rows.length, MOST_ROWS);
        if (n < FEWEST_ROWS || most == 0) {
            return List.of();
        }
        int[] sample = IntStream.range(0, n).map(i -> (int) ((long) i * rows.length / n)).toArray();
        double[][] y = new double[targets[0].length][n];
        for (int i = 0; i < n; i++) {
            for (int output = 0; output < y.length; output++) {
                y[output][i] = targets[sample[i]][output];
            }
        }
        return new Crosses(frame, Arrays.stream(sample).map(i -> rows[i]).toArray()).found(logarithms, y, most);
    }

    private List<Cross> found(Set<String> logarithms, double[][] y, int most) {
        int n = rows.length;
        FrameEncoder encoder = FrameEncoder.fit(frame, rows, LEVEL_ROWS);
        frame.numbers().forEach(column -> numbers.put(column.name(), column));
        encoder.numbers().forEach(scale -> scales.put(scale.name(), scale));
        for (double[] output : y) {
            Ridge.centre(output);
        }
        Ridge regression = new Ridge(Ridge.inputs(encoder.encode(frame, rows), y), n);
        for (double[] output : y) {
            regression.take(output);
            cut(output);
        }
        List<Cross> pairs = pairs(encoder, logarithms, y);
        List<double[]> columns = new ArrayList<>();
        List<Cross> told = new ArrayList<>();
        for (Cross pair : pairs) {
            double[] column = Arrays.stream(rows).mapToDouble(pair.of(frame)).toArray();
            Cross bounded = pair.within(column);
            Arrays.setAll(column, i -> Math.max(bounded.low(), Math.min(bounded.high(), column[i])));
            Ridge.centre(column);
            double before = Ridge.dot(column, column);
            if (before > 0) {
                regression.take(column);
                if (Ridge.dot(column, column) > NOTHING_NEW * before) {
                    columns.add(column);
                    told.add(bounded);
                }
            }
        }
        return chosen(told, columns, y, Math.max(10, n - regression.inputs()), most);
    }

    private static List<Cross> chosen(List<Cross> pairs, List<double[]> columns, double[][] y, int freedom, int most) {
        double threshold = 2 * Math.log(Math.max(2, pairs.size() * y.length)) + MARGIN;
        List<Cross> chosen = new ArrayList<>();
        double[] before = columns.stream().mapToDouble(c -> Ridge.dot(c, c)).toArray();
        while (chosen.size() < most) {
            int best = -1;
            double bestScore = threshold;
            for (int c = 0; c < columns.size(); c++) {
                double own = Ridge.dot(columns.get(c), columns.get(c));
                // What the chosen ones explain already is left to rounding errors.
                if (own < 0.02 * before[c]) {
                    continue;
                }
                for (double[] output : y) {
                    double with = Ridge.dot(columns.get(c), output);
                    double score = with * with / own / (Ridge.dot(output, output) / freedom);
                    if (score > bestScore) {
                        bestScore = score;
                        best = c;
                    }
                }
            }
            if (best < 0) {
                break;
            }
            chosen.add(pairs.get(best));
            double[] direction = columns.get(best).clone();
            double length = Ridge.dot(direction, direction);
            for (double[] column : columns) {
                Ridge.subtract(column, direction, Ridge.dot(column, direction) / length);
            }
            for (double[] output : y) {
                Ridge.subtract(output, direction, Ridge.dot(output, direction) / length);
            }
        }
        return chosen;
    }

    private List<Cross> pairs(FrameEncoder encoder, Set<String> logarithms, double[][] residuals) {
        List<String> names = new ArrayList<>(frame.numbers().stream().map(Frame.Numbers::name).filter(name -> scales.get(name).deviation() != 1 || varied(name)).toList());
        if (names.size() > MOST_NUMBERS) {
            Map<String, Double> weight = new TreeMap<>();
            names.forEach(name -> weight.put(name, curvature(name, residuals)));
            names.sort(Comparator.comparingDouble((String name) -> -weight.get(name)).thenComparing(name -> name));
            names = names.subList(0, MOST_NUMBERS);
        }
        List<Cross> pairs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            for (int j = i; j < names.size(); j++) {
                String a = names.get(i);
                String b = names.get(j);
                pairs.add(new Cross(Cross.Kind.PRODUCT, operand(a), operand(b)));
                if (i < j && logarithms.contains(a) && logarithms.contains(b)) {
                    pairs.add(new Cross(Cross.Kind.TOTAL, operand(a), operand(b)));
                } else if (i < j && !logarithms.contains(a) && !logarithms.contains(b)) {
                    ratio(a, b, pairs);
                    ratio(b, a, pairs);
                }
            }
        }
        withLevels(encoder, names, pairs);
        return pairs;
    }

    private void withLevels(FrameEncoder encoder, List<String> names, List<Cross> pairs) {
        record Level(String column, String level, long count) {
        }
        List<Level> levels = new ArrayList<>();
        for (FrameEncoder.Levels column : encoder.categories()) {
            String[] values = frame.categoryOf(column.name());
            // The last of a column's levels is told by the others.
            for (String level : column.levels()) {
                levels.add(new Level(column.name(), level, Arrays.stream(rows).filter(row -> level.equals(values[row])).count()));
            }
        }
        levels.removeIf(level -> level.count() < LEVEL_ROWS || level.count() > rows.length - LEVEL_ROWS);
        levels.sort(Comparator.comparingLong((Level level) -> -level.count()));
        for (Level level : levels.subList(0, Math.min(MOST_LEVELS, levels.size()))) {
            for (String name : names.subList(0, Math.min(NUMBERS_BY_LEVEL, names.size()))) {
                pairs.add(new Cross(Cross.Kind.WHERE, new Cross.Operand(level.column(), level.level(), 0, 1), operand(name)));
            }
        }
    }

    private void ratio(String a, String b, List<Cross> pairs) {
        double[] over = numbers.get(a).values();
        double[] under = numbers.get(b).values();
        double[] ratios = Arrays.stream(rows).filter(row -> !Double.isNaN(over[row]) && !Double.isNaN(under[row])).mapToDouble(row -> over[row] / under[row]).toArray();
        boolean positive = Arrays.stream(rows).allMatch(row -> !(under[row] <= 0) && !(over[row] < 0));
        if (positive && new HashSet<>(Arrays.stream(rows).mapToObj(row -> under[row]).toList()).size() > 2) {
            double mean = Arrays.stream(ratios).average().orElse(0);
            double deviation = Math.sqrt(Arrays.stream(ratios).map(x -> (x - mean) * (x - mean)).average().orElse(0));
            if (deviation > 0 && deviation < Double.POSITIVE_INFINITY) {
                pairs.add(new Cross(Cross.Kind.RATIO, new Cross.Operand(a, "", mean, deviation), operand(b)));
            }
        }
    }

    private boolean varied(String name) {
        double[] values = numbers.get(name).values();
        return Arrays.stream(rows).mapToDouble(row -> values[row]).distinct().limit(2).count() > 1;
    }

    /** How much a number has to do with the size of what is left. */
    private double curvature(String name, double[][] residuals) {
        Cross.Operand operand = operand(name);
        double[] values = numbers.get(name).values();
        double[] z = Arrays.stream(rows).mapToDouble(row -> operand.standardised(values[row])).toArray();
        double[] squares = Arrays.stream(z).map(x -> x * x).toArray();
        Ridge.centre(squares);
        double length = Math.sqrt(Ridge.dot(squares, squares)) + 1e-9;
        return Arrays.stream(residuals).mapToDouble(r -> {
            double[] sizes = Arrays.stream(r).map(Math::abs).toArray();
            Ridge.centre(sizes);
            return Math.max(Math.abs(Ridge.dot(z, sizes)) / (Math.sqrt(Ridge.dot(z, z)) + 1e-9), Math.abs(Ridge.dot(squares, r)) / length);
        }).max().orElse(0);
    }

    private Cross.Operand operand(String name) {
        FrameEncoder.Scale scale = scales.get(name);
        return new Cross.Operand(name, "", scale.mean(), scale.deviation());
    }

    private static void cut(double[] x) {
        double far = FAR * Math.sqrt(Ridge.dot(x, x) / x.length);
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.max(-far, Math.min(far, x[i]));
        }
    }
}
