package io.dl4k.training;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Progress of a training, for any front end to draw. The order: {@code Started}, then for each epoch {@code EpochStarted}, {@code
 * StepDone} for each batch and {@code EpochDone} (not for an epoch cut short), and {@code Computed} and {@code Finished}, {@code PassedOver} where a GPU cannot compute the network, unless an exception ends it.
 */
public sealed interface TrainingEvent {

    /**
     * Before the first step.
     *
     * @param epochs the plan's epochs
     * @param batches steps an epoch
     * @param rows rows an epoch
     * @param validationRows rows validated after each epoch, 0 without validation
     * @param parameters of the network
     */
    record Started(int epochs, int batches, int rows, int validationRows, long parameters) implements TrainingEvent {}

    /** Before an epoch's first step. @param epoch from 1 */
    record EpochStarted(int epoch) implements TrainingEvent {}

    /**
     * After a step.
     *
     * @param epoch from 1
     * @param batch within the epoch, from 1
     * @param batches of an epoch
     * @param step over all epochs, from 0
     * @param rows in the batch
     * @param loss before the update
     * @param learningRate used; NaN if the network's updaters have none
     * @param gradient of the step, for who asks
     */
    record StepDone(int epoch, int batch, int batches, long step, int rows, double loss, double learningRate, Gradient gradient)
            implements TrainingEvent {}

    /** The gradient of the step that was done last. It is overwritten by the next one, so it may be asked only while the observer is told. */
    @FunctionalInterface
    interface Gradient {
        /**
         * Its Euclidean norm over all parameters, penalties and clipping included, before the updater: one pass over it, so ask now and then.
         *
         * @return empty where DL4J's own layers made the step: they overwrite the gradient by the update; and the first time on a GPU, which has begun the next step
         *     by then: who asks once makes it wait for each step from then on
         */
        OptionalDouble norm();
    }

    /**
     * After an epoch's validation.
     *
     * @param epoch what the history keeps of it
     * @param best whether its watched value is the best so far; false without validation
     */
    record EpochDone(History.Epoch epoch, boolean best) implements TrainingEvent {}

    /** The processor computes the network instead of the profile's GPU: before the first step, or after one that the GPU could not do. @param reasons each once; a line each */
    record PassedOver(List<String> reasons) implements TrainingEvent {
        public PassedOver {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * After the last step: who computed it.
     *
     * @param leftToStock what DL4J's own layers did instead of the accelerated ones, and why; a line each
     * @param bytes outside the heap that the accelerated part held beside the network
     */
    record Computed(List<String> leftToStock, long bytes) implements TrainingEvent {
        public Computed {
            leftToStock = List.copyOf(leftToStock);
        }
    }

    /** At the end, the network holding the weights it keeps. @param result as {@link Trainer#train} returns it */
    record Finished(TrainingResult result) implements TrainingEvent {}
}
