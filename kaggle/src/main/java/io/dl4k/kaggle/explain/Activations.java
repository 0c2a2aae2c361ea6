package io.dl4k.kaggle.explain;

import io.dl4k.diagnose.LayerStatistics;
import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Activation;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** The functions, their slopes, and one network with each. */
final class Activations implements Topic {
    private static final int TRAINING = 1024;
    private static final int BATCH = 64;
    private static final int EPOCHS = 15;
    /** Share of the largest slope below which learning stops; a leaky ReLU keeps a hundredth. */
    private static final double FLAT = 0.009;

    private enum Shown {
        SIGMOID("sigmoid", Activation.SIGMOID, Plot.Tone.SECOND, "1 / (1 + exp(-x))", "(0, 1)"),
        TANH("tanh", Activation.TANH, Plot.Tone.THIRD, "(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "(-1, 1)"),
        RELU("ReLU", Activation.RELU, Plot.Tone.FOURTH, "max(0, x)", "[0, ∞)"),
        LEAKY_RELU("leaky ReLU", Activation.LEAKY_RELU, Plot.Tone.ACCENT, "x above 0, 0.01 x below", "(-∞, ∞)");

        private final String text;
        private final Activation function;
        private final Plot.Tone tone;
        private final String formula;
        private final String range;

        Shown(String text, Activation function, Plot.Tone tone, String formula, String range) {
            this.text = text;
            this.function = function;
            this.tone = tone;
            this.formula = formula;
            this.range = range;
        }
    }

    /**
     * A function at points, by the stock class.
     *
     * @param range as mathematics has it
     * @param smallest value over -30 to 30  @param largest value there
     * @param flatBelow the largest x below which the slope is next to nothing, NaN for none  @param flatAbove the smallest above which it is, NaN for none
     */
    record Curve(String name, String formula, String range, List<Double> x, List<Double> y, List<Double> slope, double smallest, double largest, double flatBelow, double flatAbove) {
    }

    /** A network with one of them. @param losses mean of each epoch  @param hidden its first hidden layer after training */
    record Trained(String name, List<Double> losses, double accuracy, LayerStatistics hidden) {
    }

    /** What was found. @param softmax of scores: rows of scores and what softmax makes of them */
    record Found(List<Curve> curves, List<Trained> trained, List<List<double[]>> softmax) {
    }

    static Found find(long seed) {
        List<Curve> curves = new ArrayList<>();
        for (Shown shown : Shown.values()) {
            curves.add(curve(shown));
        }
        SampleDigits digits = SampleDigits.read();
        SampleDigits held = digits.range(TRAINING, digits.count());
        List<DataSet> batches = Fit.batches(digits.range(0, TRAINING).pixels(), digits.range(0, TRAINING).oneHot(), BATCH, seed);
        List<Trained> trained = new ArrayList<>();
        for (Shown shown : Shown.values()) {
            MultiLayerNetwork net = Mlp.classifier(64, SampleDigits.CLASSES).hidden(48, 48, 48).activation(shown.function).optimizer(Optimizer.adam(1e-3)).seed(seed).build();
            List<Double> losses = Fit.losses(net, batches, EPOCHS * batches.size());
            List<Double> means = new ArrayList<>();
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                means.add(losses.subList(epoch * batches.size(), (epoch + 1) * batches.size()).stream().mapToDouble(Double::doubleValue).average().orElseThrow());
            }
            trained.add(new Trained(shown.text, means, held.accuracy(net, held.flat()), LayerStatistics.of(net, Fit.batch(held.pixels(), held.oneHot())).get(0)));
        }
        List<List<double[]>> softmax = new ArrayList<>();
        for (double[] scores : new double[][] {{2, 1, 0.1}, {4, 1, 0.1}, {1002, 1001, 1000.1}}) {
            INDArray out = Activation.SOFTMAX.toStock().getActivation(Nd4j.createFromArray(new double[][] {scores}), false);
            softmax.add(List.of(scores, out.toDoubleVector()));
        }
        return new Found(curves, trained, softmax);
    }

    private static Curve curve(Shown shown) {
        int wide = 3001;
        double[] x = new double[wide];
        for (int i = 0; i < wide; i++) {
            x[i] = (i - wide / 2) / 50.0;
        }
        IActivation function = shown.function.toStock();
        double[] y = function.getActivation(Nd4j.createFromArray(x), false).toDoubleVector();
        double[] slope = function.backprop(Nd4j.createFromArray(x), Nd4j.ones(org.nd4j.linalg.api.buffer.DataType.DOUBLE, wide)).getFirst().toDoubleVector();
        double steepest = java.util.Arrays.stream(slope).max().orElseThrow();
        double below = Double.NaN;
        for (int i = 0; i < wide && slope[i] < FLAT * steepest; i++) {
            below = x[i];
        }
        double above = Double.NaN;
        for (int i = wide - 1; i >= 0 && slope[i] < FLAT * steepest; i--) {
            above = x[i];
        }
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        List<Double> slopes = new ArrayList<>();
        for (int i = 0; i < wide; i++) {
            if (Math.abs(x[i]) <= 6 && i % 2 == 0) {
                xs.add(x[i]);
                ys.add(y[i]);
                slopes.add(slope[i]);
            }
        }
        return new Curve(shown.text, shown.formula, shown.range, xs, ys, slopes, java.util.Arrays.stream(y).min().orElseThrow(), java.util.Arrays.stream(y).max().orElseThrow(), below, above);
    }

    @Override
    public String name() {
        return "activations";
    }

    @Override
    public String title() {
        return "Activation functions";
    }

    @Override
    public String summary() {
        return "An activation function bends a neuron's sum; without one, layers on layers would still be a single straight line.";
    }

    private static String flat(Curve curve) {
        String below = Double.isNaN(curve.flatBelow()) ? "" : String.format(Locale.ROOT, "x < %.1f", curve.flatBelow());
        String above = Double.isNaN(curve.flatAbove()) ? "" : String.format(Locale.ROOT, "x > %.1f", curve.flatAbove());
        return below.isEmpty() && above.isEmpty() ? "nowhere" : below.isEmpty() || above.isEmpty() ? below + above : below + ", " + above;
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        List<String> lines = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (Curve c : found.curves()) {
            lines.add(String.format(Locale.ROOT, "%-10s  range %-8s  saturates: %s", c.name(), c.range(), flat(c)));
            rows.add(List.of(c.name(), c.formula(), c.range(), flat(c)));
        }
        double[] scores = found.softmax().get(0).get(0);
        double[] shares = found.softmax().get(0).get(1);
        lines.add(String.format(Locale.ROOT, "softmax     range (0, 1)    of scores 2, 1, 0.1: %.3f, %.3f, %.3f; the sum is %.3f", shares[0], shares[1], shares[2], shares[0] + shares[1] + shares[2]));
        for (Trained t : found.trained()) {
            lines.add(String.format(Locale.ROOT, "digits with %-10s  loss %.3f -> %.3f, accuracy on held-out images %.3f", t.name(), t.losses().get(0), t.losses().get(t.losses().size() - 1), t.accuracy()));
        }
        List<List<String>> sums = new ArrayList<>();
        for (List<double[]> pair : found.softmax()) {
            sums.add(List.of(text(pair.get(0), "%.1f"), text(pair.get(1), "%.4f"), String.format(Locale.ROOT, "%.4f", java.util.Arrays.stream(pair.get(1)).sum())));
        }
        List<Plot.Series> functions = new ArrayList<>();
        List<Plot.Series> slopes = new ArrayList<>();
        List<Plot.Series> losses = new ArrayList<>();
        List<List<String>> ends = new ArrayList<>();
        for (Shown shown : Shown.values()) {
            Curve curve = found.curves().get(shown.ordinal());
            functions.add(Lesson.line(shown.text, shown.tone, curve.x(), curve.y()));
            slopes.add(Lesson.line(shown.text, shown.tone, curve.x(), curve.slope()));
            Trained t = found.trained().get(shown.ordinal());
            losses.add(Lesson.line(shown.text, shown.tone, java.util.stream.IntStream.rangeClosed(1, EPOCHS).mapToObj(i -> (double) i).toList(), t.losses()));
            ends.add(List.of(t.name(), String.format(Locale.ROOT, "%.3f", t.losses().get(EPOCHS - 1)), String.format(Locale.ROOT, "%.3f", t.accuracy()),
                    t.hidden().saturated().isPresent() ? String.format(Locale.ROOT, "%.1f%%", 100 * t.hidden().saturated().getAsDouble()) : "–",
                    t.hidden().dead().isPresent() ? t.hidden().dead().getAsInt() + " of " + t.hidden().units() : "–"));
        }
        return new Lesson(lines, List.of(
                new Lesson.Section("Functions and their slopes", new Lesson.Pair(
                        Lesson.Chart.of("The functions.", "x", "f(x)", Lesson.Scale.LINEAR, functions.toArray(Plot.Series[]::new)).between(-1.6, 3.2),
                        Lesson.Chart.of("Their slopes (derivatives): the factor a gradient is multiplied by on its way back.", "x", "f'(x)", Lesson.Scale.LINEAR, slopes.toArray(Plot.Series[]::new))),
                        new Lesson.Table(List.of("function", "formula", "range", "saturates"), rows),
                        new Lesson.Words("A function saturates where its slope is next to nothing (here: below a hundredth of its largest): whatever comes back through it is lost, and the unit stops to learn. "
                                + "Sigmoid and tanh saturate at both ends. ReLU is exactly 0 below 0; leaky ReLU keeps a hundredth there.")),
                new Lesson.Section("Softmax", new Lesson.Words("Softmax is for the output: it turns one score a class into probabilities, each in (0, 1), that sum to 1. Only differences between scores count."),
                        new Lesson.Formula("softmax(x)_i = exp(x_i) / (exp(x_1) + … + exp(x_n))"), new Lesson.Table(List.of("scores", "probabilities", "sum"), sums)),
                new Lesson.Section("One network with each", new Lesson.Words("The same digits, the same three hidden layers of 48 units, the same batches and optimizer; only the hidden activation differs."),
                        Lesson.Chart.of("Training loss, mean of each epoch.", "epoch", "loss", Lesson.Scale.LINEAR, losses.toArray(Plot.Series[]::new)),
                        new Lesson.Table(List.of("hidden activation", "loss at the end", "accuracy, held-out images", "first layer saturated", "dead units there"), ends),
                        new Lesson.Words("Saturated: share of outputs where the slope is below a twentieth of the largest; of ReLU those that are 0. Dead: units that are so for every image."))));
    }

    private static String text(double[] values, String format) {
        return java.util.Arrays.stream(values).mapToObj(v -> String.format(Locale.ROOT, format, v)).collect(java.util.stream.Collectors.joining(", "));
    }
}
