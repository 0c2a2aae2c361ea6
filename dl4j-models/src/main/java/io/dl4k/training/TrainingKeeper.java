package io.dl4k.training;

import java.util.Optional;

/** Keeps the state of one training now and then, so that the training can go on after its process has ended. Asked on the training's thread only. */
public interface TrainingKeeper {

    /** {@return the state to go on from; empty: from the start} Asked once, before the first step. */
    Optional<TrainingState> found();

    /** {@return whether the state is to be kept now} Asked after each step, so it has to be quick. */
    boolean due();

    /**
     * Keeps the state. Asked only when due. An exception from here ends the training.
     *
     * @param state of the network itself and not of a copy: it has to be written before this returns
     */
    void keep(TrainingState state);

    /** {@return one that keeps nothing} */
    static TrainingKeeper none() {
        return new TrainingKeeper() {
            @Override
            public Optional<TrainingState> found() {
                return Optional.empty();
            }

            @Override
            public boolean due() {
                return false;
            }

            @Override
            public void keep(TrainingState state) {
                throw new IllegalStateException("never due");
            }
        };
    }
}
