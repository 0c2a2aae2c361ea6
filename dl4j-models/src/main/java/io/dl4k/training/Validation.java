package io.dl4k.training;

import io.dl4k.data.BatchSource;
import io.dl4k.metrics.Metric;
import java.util.Objects;

/**
 * Rows held out from training, scored after each epoch.
 *
 * @param rows the rows, unshuffled, with their labels (without labels there is no validation loss)
 * @param targets {@code [rows][columns]} what the metric compares with, in the same order; not copied
 * @param metric the score
 */
public record Validation(BatchSource rows, float[][] targets, Metric metric) {

    /** @throws IllegalArgumentException if there are no rows, or another number of targets */
    public Validation {
        Objects.requireNonNull(metric, "metric");
        if (rows.rows() != targets.length) {
            throw new IllegalArgumentException(
                    "validation has " + rows.rows() + " rows, but " + targets.length + " rows of targets");
        }
        if (targets.length == 0) {
            throw new IllegalArgumentException("validation has no rows; train without it, or hold some rows out");
        }
    }
}
