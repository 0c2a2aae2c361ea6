package io.dl4k.metrics;

/** A score of predictions against the truth, over a whole set of rows. Implementations hold no state and are thread-safe. */
public interface Metric {

    /** {@return the name in reports and results, lower case with underscores, such as {@code log_loss}} */
    String name();

    /** {@return whether a better model scores higher: true for accuracy, false for an error} */
    boolean higherIsBetter();

    /** {@return whether only the class answered counts, not how sure the answer is: true for accuracy, false for log loss} */
    default boolean ofLabels() {
        return false;
    }

    /**
     * Scores the rows.
     *
     * @param predictions {@code [rows][columns]}, as the network gives them
     * @param targets {@code [rows][columns]}, as the network is trained on: one-hot rows, or values
     * @return the score, finite
     * @throws IllegalArgumentException if there are no rows, the shapes do not fit, or a value is NaN, infinite or not one that the
     *     metric is defined for; the message names metric, row (from 0) and column
     */
    double score(float[][] predictions, float[][] targets);
}
