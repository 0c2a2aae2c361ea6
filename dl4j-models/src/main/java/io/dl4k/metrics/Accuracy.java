package io.dl4k.metrics;

/** See {@link Metrics#ACCURACY}. */
final class Accuracy implements Metric {

    @Override
    public String name() {
        return "accuracy";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public boolean ofLabels() {
        return true;
    }

    @Override
    public double score(float[][] predictions, float[][] targets) {
        Rows.check(name(), predictions, targets);
        Rows.checkSameClasses(name(), predictions, targets);
        int[] predicted = Rows.predicted(predictions);
        int[] actual = Rows.actual(name(), targets);
        int right = 0;
        for (int row = 0; row < actual.length; row++) {
            if (predicted[row] == actual[row]) {
                right++;
            }
        }
        return (double) right / actual.length;
    }

    @Override
    public String toString() {
        return name();
    }
}
