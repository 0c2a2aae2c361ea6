package io.dl4k.kaggle.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rank scaling of a skewed number: each value becomes the share of fitted values below it, in [-1, 1], so that no value is far out whatever its unit. Between
 * fitted values it is linear, beyond them flat.
 *
 * @param knots distinct values, ascending
 * @param ranks of the knots, in [-1, 1], ascending
 */
public record QuantileScale(List<Double> knots, List<Double> ranks) {
    public QuantileScale {
        knots = List.copyOf(knots);
        ranks = List.copyOf(ranks);
        if (knots.size() != ranks.size()) {
            throw new IllegalArgumentException("each knot has a rank, got " + knots.size() + " and " + ranks.size());
        }
    }

    /**
     * Learns the ranks. Equal values share the mean of their ranks.
     *
     * @param values of the training rows of the fold; NaN is left out
     * @param mostKnots knots kept at most, evenly spaced in rank, at least 2
     * @throws IllegalArgumentException if {@code mostKnots} is below 2
     */
    public static QuantileScale fit(double[] values, int mostKnots) {
        if (mostKnots < 2) {
            throw new IllegalArgumentException("mostKnots must be at least 2, got " + mostKnots);
        }
        double[] sorted = Arrays.stream(values).filter(x -> !Double.isNaN(x)).sorted().toArray();
        List<Double> distinct = new ArrayList<>();
        List<Double> ranks = new ArrayList<>();
        for (int i = 0; i < sorted.length;) {
            int end = i;
            while (end < sorted.length && sorted[end] == sorted[i]) {
                end++;
            }
            distinct.add(sorted[i]);
            ranks.add(sorted.length == 1 ? 0.0 : (i + end - 1.0) / (sorted.length - 1) - 1);
            i = end;
        }
        int n = distinct.size();
        if (n <= mostKnots) {
            return new QuantileScale(distinct, ranks);
        }
        List<Double> knots = new ArrayList<>();
        List<Double> kept = new ArrayList<>();
        int last = -1;
        for (int k = 0; k < mostKnots; k++) {
            double wanted = -1 + 2.0 * k / (mostKnots - 1);
            int at = k == 0 ? 0 : k == mostKnots - 1 ? n - 1 : nearest(ranks, wanted);
            if (at > last) {
                knots.add(distinct.get(at));
                kept.add(ranks.get(at));
                last = at;
            }
        }
        return new QuantileScale(knots, kept);
    }

    private static int nearest(List<Double> ranks, double wanted) {
        int at = 0;
        while (at + 1 < ranks.size() && Math.abs(ranks.get(at + 1) - wanted) <= Math.abs(ranks.get(at) - wanted)) {
            at++;
        }
        return at;
    }

    /** {@return the value's rank in [-1, 1]; NaN for NaN, 0 if nothing was fitted} */
    public double of(double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        if (knots.isEmpty()) {
            return 0;
        }
        int n = knots.size();
        if (x <= knots.get(0)) {
            return ranks.get(0);
        }
        if (x >= knots.get(n - 1)) {
            return ranks.get(n - 1);
        }
        int at = java.util.Collections.binarySearch(knots, x);
        if (at >= 0) {
            return ranks.get(at);
        }
        int above = -at - 1;
        double share = (x - knots.get(above - 1)) / (knots.get(above) - knots.get(above - 1));
        return ranks.get(above - 1) + share * (ranks.get(above) - ranks.get(above - 1));
    }
}
