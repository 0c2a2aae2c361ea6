package io.dl4k.kaggle.explain;

import io.dl4k.kaggle.page.Numbers;
import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Activation;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One unit: y = f(w x + b). */
final class Neuron implements Topic {
    private static final int STEPS = 150;

    /**
     * What was found.
     *
     * @param sums {@code w x + b} of each point, by hand
     * @param outputs of the network for each point
     * @param difference largest between {@code f(sum)} and the network's output
     */
    record Found(Plane plane, MultiLayerNetwork net, double w1, double w2, double b, List<Double> sums, List<Double> outputs, double difference, int errors) {
    }

    static Found find(long seed) {
        Plane plane = Plane.clouds(new double[][] {{-1, -0.6}, {1, 0.6}}, new int[] {0, 1}, 60, 0.65, seed);
        MultiLayerNetwork net = Mlp.binary(2).optimizer(Optimizer.adam(0.1)).seed(seed).build();
        Fit.losses(net, List.of(plane.batch()), STEPS);
        double w1 = net.getParam("0_W").getDouble(0);
        double w2 = net.getParam("0_W").getDouble(1);
        double b = net.getParam("0_b").getDouble(0);
        double[][] given = Fit.outputs(net, plane.batch().getFeatures());
        List<Double> sums = new ArrayList<>();
        List<Double> outputs = new ArrayList<>();
        double difference = 0;
        for (int i = 0; i < given.length; i++) {
            double sum = w1 * plane.x().get(i)[0] + w2 * plane.x().get(i)[1] + b;
            sums.add(sum);
            outputs.add(given[i][0]);
            difference = Math.max(difference, Math.abs(1 / (1 + Math.exp(-sum)) - given[i][0]));
        }
        return new Found(plane, net, w1, w2, b, sums, outputs, difference, plane.errors(net));
    }

    @Override
    public String name() {
        return "neuron";
    }

    @Override
    public String title() {
        return "Neuron";
    }

    @Override
    public String summary() {
        return "A neuron multiplies each input by a weight, adds the products and a bias, and puts the sum through an activation function.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        double[] x = found.plane().x().get(0);
        String unit = String.format(Locale.ROOT, "y = f(w1 x1 + w2 x2 + b),  f(z) = 1 / (1 + exp(-z)),  w1 = %.3f, w2 = %.3f, b = %.3f", found.w1(), found.w2(), found.b());
        String row = String.format(Locale.ROOT, "x1 = %.3f, x2 = %.3f:  z = %.3f,  y = f(z) = %.4f", x[0], x[1], found.sums().get(0), found.outputs().get(0));
        String agreement = "largest difference between the formula and the network over " + found.sums().size() + " points: " + String.format(Locale.ROOT, "%.0e", found.difference());
        String sides = found.errors() + " of " + found.sums().size() + " points on the wrong side of the line";

        Plot.Axis across = found.plane().axis(0, "x1");
        List<Double> ends = List.of(across.low(), across.high());
        Plot.Series line = new Plot.Series("w1 x1 + w2 x2 + b = 0", Plot.Draw.DASH, Plot.Tone.SOFT, ends, ends.stream().map(x1 -> -(found.w1() * x1 + found.b()) / found.w2()).toList());
        List<Double> z = new ArrayList<>();
        for (double at = -8; at <= 8; at += 0.1) {
            z.add(at);
        }
        INDArray curve = Activation.SIGMOID.toStock().getActivation(Nd4j.createFromArray(z.stream().mapToDouble(Double::doubleValue).toArray()), false);
        List<Lesson.Block> picture = List.of(found.plane().chart("What the neuron says everywhere: the stronger the colour, the surer. Dashed: where it says 0.5.", found.net(), List.of(line)));
        return new Lesson(List.of(unit, row, agreement, sides), List.of(
                new Lesson.Section("One unit on two features", new Lesson.Formula(unit), new Lesson.Words("Two numbers go in, one comes out, here the probability of class 1. "
                        + "The weights say how much each input counts and in which direction, the bias shifts the sum. They were learned from the points below."), picture.get(0)),
                new Lesson.Section("One point", new Lesson.Formula(row), new Lesson.Words(Numbers.plural(found.sums().size(), "point") + ", computed by this formula and by the network: the "
                        + agreement + " (float arithmetic)."),
                        Lesson.Chart.of("The activation function f, and each point's sum z on it.", "z = w1 x1 + w2 x2 + b", "y = f(z)", Lesson.Scale.LINEAR,
                                Lesson.line("f", Plot.Tone.SOFT, z, Lesson.list(curve.toDoubleVector())), side(found, 0, Plot.Tone.SECOND), side(found, 1, Plot.Tone.ACCENT))),
                new Lesson.Section("What a neuron can do", new Lesson.Words("All points with the same sum lie on a straight line, so one neuron separates two classes by a straight line: "
                        + sides + ". What needs a curve needs more neurons, see perceptron."))));
    }

    private static Plot.Series side(Found found, int label, Plot.Tone tone) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (int i = 0; i < found.sums().size(); i++) {
            if (found.plane().labels().get(i) == label) {
                x.add(found.sums().get(i));
                y.add(found.outputs().get(i));
            }
        }
        return Lesson.series("class " + label, Plot.Draw.POINTS, tone, x, y);
    }
}
