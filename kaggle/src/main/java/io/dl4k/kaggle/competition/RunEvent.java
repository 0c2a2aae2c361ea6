package io.dl4k.kaggle.competition;

import io.dl4k.training.TrainingEvent;

/** What happens during a run, for whoever draws it. */
public sealed interface RunEvent {
    /** The fold of a network that is trained on all rows. */
    int ALL_ROWS = -1;

    /**
     * The run begins.
     *
     * @param networks to be trained at the most
     * @param higherIsBetter of scores
     */
    record RunStarted(int networks, boolean higherIsBetter) implements RunEvent {
    }

    /**
     * A network's training begins.
     *
     * @param number of the network in the run, from 1
     * @param fold from 0, or {@link #ALL_ROWS}
     * @param folds of the cross-validation
     * @param epochs it will be trained for at the most
     */
    record NetworkStarted(int number, String candidate, int fold, int folds, int epochs) implements RunEvent {
    }

    /** Something happened inside the training of the network that was started last. */
    record Training(TrainingEvent event) implements RunEvent {
    }

    /**
     * A network is trained.
     *
     * @param fold from 0, or {@link #ALL_ROWS}
     * @param score on its validation rows; not a number where there are none, or the metric cannot score them
     * @param resumed whether it was read from a checkpoint instead
     */
    record NetworkFinished(int number, String candidate, int fold, double score, boolean resumed) implements RunEvent {
    }
}
