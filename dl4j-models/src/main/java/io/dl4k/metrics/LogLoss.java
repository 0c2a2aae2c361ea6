package io.dl4k.metrics;

/** See {@link Metrics#LOG_LOSS}. */
final class LogLoss {

    /** Where Kaggle clips probabilities. */
    private static final double EPSILON = 1e-15;

    private LogLoss() {}

    static double score(String name, float[][] predictions, float[][] targets) {
        Rows.checkSameClasses(name, predictions, targets);
        Rows.checkProbabilities(name, predictions);
        int[] actual = Rows.actual(name, targets);
        double sum = 0;
        for (int row = 0; row < actual.length; row++) {
            sum -= Math.log(Math.max(EPSILON, Math.min(1 - EPSILON, probability(name, predictions[row], actual[row], row))));
        }
        return sum / actual.length;
    }

    private static double probability(String name, float[] outputs, int of, int row) {
        if (outputs.length == 1) {
            return of == 1 ? outputs[0] : 1.0 - outputs[0];
        }
        double sum = 0;
        for (float output : outputs) {
            sum += output;
        }
        if (sum == 0) {
            throw new IllegalArgumentException(name + ": prediction row " + row + " has only zeros, no probabilities");
        }
        return outputs[of] / sum;
    }
}
