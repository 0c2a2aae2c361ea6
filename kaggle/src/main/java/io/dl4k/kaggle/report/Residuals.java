package io.dl4k.kaggle.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Predicted numbers beside the true ones, of one target column.
 *
 * @param column its name
 * @param ratios whether errors are ratios, as {@code log1p(predicted) - log1p(actual)}, and the points' axes logarithmic
 * @param rows compared
 * @param points some of them, by their actual value
 * @param bins of the errors, of equal width, from low to high
 * @param beyond rows whose error lies beyond the bins on either side
 * @param bias mean error
 * @param deviation root of the mean squared error
 * @param median of the errors' sizes
 * @param heavy share of the squared error that the worst hundredth of the rows makes, at least one row
 * @param explained share of the actual values' variance that the predictions explain (R2), in the errors' space; NaN where all are equal
 */
public record Residuals(String column, boolean ratios, int rows, List<Point> points, List<Bin> bins, int beyond, double bias, double deviation, double median,
        double heavy, double explained) {
    /** More dots than this make a blot. */
    private static final int MOST_POINTS = 1_500;
    private static final int BINS = 31;
    /** The histogram reaches this many root mean squares of the errors' inner nine tenths to either side, so that a few wild errors do not flatten it. */
    private static final double REACH = 4;

    /** From this ratio of the largest to the smallest value on, axes are logarithmic. */
    private static final double WIDE = 8;

    /** One row. */
    record Point(double actual, double predicted) {
    }

    /**
     * Errors of one range.
     *
     * @param middle of the range
     * @param rows in it
     */
    record Bin(double middle, int rows) {
    }

    public Residuals {
        points = List.copyOf(points);
        bins = List.copyOf(bins);
    }

    /**
     * Compares.
     *
     * @param ratios whether an error is a ratio; both numbers must be above -1 then
     * @throws IllegalArgumentException if there are no rows or the lengths differ
     */
    public static Residuals of(String column, double[] predicted, double[] actual, boolean ratios) {
        if (actual.length == 0 || predicted.length != actual.length) {
            throw new IllegalArgumentException(predicted.length + " predictions for " + actual.length + " rows");
        }
        int n = actual.length;
        double[] errors = new double[n];
        double bias = 0;
        double squares = 0;
        double mean = 0;
        for (int row = 0; row < n; row++) {
            errors[row] = scaled(predicted[row], ratios) - scaled(actual[row], ratios);
            bias += errors[row] / n;
            squares += errors[row] * errors[row];
            mean += scaled(actual[row], ratios) / n;
        }
        double variance = 0;
        for (double value : actual) {
            double distance = scaled(value, ratios) - mean;
            variance += distance * distance;
        }
        double[] sizes = Arrays.stream(errors).map(Math::abs).sorted().toArray();
        double reach = reach(sizes);
        int[] counts = new int[BINS];
        int beyond = 0;
        for (double error : errors) {
            int bin = (int) Math.floor((error + reach) / (2 * reach) * BINS);
            if (bin >= 0 && bin < BINS) {
                counts[bin]++;
            } else {
                beyond++;
            }
        }
        List<Bin> bins = IntStream.range(0, BINS).mapToObj(bin -> new Bin(reach * ((2 * bin + 1.0) / BINS - 1), counts[bin])).toList();
        double median = (sizes[(n - 1) / 2] + sizes[n / 2]) / 2;
        return new Residuals(column, ratios, n, points(predicted, actual), bins, beyond, bias, Math.sqrt(squares / n), median, heavy(sizes), variance == 0 ? Double.NaN : 1 - squares / variance);
    }

    /** Whether the actual values shown span so many sizes that equal steps would crowd most of them into a corner. */
    boolean logarithmicAxes() {
        double least = points.stream().mapToDouble(point -> Math.min(point.actual(), point.predicted())).min().orElse(0);
        double most = points.stream().mapToDouble(point -> Math.max(point.actual(), point.predicted())).max().orElse(0);
        return ratios && least > 0 && most / least > WIDE;
    }

    private static double heavy(double[] sizes) {
        double all = Arrays.stream(sizes).map(size -> size * size).sum();
        int few = Math.max(1, sizes.length / 100);
        return all == 0 ? 0 : Arrays.stream(sizes, sizes.length - few, sizes.length).map(size -> size * size).sum() / all;
    }

    private static double scaled(double value, boolean ratios) {
        return ratios ? Math.log1p(value) : value;
    }

    private static double reach(double[] sizes) {
        int inner = Math.max(1, sizes.length * 9 / 10);
        double root = Math.sqrt(Arrays.stream(sizes, 0, inner).map(size -> size * size).sum() / inner);
        double largest = sizes[sizes.length - 1];
        // A hair more than the largest, which then falls into the last bin and not behind it.
        double all = largest * (1 + 1e-9);
        return largest == 0 ? 1 : root == 0 ? all : Math.min(all, REACH * root);
    }

    /** Equally spaced in the order of the actual values, the extremes among them. */
    private static List<Point> points(double[] predicted, double[] actual) {
        int[] order = IntStream.range(0, actual.length).boxed().sorted(Comparator.comparingDouble((Integer row) -> actual[row])).mapToInt(row -> row).toArray();
        int shown = Math.min(MOST_POINTS, order.length);
        return IntStream.range(0, shown).map(i -> order[shown == 1 ? 0 : (int) ((long) i * (order.length - 1) / (shown - 1))])
                .mapToObj(row -> new Point(actual[row], predicted[row])).toList();
    }
}
