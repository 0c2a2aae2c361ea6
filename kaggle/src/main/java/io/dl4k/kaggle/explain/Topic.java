package io.dl4k.kaggle.explain;

import java.util.List;
import java.util.Optional;

/** One idea, run and shown. */
public sealed interface Topic permits Neuron, Perceptron, Activations, Losses, GradientDescent, Backpropagation, Exploding, Vanishing, Convolution, Recurrence, Workflow, Overfitting {
    /** All topics, in the order in which they build on each other. */
    static List<Topic> all() {
        return List.of(new Neuron(), new Perceptron(), new Activations(), new Losses(), new GradientDescent(), new Backpropagation(), new Exploding(), new Vanishing(),
                new Convolution(), new Recurrence(), new Workflow(), new Overfitting());
    }

    /** The topic of that name, if there is one. */
    static Optional<Topic> find(String name) {
        return all().stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    /** As the command line calls it. */
    String name();

    /** As the page's heading. */
    String title();

    /** One sentence. */
    String summary();

    /**
     * Runs it: seconds on two cores.
     *
     * @param seed the same seed gives the same lesson, times in its lines apart, on the same machine
     */
    Lesson explain(long seed);
}
