package io.dl4k.kaggle.explain;

import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Activation;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** One layer of weights, what it cannot learn, and what a hidden layer adds. */
final class Perceptron implements Topic {
    private static final int STEPS = 200;
    private static final int EACH = 40;
    /** Steps between two looks. */
    private static final int EVERY = 5;

    /** A network trained on points. @param errors points on the wrong side after every {@value #EVERY} steps, the first step first */
    record Run(Plane plane, MultiLayerNetwork net, List<Double> errors) {
        static Run of(Plane plane, Mlp builder, long seed) {
            MultiLayerNetwork net = builder.seed(seed).optimizer(Optimizer.adam(0.05)).build();
            List<Double> errors = new ArrayList<>();
            int[] step = {0};
            Fit.run(net, List.of(plane.batch()), STEPS + 1, loss -> {
                if (step[0]++ % EVERY == 0) {
                    errors.add((double) plane.errors(net));
                }
            });
            return new Run(plane, net, errors);
        }

        int wrong() {
            return errors.get(errors.size() - 1).intValue();
        }

        int points() {
            return plane.labels().size();
        }

        String says() {
            return wrong() + " of " + points() + " points wrong";
        }
    }

    /** What was found. */
    record Found(Run separable, Run xor, Run multilayer) {
    }

    static Found find(long seed) {
        Plane two = Plane.clouds(new double[][] {{-1, -0.5}, {1, 0.5}}, new int[] {0, 1}, 2 * EACH, 0.28, seed);
        Plane four = Plane.clouds(new double[][] {{-1, -1}, {1, 1}, {-1, 1}, {1, -1}}, new int[] {0, 0, 1, 1}, EACH, 0.24, seed);
        return new Found(Run.of(two, Mlp.binary(2), seed), Run.of(four, Mlp.binary(2), seed), Run.of(four, Mlp.binary(2).hidden(8).activation(Activation.TANH), seed));
    }

    @Override
    public String name() {
        return "perceptron";
    }

    @Override
    public String title() {
        return "Perceptron and multilayer perceptron";
    }

    @Override
    public String summary() {
        return "A perceptron has one layer of weights and separates by a straight line; hidden layers bend it.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        List<Double> steps = java.util.stream.IntStream.range(0, found.xor().errors().size()).mapToObj(i -> 1.0 + i * EVERY).toList();
        return new Lesson(List.of("perceptron, separable by a line: " + found.separable().says(), "perceptron, XOR: " + found.xor().says(),
                "multilayer perceptron with 8 hidden units, XOR: " + found.multilayer().says()), List.of(
                new Lesson.Section("Separable by a line", new Lesson.Words("Here a straight line between the classes exists, and the perceptron finds one: " + found.separable().says() + "."),
                        picture(found.separable())),
                new Lesson.Section("XOR: not separable by a line", new Lesson.Words("XOR (exclusive or): class 1 where exactly one of x1 and x2 is positive. No straight line separates these classes, "
                        + "so no training helps: " + found.xor().says() + "."), picture(found.xor())),
                new Lesson.Section("With a hidden layer", new Lesson.Words("A multilayer perceptron puts a layer of neurons between input and output. Each hidden neuron draws a line of its own, "
                        + "the output combines them. With 8 of them, on the same points: " + found.multilayer().says() + "."), picture(found.multilayer())),
                new Lesson.Section("While they learn", Lesson.Chart.of("Points on the wrong side while training.", "step", "points wrong", Lesson.Scale.LINEAR,
                        Lesson.line("perceptron, separable", Plot.Tone.THIRD, steps, found.separable().errors()), Lesson.line("perceptron, XOR", Plot.Tone.SECOND, steps, found.xor().errors()),
                        Lesson.line("multilayer perceptron, XOR", Plot.Tone.ACCENT, steps, found.multilayer().errors())),
                        new Lesson.Words("Rosenblatt's perceptron of 1958 had a step for an activation function; ours has the sigmoid, so that gradient descent can train it. "
                                + "The line it can draw is the same."))));
    }

    private static Lesson.Chart picture(Run run) {
        return run.plane().chart("What the network says everywhere. Where the colour is faint it is unsure.", run.net(), List.of());
    }
}
