package io.dl4k.training;

/**
 * What a training came to.
 *
 * @param history each whole epoch
 * @param bestEpoch the epoch, from 1, with the best watched value: the metric, or the loss if the plan's early stopping watches that;
 *     0 without a validated epoch
 * @param bestScore the watched value of that epoch; NaN without one
 * @param reason why training ended
 * @param bestRestored whether the network now holds the weights of {@code bestEpoch}; otherwise those of the last step, or their
 *     average if the plan asks for one
 * @param steps steps trained, those of a cut epoch included
 * @param seconds wall clock of all
 */
public record TrainingResult(
        History history,
        int bestEpoch,
        double bestScore,
        StopReason reason,
        boolean bestRestored,
        long steps,
        double seconds) {}
