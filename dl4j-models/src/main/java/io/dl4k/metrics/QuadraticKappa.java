package io.dl4k.metrics;

/** See {@link Metrics#QUADRATIC_KAPPA}. */
final class QuadraticKappa {

    /** Integers up to here are exact in single precision. */
    private static final int LARGEST = 1 << 24;

    private QuadraticKappa() {}

    static double score(String name, float[][] predictions, float[][] targets) {
        int[] predicted;
        int[] actual;
        if (targets[0].length == 1) {
            Rows.checkSameWidth(name, predictions, targets);
            actual = ratings(name, targets);
            predicted = rounded(predictions, actual);
        } else {
            Rows.checkSameClasses(name, predictions, targets);
            actual = Rows.actual(name, targets);
            predicted = Rows.predicted(predictions);
        }
        // sum_ij (i - j)^2 a_i b_j / n needs the first two moments of each marginal only, not the matrix.
        double observed = 0;
        double sumActual = 0;
        double sumPredicted = 0;
        double squaresActual = 0;
        double squaresPredicted = 0;
        for (int row = 0; row < actual.length; row++) {
            double i = actual[row] - actual[0];
            double j = predicted[row] - actual[0];
            observed += (i - j) * (i - j);
            sumActual += i;
            sumPredicted += j;
            squaresActual += i * i;
            squaresPredicted += j * j;
        }
        double expected = squaresActual + squaresPredicted - 2 * sumActual * sumPredicted / actual.length;
        // No disagreement is possible by chance only if both are one and the same class throughout.
        return observed == 0 ? 1 : 1 - observed / expected;
    }

    private static int[] ratings(String name, float[][] targets) {
        int[] ratings = new int[targets.length];
        for (int row = 0; row < ratings.length; row++) {
            float value = targets[row][0];
            if (value != Math.rint(value) || Math.abs(value) > LARGEST) {
                throw new IllegalArgumentException(name + ": target row " + row + " must be an integer rating, got " + value);
            }
            ratings[row] = (int) value;
        }
        return ratings;
    }

    private static int[] rounded(float[][] predictions, int[] actual) {
        int least = Integer.MAX_VALUE;
        int most = Integer.MIN_VALUE;
        for (int rating : actual) {
            least = Math.min(least, rating);
            most = Math.max(most, rating);
        }
        int[] rounded = new int[predictions.length];
        for (int row = 0; row < rounded.length; row++) {
            rounded[row] = Math.max(least, Math.min(most, Math.round(predictions[row][0])));
        }
        return rounded;
    }
}
