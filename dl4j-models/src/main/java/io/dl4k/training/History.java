package io.dl4k.training;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What happened in each whole epoch. An epoch cut short by the budget or an interrupt is not in it.
 *
 * @param epochs one entry an epoch, in order; unmodifiable
 */
public record History(List<Epoch> epochs) {

    /** Copies the list. */
    public History {
        epochs = List.copyOf(epochs);
    }

    /**
     * One epoch.
     *
     * @param number the epoch, from 1
     * @param trainingLoss mean over the epoch's rows of the loss of each step, measured before the step's update
     * @param validationLoss the loss on the validation rows after the epoch; empty without validation, or without its labels
     * @param metric the validation's score after the epoch; empty without validation
     * @param learningRate of the epoch's last step; NaN if the network's updaters have none
     * @param seconds wall clock of the whole epoch, validation included
     * @param rowsPerSecond rows trained a second, validation not counted
     */
    public record Epoch(
            int number,
            double trainingLoss,
            OptionalDouble validationLoss,
            OptionalDouble metric,
            double learningRate,
            double seconds,
            double rowsPerSecond) {}

    /**
     * How long another epoch would take, to size epochs and schedule for the time there is: the mean over all epochs but the first,
     * which also warms the machine up, or the first if there is no other.
     *
     * @return seconds; empty before the first epoch's end
     */
    public OptionalDouble secondsPerEpoch() {
        return epochs.stream()
                .skip(epochs.size() > 1 ? 1 : 0)
                .mapToDouble(Epoch::seconds)
                .average();
    }
}
