package io.dl4k.metrics;

/** See {@link Metrics#RMSLE}. */
final class Rmsle {

    private Rmsle() {}

    static double score(String name, float[][] predictions, float[][] targets) {
        Rows.checkSameWidth(name, predictions, targets);
        double sum = 0;
        for (int row = 0; row < targets.length; row++) {
            for (int column = 0; column < targets[row].length; column++) {
                if (targets[row][column] < 0) {
                    throw new IllegalArgumentException(name + ": target row " + row + ", column " + column
                            + " must not be negative, got " + targets[row][column]);
                }
                double error = Math.log1p(Math.max(0, predictions[row][column])) - Math.log1p(targets[row][column]);
                sum += error * error;
            }
        }
        return Math.sqrt(sum / ((double) targets.length * targets[0].length));
    }
}
