package io.dl4k.kaggle.report;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether probabilities mean what they say: rows sorted into ten equal ranges of the probability, and how many of each came true.
 *
 * @param what the probability is of
 * @param bins ten, from low to high
 * @param error expected calibration error: the mean over the rows of the distance between a range's mean probability and its share that came true
 *     (Guo, Pleiss, Sun, Weinberger, On Calibration of Modern Neural Networks, 2017, equation 3)
 * @param brier mean squared distance between probability and outcome
 */
public record Calibration(String what, List<Bin> bins, double error, double brier) {
    private static final int BINS = 10;

    /**
     * Rows of one range of the probability.
     *
     * @param rows in it
     * @param probability their mean; NaN without rows
     * @param share of them that came true; NaN without rows
     */
    record Bin(int rows, double probability, double share) {
    }

    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * Counts.
     *
     * @param what the probability is of, for people
     * @param probabilities one a row, in [0, 1]
     * @param cameTrue one a row
     * @throws IllegalArgumentException if there are no rows, the lengths differ or a probability is none
     */
    public static Calibration of(String what, float[] probabilities, boolean[] cameTrue) {
        if (probabilities.length == 0 || probabilities.length != cameTrue.length) {
            throw new IllegalArgumentException(probabilities.length + " probabilities for " + cameTrue.length + " rows");
        }
        int[] rows = new int[BINS];
        int[] hits = new int[BINS];
        double[] sums = new double[BINS];
        double brier = 0;
        for (int row = 0; row < probabilities.length; row++) {
            float p = probabilities[row];
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("a probability must be in [0, 1], got " + p + " in row " + row);
            }
            int bin = Math.min(BINS - 1, (int) (p * BINS));
            rows[bin]++;
            sums[bin] += p;
            hits[bin] += cameTrue[row] ? 1 : 0;
            double miss = p - (cameTrue[row] ? 1 : 0);
            brier += miss * miss;
        }
        double error = IntStream.range(0, BINS).mapToDouble(bin -> Math.abs(sums[bin] - hits[bin])).sum() / probabilities.length;
        List<Bin> bins = IntStream.range(0, BINS).mapToObj(bin -> new Bin(rows[bin], sums[bin] / rows[bin], hits[bin] / (double) rows[bin])).toList();
        return new Calibration(what, bins, error, brier / probabilities.length);
    }

    /**
     * Of each row's most probable class; with many classes the usual view.
     *
     * @param probabilities {@code [rows][classes]}
     * @param actual class of each row
     */
    public static Calibration ofMostProbable(float[][] probabilities, int[] actual) {
        float[] most = new float[probabilities.length];
        boolean[] right = new boolean[probabilities.length];
        for (int row = 0; row < most.length; row++) {
            int best = Confusion.mostProbable(probabilities[row]);
            // Sums of a softmax in float32 can end a rounding above 1.
            most[row] = Math.min(1, probabilities[row][best]);
            right[row] = best == actual[row];
        }
        return of("the most probable class", most, right);
    }
}
