package io.dl4k.metrics;

/** See {@link Metrics#MACRO_F1}. */
final class MacroF1 {

    private MacroF1() {}

    static double score(String name, float[][] predictions, float[][] targets) {
        int classes = Rows.checkSameClasses(name, predictions, targets);
        int[] predicted = Rows.predicted(predictions);
        int[] actual = Rows.actual(name, targets);
        boolean[] occurs = new boolean[classes];
        for (int row = 0; row < actual.length; row++) {
            occurs[predicted[row]] = true;
            occurs[actual[row]] = true;
        }
        double sum = 0;
        int counted = 0;
        for (int label = 0; label < classes; label++) {
            if (occurs[label]) {
                sum += F1Score.of(label, predicted, actual);
                counted++;
            }
        }
        return sum / counted;
    }
}
