package io.dl4k.metrics;

/** See {@link Metrics#R2}. */
final class Determination {

    private Determination() {}

    static double score(String name, float[][] predictions, float[][] targets) {
        Rows.checkSameWidth(name, predictions, targets);
        if (targets.length == 1) {
            throw new IllegalArgumentException(name + ": needs at least 2 rows, got 1");
        }
        double sum = 0;
        for (int column = 0; column < targets[0].length; column++) {
            sum += of(column, predictions, targets);
        }
        return sum / targets[0].length;
    }

    private static double of(int column, float[][] predictions, float[][] targets) {
        double mean = 0;
        boolean constant = true;
        for (float[] target : targets) {
            mean += target[column] / targets.length;
            constant &= target[column] == targets[0][column];
        }
        double residual = 0;
        double total = 0;
        for (int row = 0; row < targets.length; row++) {
            double error = (double) predictions[row][column] - targets[row][column];
            double deviation = targets[row][column] - mean;
            residual += error * error;
            total += deviation * deviation;
        }
        if (constant) {
            return residual == 0 ? 1 : 0;
        }
        return 1 - residual / total;
    }
}
