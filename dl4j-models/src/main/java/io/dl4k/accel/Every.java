package io.dl4k.accel;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;

/** Tells a listener of one iteration in {@code n}, those whose number {@code n} divides, and of every epoch. A GPU that keeps parameters and scores to itself then goes on without
 *  waiting in between, whatever the listener looks at. Works with stock {@code fit} as well. */
public final class Every extends BaseTrainingListener {
    private final int iterations;
    private final TrainingListener listener;

    /** @param iterations at least 1  @param listener told at the end of an iteration
     *  @throws IllegalArgumentException if below 1, or the listener looks at activations or gradients, of which it would be told in every iteration */
    public Every(int iterations, TrainingListener listener) {
        if (iterations < 1) throw new IllegalArgumentException("iterations must be at least 1, got " + iterations);
        if (Accelerated.looksInside(listener)) throw new IllegalArgumentException("listener " + listener.getClass().getName() + " looks at activations or gradients: add it to the network itself");
        this.iterations = iterations;
        this.listener = listener;
    }

    /** Who hears of the end of this iteration; null for nobody. */
    static TrainingListener heard(TrainingListener by, int iteration) {
        if (!(by instanceof Every every)) return by;
        return iteration % every.iterations == 0 ? heard(every.listener, iteration) : null;
    }

    @Override public void iterationDone(Model model, int iteration, int epoch) {
        if (iteration % iterations == 0) listener.iterationDone(model, iteration, epoch);
    }

    @Override public void onEpochStart(Model model) {
        listener.onEpochStart(model);
    }

    @Override public void onEpochEnd(Model model) {
        listener.onEpochEnd(model);
    }
}
