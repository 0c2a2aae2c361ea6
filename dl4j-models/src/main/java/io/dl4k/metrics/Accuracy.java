package io.dl4k.metrics;

/** See {@link Metrics#ACCURACY}. */
final class Accuracy {

    private Accuracy() {}

    static double score(String name, float[][] predictions, float[][] targets) {
        Rows.checkSameClasses(name, predictions, targets);
        int[] predicted = Rows.predicted(predictions);
        int[] actual = Rows.actual(name, targets);
        int right = 0;
        for (int row = 0; row < actual.length; row++) {
            if (predicted[row] == actual[row]) {
                right++;
            }
        }
        return (double) right / actual.length;
    }
}
