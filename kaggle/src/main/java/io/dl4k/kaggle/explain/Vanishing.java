package io.dl4k.kaggle.explain;

import io.dl4k.diagnose.LayerStatistics;
import io.dl4k.diagnose.TimeGradients;
import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Activation;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import io.dl4k.models.Rnn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** Gradients that fade: through time, where the LSTM helps, and through layers, where the rectifier does. */
final class Vanishing implements Topic {
    private static final int STEPS = 90;
    private static final int UNITS = 16;
    private static final int TRAINING_STEPS = 300;
    private static final int BATCH = 64;
    private static final int LAYERS = 10;
    private static final int WIDTH = 32;

    /** A recurrent network on the memory task. @param before gradient norms by time step before training  @param after likewise after it */
    record Reader(String name, TimeGradients before, TimeGradients after, List<Double> losses, double accuracy) {
    }

    /** A deep network on digits. @param gradients norm of each layer's gradient before training, from the first  @param losses mean of each epoch */
    record Deep(String name, List<Double> gradients, List<Double> losses, double accuracy) {
    }

    /** What was found. */
    record Found(Reader plain, Reader lstm, Deep sigmoid, Deep rectifier) {
    }

    static Found find(long seed) {
        return new Found(reader("plain RNN", Rnn.features(2).simple(UNITS), seed), reader("LSTM", Rnn.features(2).lstm(UNITS), seed), deep("sigmoid", Activation.SIGMOID, seed),
                deep("leaky ReLU", Activation.LEAKY_RELU, seed));
    }

    private static Reader reader(String name, Rnn start, long seed) {
        MultiLayerNetwork net = start.lastStep().binary().optimizer(Optimizer.adam(1e-2)).clipGradients(1).seed(seed).build();
        DataSet held = Sequences.memory(400, STEPS, seed);
        TimeGradients before = TimeGradients.of(net, held).get(0);
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            batches.add(Sequences.memory(BATCH, STEPS, seed + 1 + i));
        }
        List<Double> losses = Fit.losses(net, batches, TRAINING_STEPS);
        double[][] outputs = Fit.outputs(net, held.getFeatures());
        int right = 0;
        for (int i = 0; i < outputs.length; i++) {
            right += (outputs[i][0] >= 0.5) == (held.getLabels().getDouble(i, 0) == 1) ? 1 : 0;
        }
        return new Reader(name, before, TimeGradients.of(net, held).get(0), losses, right / (double) outputs.length);
    }

    private static Deep deep(String name, Activation activation, long seed) {
        int[] hidden = IntStream.range(0, LAYERS).map(i -> WIDTH).toArray();
        MultiLayerNetwork net = Mlp.classifier(64, SampleDigits.CLASSES).hidden(hidden).activation(activation).optimizer(Optimizer.adam(1e-3)).seed(seed).build();
        SampleDigits digits = SampleDigits.read();
        SampleDigits training = digits.range(0, 1024);
        SampleDigits held = digits.range(1024, digits.count());
        List<Double> gradients = LayerStatistics.of(net, Fit.batch(training.range(0, 256).pixels(), training.range(0, 256).oneHot())).stream().map(LayerStatistics::parameterGradient).toList();
        List<DataSet> batches = Fit.batches(training.pixels(), training.oneHot(), BATCH, seed);
        List<Double> losses = Fit.losses(net, batches, 15 * batches.size());
        List<Double> means = IntStream.range(0, 15).mapToObj(epoch -> losses.subList(epoch * batches.size(), (epoch + 1) * batches.size()).stream().mapToDouble(Double::doubleValue).average().orElseThrow()).toList();
        return new Deep(name, gradients, means, held.accuracy(net, held.flat()));
    }

    @Override
    public String name() {
        return "vanishing";
    }

    @Override
    public String title() {
        return "Vanishing gradients, LSTM and ReLU";
    }

    @Override
    public String summary() {
        return "A gradient that shrinks at each step or layer on its way back leaves nothing to learn from at the far end.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        List<String> lines = new ArrayList<>();
        for (Reader reader : List.of(found.plain(), found.lstm())) {
            lines.add(String.format(Locale.ROOT, "%-9s  remembers over %d steps: accuracy %.3f; gradient norm at step 1 after training %.1e", reader.name(), STEPS, reader.accuracy(), reader.after().norms().get(0)));
        }
        for (Deep deep : List.of(found.sigmoid(), found.rectifier())) {
            lines.add(String.format(Locale.ROOT, "%-10s  %d hidden layers: gradient norm of the first layer %.1e, of the last %.1e; accuracy on held-out digits %.3f", deep.name(), LAYERS, deep.gradients().get(0),
                    deep.gradients().get(deep.gradients().size() - 1), deep.accuracy()));
        }
        List<Double> layers = IntStream.rangeClosed(1, LAYERS + 1).mapToObj(i -> (double) i).toList();
        return new Lesson(lines, List.of(
                new Lesson.Section("A task with a long memory", new Lesson.Words(String.format(Locale.ROOT, "At the first of %d steps a signal says 1 or -1; noise follows; at the end the network has to say which it was. "
                        + "Only a gradient that arrives at step 1 can teach that.", STEPS)),
                        Lesson.Chart.of("Loss of each training step. 0.693 = ln 2 is guessing.", "training step", "loss", Lesson.Scale.LINEAR, Lesson.line("plain RNN", Plot.Tone.SECOND, found.plain().losses()),
                                Lesson.line("LSTM", Plot.Tone.ACCENT, found.lstm().losses())),
                        new Lesson.Table(List.of("network", "accuracy on new sequences"), List.of(accuracy(found.plain()), accuracy(found.lstm())))),
                new Lesson.Section("The gradient through time", new Lesson.Pair(through("Norm of the gradient by what was read at each time step, before training.", found.plain().before(), found.lstm().before()),
                        through("The same after training.", found.plain().after(), found.lstm().after())),
                        new Lesson.Words("In a plain recurrent network the gradient passes the recurrent weights and tanh's slope once a step, and shrinks each time. "
                                + "The LSTM's cell is carried from step to step by a product with the forget gate alone: a gate that has learned to stay open lets the gradient through (see rnn).")),
                new Lesson.Section("The gradient through layers", new Lesson.Words(LAYERS + " hidden layers of " + WIDTH + " units on digits, once with sigmoid, once with leaky ReLU. Sigmoid's slope is at most 1/4, "
                        + "so each layer takes most of the gradient away; leaky ReLU's is 1 where it is active."),
                        new Lesson.Pair(Lesson.Chart.of("Norm of the gradient by each layer's parameters, before training.", "layer", "gradient norm", Lesson.Scale.LOG_Y,
                                Lesson.line("sigmoid", Plot.Tone.SECOND, layers, found.sigmoid().gradients()), Lesson.line("leaky ReLU", Plot.Tone.ACCENT, layers, found.rectifier().gradients())),
                                Lesson.Chart.of("Training loss, mean of each epoch.", "epoch", "loss", Lesson.Scale.LINEAR, Lesson.line("sigmoid", Plot.Tone.SECOND, epochs(), found.sigmoid().losses()),
                                        Lesson.line("leaky ReLU", Plot.Tone.ACCENT, epochs(), found.rectifier().losses()))))));
    }

    private static List<Double> epochs() {
        return IntStream.rangeClosed(1, 15).mapToObj(i -> (double) i).toList();
    }

    private static List<String> accuracy(Reader reader) {
        return List.of(reader.name(), String.format(Locale.ROOT, "%.3f", reader.accuracy()));
    }

    private static Lesson.Chart through(String caption, TimeGradients plain, TimeGradients lstm) {
        return Lesson.Chart.of(caption, "time step", "gradient norm", Lesson.Scale.LOG_Y, positive("plain RNN", Plot.Tone.SECOND, plain.norms()), positive("LSTM", Plot.Tone.ACCENT, lstm.norms()));
    }

    /** A logarithm has no place for 0. */
    private static Plot.Series positive(String name, Plot.Tone tone, List<Double> norms) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (int t = 0; t < norms.size(); t++) {
            if (norms.get(t) > 0) {
                x.add(t + 1.0);
                y.add(norms.get(t));
            }
        }
        return Lesson.line(name, tone, x, y);
    }
}
