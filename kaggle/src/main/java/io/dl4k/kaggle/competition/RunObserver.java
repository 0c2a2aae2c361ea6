package io.dl4k.kaggle.competition;

/** Told what happens during a run, on the run's own thread. */
@FunctionalInterface
public interface RunObserver {
    /** @param event what happened */
    void on(RunEvent event);
}
