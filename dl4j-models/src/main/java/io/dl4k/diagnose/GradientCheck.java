package io.dl4k.diagnose;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Backpropagation's gradient beside {@link CentralDifferences} of the score, parameter by parameter. Below 1e-6 the backward pass is right; above
 * 1e-3 it is wrong, or a rectifier or a pooling window changed sides within the step (try other rows).
 *
 * <pre>{@code
 * GradientCheck check = GradientCheck.of(net, batch);
 * if (check.largestError() > 1e-6) check.parameters().forEach(System.out::println);
 * }</pre>
 *
 * <p>Stock takes a masked sequence's last step in float, double network or not: such a network shows errors of some 1e-3 that are rounding.
 *
 * @param parameters in the network's order; running statistics of batch norm, which no gradient learns, left out
 * @param analytic wall clock of the one forward and backward pass that gives all of the gradient
 * @param numeric wall clock of the differences
 */
public record GradientCheck(List<Parameter> parameters, Duration analytic, Duration numeric) {

    /** Gradients smaller than this share of their parameter's largest are compared on its scale: relative to themselves they are rounding. */
    private static final double FLOOR = 1e-3;
    /** Larger than {@link CentralDifferences#STEP}: rounding shows in small gradients first. */
    private static final double STEP = 1e-5;

    /**
     * One array of parameters.
     *
     * @param layer index from 0
     * @param type of the layer, as DL4J calls it, such as {@code DenseLayer}
     * @param name of the parameter in the layer, such as {@code W}
     * @param values numbers it has
     * @param checked numbers that were compared
     * @param largestGradient largest magnitude among the compared
     * @param largestError largest of {@code |a - n| / max(|a|, |n|, largestGradient / 1000)} over the compared; 0 where all are 0
     */
    public record Parameter(int layer, String type, String name, long values, int checked, double largestGradient, double largestError) {
    }

    /** Copies the list. */
    public GradientCheck {
        parameters = List.copyOf(parameters);
    }

    /**
     * Compares every parameter.
     *
     * @throws IllegalArgumentException as {@link #of(MultiLayerNetwork, DataSet, int, double)}
     */
    public static GradientCheck of(MultiLayerNetwork net, DataSet batch) {
        return of(net, batch, Integer.MAX_VALUE);
    }

    /**
     * Compares some values of each parameter, with a step of 1e-5.
     *
     * @throws IllegalArgumentException as {@link #of(MultiLayerNetwork, DataSet, int, double)}
     */
    public static GradientCheck of(MultiLayerNetwork net, DataSet batch, int most) {
        return of(net, batch, most, STEP);
    }

    /**
     * Compares some values of each parameter, spread evenly.
     *
     * @param net initialised, any precision; not changed
     * @param batch features and labels as {@code fit} takes them; few rows are enough
     * @param most values compared of each parameter, at least 1; each takes two forward passes
     * @param step of the differences, finite, above 0: curvature shows above 1e-4, rounding below 1e-6
     * @throws IllegalArgumentException if {@code most} is below 1, the step out of range, the network is not initialised or has no output layer, or the batch no labels
     */
    public static GradientCheck of(MultiLayerNetwork net, DataSet batch, int most, double step) {
        if (most < 1) {
            throw new IllegalArgumentException("most must be at least 1, got " + most);
        }
        long start = System.nanoTime();
        Passes passes = Passes.of(net, batch);
        long between = System.nanoTime();
        CentralDifferences differences = new CentralDifferences(Passes.copy(net), Passes.exact(batch), step);
        List<Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < passes.net().getnLayers(); i++) {
            Layer layer = passes.net().getLayer(i);
            for (Map.Entry<String, INDArray> entry : layer.paramTable().entrySet()) {
                if (Passes.learned(layer, entry.getKey())) {
                    parameters.add(compared(passes, differences, i, entry, most));
                }
            }
        }
        return new GradientCheck(parameters, Duration.ofNanos(between - start), Duration.ofNanos(System.nanoTime() - between));
    }

    private static Parameter compared(Passes passes, CentralDifferences differences, int index, Map.Entry<String, INDArray> entry, int most) {
        Layer layer = passes.net().getLayer(index);
        long length = entry.getValue().length();
        long start = Passes.start(entry.getValue());
        int count = (int) Math.min(length, most);
        // In the order of the flat vector, whatever the array's own.
        double[] penalties = Passes.penalties(layer, entry).dup(entry.getValue().ordering()).data().asDouble();
        double[] analytic = new double[count];
        double[] numeric = new double[count];
        double largest = 0;
        for (int k = 0; k < count; k++) {
            long i = k * length / count;
            analytic[k] = passes.gradient().getDouble(start + i) + penalties[(int) i];
            numeric[k] = differences.slope(start + i);
            largest = Math.max(largest, Math.max(Math.abs(analytic[k]), Math.abs(numeric[k])));
        }
        double error = 0;
        for (int k = 0; k < count; k++) {
            double scale = Math.max(FLOOR * largest, Math.max(Math.abs(analytic[k]), Math.abs(numeric[k])));
            error = scale == 0 ? error : Math.max(error, Math.abs(analytic[k] - numeric[k]) / scale);
        }
        return new Parameter(index, layer.conf().getLayer().getClass().getSimpleName(), entry.getKey(), length, count, largest, error);
    }

    /** Largest error of all; 0 without parameters. */
    public double largestError() {
        return parameters.stream().mapToDouble(Parameter::largestError).max().orElse(0);
    }

    /** Values compared, of all parameters. */
    public long checked() {
        return parameters.stream().mapToLong(Parameter::checked).sum();
    }
}
