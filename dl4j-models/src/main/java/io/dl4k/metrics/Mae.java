package io.dl4k.metrics;

/** See {@link Metrics#MAE}. */
final class Mae {

    private Mae() {}

    static double score(String name, float[][] predictions, float[][] targets) {
        Rows.checkSameWidth(name, predictions, targets);
        double sum = 0;
        for (int row = 0; row < targets.length; row++) {
            for (int column = 0; column < targets[row].length; column++) {
                sum += Math.abs((double) predictions[row][column] - targets[row][column]);
            }
        }
        return sum / ((double) targets.length * targets[0].length);
    }
}
