package io.dl4k.training;

/** Told of a training's progress, on the training's own thread: what it does, training waits for. */
@FunctionalInterface
public interface TrainingObserver {

    /** Takes one event. What it throws ends the training. */
    void on(TrainingEvent event);

    /** {@return one that ignores everything} */
    static TrainingObserver none() {
        return event -> {};
    }
}
