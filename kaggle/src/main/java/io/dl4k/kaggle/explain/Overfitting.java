package io.dl4k.kaggle.explain;

import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Activation;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** How much a network may know of so many rows. */
final class Overfitting implements Topic {
    private static final int[] WIDTHS = {1, 4, 16, 64};
    private static final int[] ROWS = {15, 60, 240};
    private static final int VALIDATION = 400;
    private static final double NOISE = 0.3;
    private static final int STEPS = 1500;
    private static final int MEASURED = 20;
    private static final double DROPOUT = 0.2;
    private static final double L2 = 0.01;

    /** A training. @param training root mean square error on the training rows along it  @param validation the same on others  @param curve what it says from -1 to 1 at the end */
    record Run(String name, int width, int rows, List<Double> steps, List<Double> training, List<Double> validation, List<Double> curve) {
        double trainingError() {
            return training.get(training.size() - 1);
        }

        double validationError() {
            return validation.get(validation.size() - 1);
        }
    }

    /** What was found. @param grid by rows, then by width  @param tamed the largest network on the fewest rows: as it is, with dropout, with L2 */
    record Found(List<List<Run>> grid, List<Run> tamed, List<Double> x, List<Double> truth, List<Double> rowsX, List<Double> rowsY) {
    }

    private static double truth(double x) {
        return Math.sin(4 * x);
    }

    private static DataSet rows(int count, long seed) {
        Random random = new Random(seed);
        float[][] x = new float[count][1];
        float[][] y = new float[count][1];
        for (int i = 0; i < count; i++) {
            x[i][0] = 2 * random.nextFloat() - 1;
            y[i][0] = (float) (truth(x[i][0]) + NOISE * random.nextGaussian());
        }
        return Fit.batch(x, y);
    }

    static Found find(long seed) {
        DataSet validation = rows(VALIDATION, seed + 1);
        List<List<Run>> grid = new ArrayList<>();
        for (int count : ROWS) {
            DataSet training = rows(count, seed + 2);
            List<Run> runs = new ArrayList<>();
            for (int width : WIDTHS) {
                runs.add(run("none", Mlp.regressor(1, 1), width, training, validation, 1, seed));
            }
            grid.add(runs);
        }
        DataSet few = rows(ROWS[0], seed + 2);
        int widest = WIDTHS[WIDTHS.length - 1];
        List<Run> tamed = List.of(run("none", Mlp.regressor(1, 1), widest, few, validation, MEASURED, seed), run("dropout " + DROPOUT, Mlp.regressor(1, 1).dropout(DROPOUT), widest, few, validation, MEASURED, seed),
                run("L2 " + L2, Mlp.regressor(1, 1).l2(L2), widest, few, validation, MEASURED, seed));
        List<Double> x = points();
        return new Found(grid, tamed, x, x.stream().map(Overfitting::truth).toList(), Lesson.list(few.getFeatures().reshape(-1).toDoubleVector()), Lesson.list(few.getLabels().reshape(-1).toDoubleVector()));
    }

    private static List<Double> points() {
        return IntStream.rangeClosed(0, 100).mapToObj(i -> i / 50.0 - 1).toList();
    }

    /** @param looks at the errors on the way, the last at the end */
    private static Run run(String name, Mlp builder, int width, DataSet training, DataSet validation, int looks, long seed) {
        MultiLayerNetwork net = builder.hidden(width, width).activation(Activation.TANH).optimizer(Optimizer.adam(0.01)).seed(seed).build();
        List<Double> steps = new ArrayList<>();
        List<Double> onTraining = new ArrayList<>();
        List<Double> onValidation = new ArrayList<>();
        int[] step = {0};
        Fit.run(net, List.of(training), STEPS, loss -> {
            if (++step[0] % (STEPS / looks) == 0) {
                steps.add((double) step[0]);
                onTraining.add(error(net, training));
                onValidation.add(error(net, validation));
            }
        });
        float[][] x = new float[points().size()][1];
        for (int i = 0; i < x.length; i++) {
            x[i][0] = points().get(i).floatValue();
        }
        double[][] said = Fit.outputs(net, org.nd4j.linalg.factory.Nd4j.createFromArray(x));
        return new Run(name, width, (int) training.getFeatures().size(0), steps, onTraining, onValidation, java.util.Arrays.stream(said).map(row -> row[0]).toList());
    }

    private static double error(MultiLayerNetwork net, DataSet rows) {
        double[][] said = Fit.outputs(net, rows.getFeatures());
        double squares = 0;
        for (int i = 0; i < said.length; i++) {
            squares += Math.pow(said[i][0] - rows.getLabels().getDouble(i), 2) / said.length;
        }
        return Math.sqrt(squares);
    }

    @Override
    public String name() {
        return "overfitting";
    }

    @Override
    public String title() {
        return "Overfitting, dropout and L2";
    }

    @Override
    public String summary() {
        return "A network that is large for its rows learns their noise too: right on what it has seen, wrong on what it has not.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        List<String> lines = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        List<Double> widths = IntStream.of(WIDTHS).mapToObj(w -> (double) w).toList();
        List<Lesson.Chart> sizes = new ArrayList<>();
        for (List<Run> runs : found.grid()) {
            int rows = runs.get(0).rows();
            for (Run run : runs) {
                table.add(List.of(String.format(Locale.ROOT, "%d rows, %d x 2 units", rows, run.width()), text(run.trainingError()), text(run.validationError())));
            }
            Run large = runs.get(runs.size() - 1);
            lines.add(String.format(Locale.ROOT, "%3d rows, 2 hidden layers of %d: error %.3f on the rows trained on, %.3f on others", rows, large.width(), large.trainingError(), large.validationError()));
            sizes.add(Lesson.Chart.of(rows + " training rows: error by units of each of two hidden layers.", "units", "error", Lesson.Scale.LOG_X,
                    Lesson.line("training rows", Plot.Tone.SECOND, widths, runs.stream().map(Run::trainingError).toList()), Lesson.line("other rows", Plot.Tone.ACCENT, widths, runs.stream().map(Run::validationError).toList()))
                    .between(0, 0.9));
        }
        List<List<String>> remedies = new ArrayList<>();
        List<Lesson.Chart> fits = new ArrayList<>();
        List<Lesson.Chart> curves = new ArrayList<>();
        for (Run run : found.tamed()) {
            remedies.add(List.of(run.name(), text(run.trainingError()), text(run.validationError())));
            lines.add(String.format(Locale.ROOT, "%3d rows, %-12s %.3f on the rows trained on, %.3f on others", ROWS[0], run.name() + ":", run.trainingError(), run.validationError()));
            fits.add(new Lesson.Chart("Regularisation: " + run.name() + ".", new Plot.Axis("x", -1.05, 1.05, false), new Plot.Axis("y", -2, 2, false), null,
                    List.of(Lesson.series("truth", Plot.Draw.DASH, Plot.Tone.SOFT, found.x(), found.truth()), Lesson.line("network", Plot.Tone.ACCENT, found.x(), run.curve()),
                            Lesson.series("training rows", Plot.Draw.POINTS, Plot.Tone.SECOND, found.rowsX(), found.rowsY()))));
            curves.add(Lesson.Chart.of("Error while training, " + run.name() + ".", "step", "error", Lesson.Scale.LINEAR, Lesson.line("training rows", Plot.Tone.SECOND, run.steps(), run.training()),
                    Lesson.line("other rows", Plot.Tone.ACCENT, run.steps(), run.validation())).between(0, 0.9));
        }
        return new Lesson(lines, List.of(
                new Lesson.Section("Network size against data size", new Lesson.Words(String.format(Locale.ROOT, "The truth is a sine with noise of deviation %s: no network can be better than %s on rows it has not seen. "
                        + "Below that on its training rows, it has learned their noise.", NOISE, NOISE)), new Lesson.Pair(sizes),
                        new Lesson.Table(List.of("training", "error, training rows", "error, other rows"), table),
                        new Lesson.Words("Too small a network errs on both (underfitting). A large one on few rows errs on the others only (overfitting). More rows close the gap.")),
                new Lesson.Section("Dropout and L2", new Lesson.Words(String.format(Locale.ROOT, "The largest network on the fewest rows. Dropout leaves out a share of the units at random in each training step (here %s), so none can rely on another. "
                        + "L2 adds %s times half the sum of the squared weights to the objective, so that weights stay small and the curve smooth.", DROPOUT, L2)), new Lesson.Pair(fits), new Lesson.Pair(curves),
                        new Lesson.Table(List.of("regularisation", "error, training rows", "error, other rows"), remedies))));
    }

    private static String text(double error) {
        return String.format(Locale.ROOT, "%.3f", error);
    }
}
