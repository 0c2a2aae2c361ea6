package io.dl4k.kaggle.auto;

import java.util.Arrays;

/** Tells numbers whose ratios matter from those whose differences do. */
final class Skew {
    /** Skewness above which numbers of at least 0 are better given by their logarithm, where that makes them less skewed. */
    private static final double SKEWED = 1;

    private Skew() {
    }

    /** @param x without NaN; none is not skewed */
    static boolean byLogarithm(double[] x) {
        if (x.length < 2 || Arrays.stream(x).anyMatch(v -> v < 0)) {
            return false;
        }
        double skew = skewness(x);
        return skew > SKEWED && Math.abs(skewness(Arrays.stream(x).map(Math::log1p).toArray())) < skew;
    }

    /** {@return the third standardised moment; 0 for a constant} */
    private static double skewness(double[] x) {
        double mean = Arrays.stream(x).average().orElse(0);
        double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElse(0);
        return variance == 0 ? 0 : Arrays.stream(x).map(v -> Math.pow(v - mean, 3)).average().orElse(0) / Math.pow(variance, 1.5);
    }
}
