package io.dl4k.kaggle.explain;

import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Activation;
import io.dl4k.models.Loss;
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
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;

/** Loss of a sample, cost of the set, objective with the penalty; and how each loss punishes. */
final class Losses implements Topic {
    private static final int TRAINING = 1024;
    private static final int SHOWN = 8;
    private static final double L2 = 1e-3;

    /**
     * What was found.
     *
     * @param labels of the images  @param probabilities the network gave to them  @param losses of them, by DL4J
     * @param penalty by DL4J  @param byHand the same from the weights  @param objective DL4J's score
     */
    record Found(List<Integer> labels, List<Double> probabilities, List<Double> losses, double cost, double penalty, double byHand, double objective, List<Punishing> punishing) {
    }

    /** A loss along its argument. */
    record Punishing(String name, List<Double> x, List<Double> y) {
    }

    static Found find(long seed) {
        SampleDigits digits = SampleDigits.read();
        MultiLayerNetwork net = Mlp.classifier(64, SampleDigits.CLASSES).hidden(24).l2(L2).optimizer(Optimizer.adam(3e-3)).seed(seed).build();
        Fit.losses(net, Fit.batches(digits.range(0, TRAINING).pixels(), digits.range(0, TRAINING).oneHot(), 64, seed), 60);
        SampleDigits few = digits.range(TRAINING, TRAINING + SHOWN);
        DataSet batch = Fit.batch(few.pixels(), few.oneHot());
        List<Double> losses = Lesson.list(net.scoreExamples(batch, false).toDoubleVector());
        double[][] outputs = Fit.outputs(net, batch.getFeatures());
        List<Integer> labels = new ArrayList<>();
        List<Double> probabilities = new ArrayList<>();
        for (int i = 0; i < SHOWN; i++) {
            labels.add(few.labels()[i]);
            probabilities.add(outputs[i][few.labels()[i]]);
        }
        double squares = 0;
        for (String name : List.of("0_W", "1_W")) {
            double norm = net.getParam(name).norm2Number().doubleValue();
            squares += norm * norm;
        }
        double cost = losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        return new Found(labels, probabilities, losses, cost, net.calcRegularizationScore(true), L2 / 2 * squares, net.score(batch), punishing());
    }

    private static List<Punishing> punishing() {
        List<Double> residuals = new ArrayList<>();
        for (int i = -60; i <= 60; i++) {
            residuals.add(i / 20.0);
        }
        List<Double> probabilities = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            probabilities.add(i == 100 ? 0.999 : i / 100.0);
        }
        IActivation identity = Activation.IDENTITY.toStock();
        return List.of(
                along("squared error", residuals, Loss.mse().toStock(), identity, Double::doubleValue, 0),
                along("absolute error", residuals, Loss.mae().toStock(), identity, Double::doubleValue, 0),
                along("Huber loss, 1", residuals, Loss.huber(1).toStock(), identity, Double::doubleValue, 0),
                along("cross-entropy", probabilities, new LossBinaryXENT(), Activation.SIGMOID.toStock(), p -> Math.log(p / (1 - p)), 1),
                along("squared error of the probability", probabilities, Loss.mse().toStock(), Activation.SIGMOID.toStock(), p -> Math.log(p / (1 - p)), 1));
    }

    /** By stock's loss class. @param sum that gives the output at x  @param label that is right */
    private static Punishing along(String name, List<Double> x, ILossFunction loss, IActivation output, java.util.function.ToDoubleFunction<Double> sum, double label) {
        INDArray sums = Nd4j.createFromArray(x.stream().mapToDouble(sum).toArray()).reshape(x.size(), 1);
        INDArray labels = Nd4j.valueArrayOf(new long[] {x.size(), 1}, label, org.nd4j.linalg.api.buffer.DataType.DOUBLE);
        return new Punishing(name, x, Lesson.list(loss.computeScoreArray(labels, sums, output, null).reshape(-1).toDoubleVector()));
    }

    @Override
    public String name() {
        return "losses";
    }

    @Override
    public String title() {
        return "Loss, cost and objective";
    }

    @Override
    public String summary() {
        return "The loss is how wrong one sample is, the cost its mean over the samples, the objective the cost plus penalties: what training makes small.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < SHOWN; i++) {
            rows.add(List.of("image " + (i + 1) + ", a " + found.labels().get(i), String.format(Locale.ROOT, "%.4f", found.probabilities().get(i)), String.format(Locale.ROOT, "%.4f", found.losses().get(i))));
        }
        String cost = String.format(Locale.ROOT, "cost: mean of %d losses = %.4f", SHOWN, found.cost());
        String objective = String.format(Locale.ROOT, "objective: cost %.4f + penalty %.4f = %.4f (the network's score: %.4f)", found.cost(), found.penalty(), found.cost() + found.penalty(), found.objective());
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "loss of one image, a %d that got probability %.4f: -ln %.4f = %.4f", found.labels().get(0), found.probabilities().get(0), found.probabilities().get(0), found.losses().get(0)));
        lines.add(cost);
        lines.add(objective);
        List<Punishing> p = found.punishing();
        return new Lesson(lines, List.of(
                new Lesson.Section("Three numbers of one batch", new Lesson.Words("Eight digits that the network was not trained on. The loss of a sample is the cross-entropy: minus the logarithm of the "
                        + "probability that the network gave to the right class."), new Lesson.Table(List.of("sample", "probability of the right class", "loss"), rows), new Lesson.Formula(cost),
                        new Lesson.Formula(objective), new Lesson.Words(String.format(Locale.ROOT, "The penalty is L2: %s times half the sum of the squared weights, %.4f. It keeps weights small, see overfitting. "
                                + "Loss and cost are often used for each other; which is meant shows in whether it is of one sample or of many.", L2, found.byHand()))),
                new Lesson.Section("How losses punish", new Lesson.Pair(
                        Lesson.Chart.of("Regression: loss by error. Squared error is ruled by the largest errors; absolute error is not; Huber's is squared near 0 and straight beyond 1.", "predicted - actual", "loss",
                                Lesson.Scale.LINEAR, Lesson.line(p.get(0).name(), Plot.Tone.SECOND, p.get(0).x(), p.get(0).y()), Lesson.line(p.get(1).name(), Plot.Tone.THIRD, p.get(1).x(), p.get(1).y()),
                                Lesson.line(p.get(2).name(), Plot.Tone.ACCENT, p.get(2).x(), p.get(2).y())).between(-0.2, 6),
                        Lesson.Chart.of("Classification: loss by the probability of the right class. To be sure and wrong costs cross-entropy without limit, squared error at most 1.", "probability of the right class",
                                "loss", Lesson.Scale.LINEAR, Lesson.line(p.get(3).name(), Plot.Tone.ACCENT, p.get(3).x(), p.get(3).y()), Lesson.line(p.get(4).name(), Plot.Tone.SECOND, p.get(4).x(), p.get(4).y()))))));
    }
}
