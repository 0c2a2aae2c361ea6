package io.dl4k.kaggle.explain;

import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Downhill on a real cost: a straight line's slope w and bias b. */
final class GradientDescent implements Topic {
    private static final int ROWS = 200;
    private static final int STEPS = 60;
    private static final int CELLS = 50;
    private static final double START_W = -1.4;
    private static final double START_B = 1.6;
    private static final Plot.Axis W = new Plot.Axis("w", -2, 4, false);
    private static final Plot.Axis B = new Plot.Axis("b", -3.2, 2.2, false);

    /** A way down. @param w after each step, the start first  @param b likewise  @param costs likewise */
    record Path(String name, Optimizer optimizer, List<Double> w, List<Double> b, List<Double> costs) {
        double last() {
            return costs.get(costs.size() - 1);
        }
    }

    /**
     * What was found.
     *
     * @param limit learning rate above which plain gradient descent cannot converge here: 2 over the largest curvature
     * @param surface cost over the grid of w and b, row after row from the lowest b
     */
    record Found(double bestW, double bestB, double bestCost, double limit, double[] surface, List<Path> rates, List<Path> optimizers) {
    }

    static Found find(long seed) {
        Random random = new Random(seed);
        float[][] x = new float[ROWS][1];
        float[][] y = new float[ROWS][1];
        double xs = 0;
        double xx = 0;
        double ys = 0;
        double xy = 0;
        double yy = 0;
        for (int i = 0; i < ROWS; i++) {
            x[i][0] = (float) (0.9 + 0.6 * random.nextGaussian());
            y[i][0] = (float) (2 * x[i][0] - 1 + 0.3 * random.nextGaussian());
            xs += x[i][0] / ROWS;
            xx += x[i][0] * x[i][0] / ROWS;
            ys += y[i][0] / ROWS;
            xy += x[i][0] * y[i][0] / ROWS;
            yy += y[i][0] * y[i][0] / ROWS;
        }
        // The mean squared error's second derivatives are 2 [[xx, xs], [xs, 1]]; the lowest point by the normal equations.
        double largest = xx + 1 + Math.sqrt((xx - 1) * (xx - 1) + 4 * xs * xs);
        double limit = 2 / largest;
        double bestW = (xy - xs * ys) / (xx - xs * xs);
        double bestB = ys - bestW * xs;
        double[] surface = new double[CELLS * CELLS];
        for (int r = 0; r < CELLS; r++) {
            for (int c = 0; c < CELLS; c++) {
                double w = W.low() + (W.high() - W.low()) * (c + 0.5) / CELLS;
                double b = B.low() + (B.high() - B.low()) * (r + 0.5) / CELLS;
                surface[r * CELLS + c] = cost(w, b, xx, xs, xy, ys, yy);
            }
        }
        DataSet batch = Fit.batch(x, y);
        List<Path> rates = List.of(path("rate " + text(0.06 * limit), Optimizer.sgd(0.06 * limit), batch), path("rate " + text(0.7 * limit), Optimizer.sgd(0.7 * limit), batch),
                path("rate " + text(1.03 * limit), Optimizer.sgd(1.03 * limit), batch));
        List<Path> optimizers = List.of(path("SGD", Optimizer.sgd(0.15 * limit), batch), path("momentum", Optimizer.nesterov(0.15 * limit), batch), path("RMSProp", Optimizer.rmsProp(0.05), batch),
                path("Adam", Optimizer.adam(0.25), batch));
        return new Found(bestW, bestB, cost(bestW, bestB, xx, xs, xy, ys, yy), limit, surface, rates, optimizers);
    }

    private static double cost(double w, double b, double xx, double xs, double xy, double ys, double yy) {
        return w * w * xx + 2 * w * b * xs + b * b - 2 * w * xy - 2 * b * ys + yy;
    }

    private static Path path(String name, Optimizer optimizer, DataSet batch) {
        MultiLayerNetwork net = Mlp.regressor(1, 1).optimizer(optimizer).build();
        net.setParams(Nd4j.createFromArray(new float[][] {{(float) START_W, (float) START_B}}));
        List<Double> w = new ArrayList<>(List.of(START_W));
        List<Double> b = new ArrayList<>(List.of(START_B));
        List<Double> costs = new ArrayList<>();
        Fit.run(net, List.of(batch), STEPS, cost -> {
            costs.add(cost);
            w.add(net.params().getDouble(0));
            b.add(net.params().getDouble(1));
        });
        costs.add(net.score(batch));
        return new Path(name, optimizer, w, b, costs);
    }

    private static String text(double rate) {
        return String.format(Locale.ROOT, "%.3f", rate);
    }

    @Override
    public String name() {
        return "gradient-descent";
    }

    @Override
    public String title() {
        return "Gradient descent";
    }

    @Override
    public String summary() {
        return "The gradient points uphill; gradient descent steps the other way, as far as the learning rate says, again and again.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "lowest point: w = %.3f, b = %.3f, cost %.4f; start: w = %.1f, b = %.1f; %d steps on a batch of %d rows", found.bestW(), found.bestB(), found.bestCost(), START_W, START_B,
                STEPS, ROWS));
        found.rates().forEach(path -> lines.add(String.format(Locale.ROOT, "SGD, %-12s  cost %s -> %s", path.name(), number(path.costs().get(0)), number(path.last()))));
        lines.add(String.format(Locale.ROOT, "above a rate of %.3f, 2 / the largest curvature, plain gradient descent diverges here", found.limit()));
        found.optimizers().forEach(path -> lines.add(String.format(Locale.ROOT, "%-9s  cost %s -> %s", path.name(), number(path.costs().get(0)), number(path.last()))));
        Plot.Tone[] tones = {Plot.Tone.SECOND, Plot.Tone.ACCENT, Plot.Tone.THIRD, Plot.Tone.FOURTH};
        Plot.Tone[] three = {Plot.Tone.THIRD, Plot.Tone.ACCENT, Plot.Tone.SECOND};
        return new Lesson(lines, List.of(
                new Lesson.Section("The surface", new Lesson.Words(String.format(Locale.ROOT, "A network of two parameters, y = w x + b, and %d rows. Its cost, the mean squared error, is a surface over w and b: an oval bowl, here "
                        + "the stronger the colour the lower. Gradient descent repeats one thing: the gradient of the cost by w and b, and a step against it.", ROWS)),
                        new Lesson.Formula("w ← w - rate · ∂cost/∂w,   b ← b - rate · ∂cost/∂b"),
                        map("Three learning rates of plain gradient descent, from the same start. The steps of the third grow until they leave the picture.", found, found.rates(), three),
                        costs("Cost before each step. Too small a rate is slow, too large a rate diverges.", found.rates(), three),
                        new Lesson.Words(String.format(Locale.ROOT, "How large is too large? Each step multiplies the distance to the lowest point, along the steepest direction, by 1 - rate · curvature. "
                                + "Above 2 / curvature = %.3f that is larger than 1 in size: each step lands farther away than it began.", found.limit()))),
                new Lesson.Section("Optimizers", new Lesson.Words("Real steps of Deeplearning4j's updaters. Momentum keeps part of the last step and rolls through the flat valley. RMSProp divides each parameter's step by the "
                        + "size of its recent gradients. Adam does both."), map("Four optimizers from the same start.", found, found.optimizers(), tones), costs("Cost before each step.", found.optimizers(), tones))));
    }

    private static String number(double cost) {
        return cost >= 1e5 ? String.format(Locale.ROOT, "%.1e", cost) : String.format(Locale.ROOT, "%.4f", cost);
    }

    private static Lesson.Chart map(String caption, Found found, List<Path> paths, Plot.Tone[] tones) {
        double highest = Math.log(java.util.Arrays.stream(found.surface()).max().orElseThrow());
        double lowest = Math.log(found.bestCost());
        double[] depth = java.util.Arrays.stream(found.surface()).map(cost -> Math.pow((highest - Math.log(cost)) / (highest - lowest), 2)).toArray();
        List<Plot.Series> series = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            Path path = paths.get(i);
            series.add(Lesson.line(path.name(), tones[i], path.w(), path.b()));
        }
        series.add(new Plot.Series("lowest point", Plot.Draw.MARK, Plot.Tone.SOFT, List.of(found.bestW()), List.of(found.bestB())));
        return new Lesson.Chart(caption, W, B, Lesson.ground(CELLS, CELLS, depth, false), series);
    }

    private static Lesson.Chart costs(String caption, List<Path> paths, Plot.Tone[] tones) {
        List<Plot.Series> series = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            series.add(Lesson.line(paths.get(i).name(), tones[i], paths.get(i).costs()));
        }
        return Lesson.Chart.of(caption, "step", "cost", Lesson.Scale.LOG_Y, series.toArray(Plot.Series[]::new));
    }
}
