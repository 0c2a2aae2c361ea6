package io.dl4k.kaggle.explain;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.CsvSource;
import io.dl4k.data.Labels;
import io.dl4k.data.Table;
import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Loss;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import io.dl4k.training.Trainer;
import io.dl4k.training.TrainingEvent;
import io.dl4k.training.TrainingPlan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Seven steps from data to a trained network, on linear regression whose answer is known. */
final class Workflow implements Topic {
    static final double W1 = 2;
    static final double W2 = -3.4;
    static final double B = 4.2;
    private static final double NOISE = 0.01;
    private static final int ROWS = 1000;
    private static final int BATCH = 10;
    private static final int EPOCHS = 3;
    private static final double RATE = 0.03;

    /**
     * What was found.
     *
     * @param csv its first lines  @param batch the first batch's first row: x1, x2, y
     * @param first parameters before training: w1, w2, b  @param firstLoss mean squared error over all rows then
     * @param losses of each step  @param path parameters after each step  @param epochs mean loss of each
     */
    record Found(List<String> csv, double[] batch, double[] first, double firstLoss, double firstPrediction, List<Double> losses, List<double[]> path, List<Double> epochs) {
        double[] last() {
            return path.get(path.size() - 1);
        }
    }

    static Found find(long seed) {
        Random random = new Random(seed);
        StringBuilder csv = new StringBuilder("x1,x2,y\n");
        for (int i = 0; i < ROWS; i++) {
            double x1 = random.nextGaussian();
            double x2 = random.nextGaussian();
            csv.append(String.format(Locale.ROOT, "%.5f,%.5f,%.5f%n", x1, x2, W1 * x1 + W2 * x2 + B + NOISE * random.nextGaussian()));
        }
        Table table = Table.read(CsvSource.of("generated.csv", csv.toString().getBytes(StandardCharsets.UTF_8)));
        float[] features = new float[2 * ROWS];
        float[] targets = new float[ROWS];
        for (int row = 0; row < ROWS; row++) {
            features[2 * row] = (float) table.numbers("x1").value(row);
            features[2 * row + 1] = (float) table.numbers("x2").value(row);
            targets[row] = (float) table.numbers("y").value(row);
        }
        BatchSource batches = Batches.ofRows(features, 2, Labels.values(targets, 1), IntStream.range(0, ROWS).toArray(), BATCH, OptionalLong.of(seed));
        double[] firstRow;
        try (BatchSource.Cursor cursor = batches.open(0)) {
            var batch = cursor.next();
            firstRow = new double[] {batch.getFeatures().getDouble(0, 0), batch.getFeatures().getDouble(0, 1), batch.getLabels().getDouble(0)};
        }
        MultiLayerNetwork net = Mlp.regressor(2, 1).loss(Loss.mse()).optimizer(Optimizer.sgd(RATE)).seed(seed).build();
        double[] first = parameters(net);
        double squares = 0;
        for (int row = 0; row < ROWS; row++) {
            squares += Math.pow(first[0] * features[2 * row] + first[1] * features[2 * row + 1] + first[2] - targets[row], 2) / ROWS;
        }
        List<Double> losses = new ArrayList<>();
        List<double[]> path = new ArrayList<>();
        List<Double> epochs = new ArrayList<>();
        new Trainer(TrainingPlan.epochs(EPOCHS).withSeed(seed), event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                losses.add(step.loss());
                path.add(parameters(net));
            } else if (event instanceof TrainingEvent.EpochDone done) {
                epochs.add(done.epoch().trainingLoss());
            }
        }).train(net, batches);
        return new Found(csv.toString().lines().limit(4).toList(), firstRow, first, squares, first[0] * firstRow[0] + first[1] * firstRow[1] + first[2], losses, path, epochs);
    }

    private static double[] parameters(MultiLayerNetwork net) {
        return new double[] {net.params().getDouble(0), net.params().getDouble(1), net.params().getDouble(2)};
    }

    @Override
    public String name() {
        return "workflow";
    }

    @Override
    public String title() {
        return "The seven steps, on linear regression";
    }

    @Override
    public String summary() {
        return "Data, reading, parameters, model, loss, optimizer, training: the same steps lead to every network.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        double[] last = found.last();
        List<String> steps = List.of(
                String.format(Locale.ROOT, "data: %,d rows of y = %s x1 + (%s) x2 + %s + noise of deviation %s", ROWS, W1, W2, B, NOISE),
                String.format(Locale.ROOT, "reading: batches of %d rows in a new random order each epoch; the first row is x1 = %.3f, x2 = %.3f, y = %.3f", BATCH, found.batch()[0], found.batch()[1], found.batch()[2]),
                String.format(Locale.ROOT, "parameters: w1 = %.3f, w2 = %.3f, b = %.3f: random weights, the bias 0", found.first()[0], found.first()[1], found.first()[2]),
                String.format(Locale.ROOT, "model: y = w1 x1 + w2 x2 + b; untrained it says %.3f for that row", found.firstPrediction()),
                String.format(Locale.ROOT, "loss: mean squared error; %.3f over all rows before training", found.firstLoss()),
                String.format(Locale.ROOT, "optimizer: stochastic gradient descent, learning rate %s", RATE),
                String.format(Locale.ROOT, "training: %d epochs, %d steps; mean loss of each epoch %s", EPOCHS, found.losses().size(),
                        found.epochs().stream().map(loss -> String.format(Locale.ROOT, "%.2g", loss)).collect(java.util.stream.Collectors.joining(", "))));
        String end = String.format(Locale.ROOT, "found w1 = %.3f, w2 = %.3f, b = %.3f; true %.3f, %.3f, %.3f", last[0], last[1], last[2], W1, W2, B);
        List<String> lines = new ArrayList<>();
        List<Lesson.Block> listed = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            lines.add((i + 1) + " " + steps.get(i));
            listed.add(new Lesson.Words((i + 1) + ". " + capital(steps.get(i)) + "."));
        }
        lines.add(end);
        listed.add(1, new Lesson.Formula(String.join("\n", found.csv()) + "\n…"));
        Plot.Tone[] tones = {Plot.Tone.ACCENT, Plot.Tone.SECOND, Plot.Tone.THIRD};
        String[] names = {"w1", "w2", "b"};
        double[] truth = {W1, W2, B};
        List<Plot.Series> paths = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int which = i;
            paths.add(Lesson.line(names[i], tones[i], found.path().stream().map(p -> p[which]).toList()));
            paths.add(new Plot.Series("", Plot.Draw.DASH, tones[i], List.of(0.0, (double) found.path().size()), List.of(truth[i], truth[i])));
        }
        return new Lesson(lines, List.of(new Lesson.Section("Seven steps", listed),
                new Lesson.Section("Where it ends", new Lesson.Words(capital(end) + ". The noise decides the last digits."),
                        new Lesson.Pair(Lesson.Chart.of("Parameters after each training step. Dashed: the true ones.", "step", "value", Lesson.Scale.LINEAR, paths.toArray(Plot.Series[]::new)),
                                Lesson.Chart.of("Loss of each step's batch. It cannot fall below the noise's variance, 0.0001, for long.", "step", "loss", Lesson.Scale.LOG_Y, Lesson.line("", Plot.Tone.ACCENT, found.losses()))),
                        new Lesson.Formula("""
                                BatchSource batches = Batches.ofRows(features, 2, Labels.values(targets, 1), rows, 10, OptionalLong.of(seed));
                                MultiLayerNetwork net = Mlp.regressor(2, 1).loss(Loss.mse()).optimizer(Optimizer.sgd(0.03)).build();
                                new Trainer(TrainingPlan.epochs(3)).train(net, batches);"""))));
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
