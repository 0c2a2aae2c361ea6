package io.dl4k.metrics;

/** See {@link Metrics#F1}. */
final class F1Score {

    private F1Score() {}

    static double score(String name, float[][] predictions, float[][] targets) {
        Rows.checkBinary(name, predictions, targets);
        int[] predicted = Rows.predicted(predictions);
        int[] actual = Rows.actual(name, targets);
        return of(1, predicted, actual);
    }

    /** {@return 2 TP / (2 TP + FP + FN) of one class; 0 if it occurs nowhere} */
    static double of(int label, int[] predicted, int[] actual) {
        // A row counts 2 TP once as predicted and once as actual, FP as predicted only, FN as actual only.
        long denominator = 0;
        long hits = 0;
        for (int row = 0; row < actual.length; row++) {
            denominator += (predicted[row] == label ? 1 : 0) + (actual[row] == label ? 1 : 0);
            hits += predicted[row] == label && actual[row] == label ? 1 : 0;
        }
        return denominator == 0 ? 0 : 2.0 * hits / denominator;
    }
}
