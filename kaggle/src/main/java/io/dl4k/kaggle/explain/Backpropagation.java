package io.dl4k.kaggle.explain;

import io.dl4k.diagnose.GradientCheck;
import io.dl4k.kaggle.page.Numbers;
import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Activation;
import io.dl4k.models.Cnn;
import io.dl4k.models.Mlp;
import io.dl4k.models.Rnn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** The gradient by the chain rule beside the gradient by trying. */
final class Backpropagation implements Topic {
    private static final int ROWS = 8;
    /** Values compared of each parameter. */
    private static final int MOST = 40;

    /** A network whose gradient was checked. */
    record Checked(String name, long parameters, GradientCheck check) {
    }

    /** What was found. @param steps of the differences  @param errors largest relative error with each */
    record Found(List<Checked> networks, List<Double> steps, List<Double> errors) {
    }

    static Found find(long seed) {
        SampleDigits digits = SampleDigits.read().range(0, ROWS);
        INDArray labels = org.nd4j.linalg.factory.Nd4j.createFromArray(digits.oneHot());
        MultiLayerNetwork mlp = Mlp.classifier(64, 10).hidden(32, 16).activation(Activation.TANH).l2(1e-3).seed(seed).build();
        DataSet flat = new DataSet(digits.flat(), labels);
        List<Checked> networks = List.of(
                checked("multilayer perceptron", mlp, flat),
                checked("convolutional network", Cnn.images(8, 8, 1).conv(6, 3).avgPool(2).dense(16).activation(Activation.TANH).classes(10).seed(seed).build(), new DataSet(digits.images(), labels)),
                // Each row of the image is a step.
                checked("LSTM", Rnn.features(8).lstm(12).lastStep().classes(10).seed(seed).build(), new DataSet(digits.flat().reshape('c', ROWS, 8, 8).permute(0, 2, 1).dup('c'), labels)));
        List<Double> steps = new ArrayList<>();
        List<Double> errors = new ArrayList<>();
        for (int power = -1; power >= -12; power--) {
            steps.add(Math.pow(10, power));
            errors.add(GradientCheck.of(mlp, flat, 12, Math.pow(10, power)).largestError());
        }
        return new Found(networks, steps, errors);
    }

    private static Checked checked(String name, MultiLayerNetwork net, DataSet batch) {
        return new Checked(name, net.numParams(), GradientCheck.of(net, batch, MOST));
    }

    @Override
    public String name() {
        return "backprop";
    }

    @Override
    public String title() {
        return "Backpropagation";
    }

    @Override
    public String summary() {
        return "Backpropagation computes the gradient by all parameters in one pass from the loss back to the input, by the chain rule.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        List<String> lines = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> prices = new ArrayList<>();
        for (Checked network : found.networks()) {
            GradientCheck check = network.check();
            // What checking all would take, from what checking some took.
            double all = check.numeric().toNanos() / 1e9 * network.parameters() / check.checked();
            lines.add(String.format(Locale.ROOT, "%-22s %5d parameters: largest relative error %.1e; backpropagation %.3f s, differences for all %.1f s", network.name(), network.parameters(), check.largestError(),
                    check.analytic().toNanos() / 1e9, all));
            for (GradientCheck.Parameter p : check.parameters()) {
                rows.add(List.of(network.name(), p.layer() + " " + p.type(), p.name(), Numbers.grouped(p.values()), Numbers.grouped(p.checked()), String.format(Locale.ROOT, "%.1e", p.largestError())));
            }
            prices.add(List.of(network.name(), Numbers.grouped(network.parameters()), "1 forward, 1 backward", Numbers.grouped(2 * network.parameters()) + " forward"));
        }
        return new Lesson(lines, List.of(
                new Lesson.Section("Two ways to the gradient", new Lesson.Words("Backpropagation applies the chain rule layer by layer, from the loss back to the first weights (automatic differentiation in reverse). "
                        + "Numeric differentiation believes no formula: it moves one parameter a little up and a little down and looks what the loss does."),
                        new Lesson.Formula("∂loss/∂w ≈ (loss(w + h) - loss(w - h)) / 2h"),
                        new Lesson.Table(List.of("network", "layer", "parameter", "values", "compared", "largest relative error"), rows),
                        new Lesson.Words("In double precision, h = 1e-5, " + ROWS + " digits. An error below 1e-6 says that the backward pass is right.")),
                new Lesson.Section("What each costs", new Lesson.Table(List.of("network", "parameters", "backpropagation, passes", "differences, passes"), prices),
                        new Lesson.Words("One backward pass costs about two forward passes and gives every slope at once. Differences take two forward passes for each single parameter: "
                                + "right for a check, hopeless for training. The terminal shows the seconds.")),
                new Lesson.Section("Why h is not as small as can be", Lesson.Chart.of("Largest relative error by h. Large h: the loss is curved. Small h: the two losses differ only in digits that rounding has eaten.", "h",
                        "relative error", Lesson.Scale.LOG_BOTH, Lesson.line("multilayer perceptron", Plot.Tone.ACCENT, found.steps(), found.errors())))));
    }
}
