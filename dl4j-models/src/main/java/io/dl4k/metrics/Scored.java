package io.dl4k.metrics;

/**
 * A metric that is a formula.
 *
 * @param ofLabels see {@link Metric#ofLabels()}
 * @param formula asked only about rows that {@link Rows#check} lets through
 */
record Scored(String name, boolean higherIsBetter, boolean ofLabels, Formula formula) implements Metric {
    /** Scores rows of finite numbers, as many predictions as targets. */
    @FunctionalInterface
    interface Formula {
        /** @param metric its name, for messages */
        double score(String metric, float[][] predictions, float[][] targets);
    }

    @Override
    public double score(float[][] predictions, float[][] targets) {
        Rows.check(name, predictions, targets);
        return formula.score(name, predictions, targets);
    }

    @Override
    public String toString() {
        return name;
    }
}
