package io.dl4k.training;

import java.util.Objects;

/**
 * When to stop, judged by the validation after each epoch. Whatever ends the training, the network then gets back the weights
 * (batch-norm statistics included) of the epoch with the best value.
 *
 * @param watch the value that is judged
 * @param patience epochs in a row without improvement after which training stops, at least 1
 * @param minDelta by how much a value must better the last improvement to count as one for {@code patience}, at least 0, finite; the
 *     weights kept are those of the best value, however little better it is
 */
public record EarlyStopping(Watch watch, int patience, double minDelta) {

    /** What early stopping judges by. */
    public enum Watch {
        /** The validation's metric, in the metric's own direction. */
        METRIC,
        /** The network's loss on the validation rows; lower is better. */
        LOSS
    }

    /** @throws IllegalArgumentException if {@code patience} is below 1, or {@code minDelta} negative, NaN or infinite */
    public EarlyStopping {
        Objects.requireNonNull(watch, "watch");
        if (patience < 1) {
            throw new IllegalArgumentException("patience must be at least 1, got " + patience);
        }
        if (!(minDelta >= 0 && minDelta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("minDelta must be finite and at least 0, got " + minDelta);
        }
    }

    /** {@return stopping after {@code patience} epochs without a better metric} */
    public static EarlyStopping onMetric(int patience) {
        return new EarlyStopping(Watch.METRIC, patience, 0);
    }

    /** {@return stopping after {@code patience} epochs without a lower validation loss} */
    public static EarlyStopping onLoss(int patience) {
        return new EarlyStopping(Watch.LOSS, patience, 0);
    }

    /** {@return no early stop: all epochs are trained, and the best one's weights kept} */
    public static EarlyStopping keepBest(Watch watch) {
        return new EarlyStopping(watch, Integer.MAX_VALUE, 0);
    }
}
