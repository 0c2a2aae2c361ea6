package io.dl4k.kaggle.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Piecewise linear encoding of a number: one feature a piece between quantiles, 0 below the piece, 1 above it, rising in it. A network then bends its answer at
 * the quantiles by weights alone. Gorishniy, Rubachev and Babenko, "On Embeddings for Numerical Features in Tabular Deep Learning" (NeurIPS 2022), section 3.2; here
 * features stop at 1 above the last knot, and fall to -1 below the first, since a network should not extrapolate far.
 *
 * @param knots ascending, distinct; one more than pieces; fewer than two: no piece
 */
public record PiecewiseScale(List<Double> knots) {
    public PiecewiseScale {
        knots = List.copyOf(knots);
    }

    /**
     * Learns the knots: quantiles evenly spaced in rank, equal ones once.
     *
     * @param values of the training rows of the fold; NaN is left out
     * @param pieces at most, at least 1
     * @throws IllegalArgumentException if {@code pieces} is below 1
     */
    public static PiecewiseScale fit(double[] values, int pieces) {
        if (pieces < 1) {
            throw new IllegalArgumentException("pieces must be at least 1, got " + pieces);
        }
        double[] sorted = Arrays.stream(values).filter(x -> !Double.isNaN(x)).sorted().toArray();
        List<Double> knots = new ArrayList<>();
        for (int k = 0; k <= pieces && sorted.length > 0; k++) {
            double knot = sorted[(int) ((long) k * (sorted.length - 1) / pieces)];
            if (knots.isEmpty() || knot > knots.get(knots.size() - 1)) {
                knots.add(knot);
            }
        }
        return new PiecewiseScale(knots);
    }

    /** {@return number of features} */
    public int pieces() {
        return Math.max(0, knots.size() - 1);
    }

    /**
     * {@return how far the value is through a piece: in [0, 1], of the first piece in [-1, 1]; NaN for NaN}
     *
     * @param piece from 0
     */
    public double of(double x, int piece) {
        double from = knots.get(piece);
        double share = (x - from) / (knots.get(piece + 1) - from);
        return Math.min(1, Math.max(piece == 0 ? -1 : 0, share));
    }
}
