package io.dl4k.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * What a layer gives forward and gets back on one batch: does the signal keep its size from layer to layer, does the gradient, do units still learn.
 *
 * @param layer index from 0
 * @param type of the layer, as DL4J calls it, such as {@code DenseLayer}
 * @param parameters numbers it has, running statistics included; 0 for a layer without
 * @param units outputs for a row, and for a place in the image or a step of the sequence
 * @param mean of all its outputs
 * @param deviation standard deviation of all its outputs around their mean
 * @param saturated share of outputs, in [0, 1], at which the activation function's slope is less than a twentieth of its largest: of ReLU those that
 *     are 0; empty for functions whose slope cannot be told from the output or that do not saturate, and for LSTMs
 * @param dead units that are saturated for every row, place and step of the batch: what they read changes next to nothing in what they give, so
 *     they learn next to nothing; empty as {@code saturated} is
 * @param outputGradient Euclidean norm of the gradient of the mean loss by all its outputs; empty for the last layer, which has the loss itself
 * @param parameterGradient Euclidean norm of the gradient of the mean loss by all its parameters, penalties not included; 0 without parameters
 * @param parameterNorm Euclidean norm of the learned parameters; 0 without
 */
public record LayerStatistics(int layer, String type, long parameters, int units, double mean, double deviation, OptionalDouble saturated, OptionalInt dead,
        OptionalDouble outputGradient, double parameterGradient, double parameterNorm) {

    /** Share of the largest slope below which a function counts as saturated. */
    public static final double SATURATED = 0.05;

    /**
     * Measures every layer.
     *
     * @param net initialised, any precision; not changed
     * @param batch features and labels as {@code fit} takes them
     * @return one for each layer, in order
     * @throws IllegalArgumentException if the network is not initialised or has no output layer, or the batch no labels
     */
    public static List<LayerStatistics> of(MultiLayerNetwork net, DataSet batch) {
        Passes passes = Passes.of(net, batch);
        List<LayerStatistics> all = new ArrayList<>();
        int axis = 1;
        for (int i = 0; i < passes.net().getnLayers(); i++) {
            Layer layer = passes.net().getLayer(i);
            var configuration = layer.conf().getLayer();
            INDArray output = passes.outputs().get(i);
            axis = output.rank() == 2 ? 1 : unitAxis(configuration, axis);
            double[] values = unitMajor(output, axis);
            int units = (int) output.size(axis);
            double mean = mean(values);
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            DoubleUnaryOperator slope = slope(configuration);
            INDArray back = passes.outputGradients().get(i);
            all.add(new LayerStatistics(i, configuration.getClass().getSimpleName(), layer.numParams(), units, mean, Math.sqrt(squares / values.length),
                    slope == null ? OptionalDouble.empty() : OptionalDouble.of(saturated(values, 0, values.length, slope) / (double) values.length),
                    slope == null ? OptionalInt.empty() : OptionalInt.of(dead(values, units, slope)),
                    back == null ? OptionalDouble.empty() : OptionalDouble.of(back.norm2Number().doubleValue()), norm(layer, passes.gradient()), norm(layer, passes.net().params().reshape(-1))));
        }
        return List.copyOf(all);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Layouts with units last say so in layers that have weights or windows; others keep what came before them. */
    private static int unitAxis(org.deeplearning4j.nn.conf.layers.Layer layer, int before) {
        if (layer instanceof ConvolutionLayer convolution && convolution.getCnn2dDataFormat() != null) {
            return convolution.getCnn2dDataFormat() == CNN2DFormat.NHWC ? 3 : 1;
        }
        if (layer instanceof SubsamplingLayer pool && pool.getCnn2dDataFormat() != null) {
            return pool.getCnn2dDataFormat() == CNN2DFormat.NHWC ? 3 : 1;
        }
        if (layer instanceof BaseRecurrentLayer recurrent) {
            return recurrent.getRnnDataFormat() == RNNFormat.NWC ? 2 : 1;
        }
        return before;
    }

    /** All values of the first unit, then all of the second. */
    private static double[] unitMajor(INDArray output, int axis) {
        int[] order = new int[output.rank()];
        order[0] = axis;
        for (int from = 0, to = 1; from < order.length; from++) {
            if (from != axis) {
                order[to++] = from;
            }
        }
        return output.permute(order).dup('c').data().asDouble();
    }

    private static int saturated(double[] values, int from, int to, DoubleUnaryOperator slope) {
        int count = 0;
        for (int i = from; i < to; i++) {
            if (slope.applyAsDouble(values[i]) < SATURATED) {
                count++;
            }
        }
        return count;
    }

    private static int dead(double[] values, int units, DoubleUnaryOperator slope) {
        int each = values.length / units;
        int dead = 0;
        for (int unit = 0; unit < units; unit++) {
            if (saturated(values, unit * each, (unit + 1) * each, slope) == each) {
                dead++;
            }
        }
        return dead;
    }

    /** The slope at an output as a share of the function's largest; null where it is not known. */
    private static DoubleUnaryOperator slope(org.deeplearning4j.nn.conf.layers.Layer layer) {
        IActivation function = null;
        if (layer instanceof ActivationLayer alone) {
            function = alone.getActivationFn();
        } else if (layer instanceof BaseLayer weighted && !(layer instanceof AbstractLSTM) && !(layer instanceof BatchNormalization)) {
            function = weighted.getActivationFn();
        }
        if (function instanceof ActivationSigmoid) {
            return a -> 4 * a * (1 - a);
        }
        if (function instanceof ActivationTanH) {
            return a -> 1 - a * a;
        }
        if (function instanceof ActivationSoftSign) {
            return a -> (1 - Math.abs(a)) * (1 - Math.abs(a));
        }
        if (function instanceof ActivationReLU) {
            return a -> a > 0 ? 1 : 0;
        }
        if (function instanceof ActivationReLU6) {
            return a -> a > 0 && a < 6 ? 1 : 0;
        }
        if (function instanceof ActivationHardSigmoid) {
            return a -> a > 0 && a < 1 ? 1 : 0;
        }
        return function instanceof ActivationHardTanH ? a -> Math.abs(a) < 1 ? 1 : 0 : null;
    }

    /** Over the layer's learned part of a flat vector. */
    private static double norm(Layer layer, INDArray flat) {
        double squares = 0;
        for (Map.Entry<String, INDArray> parameter : layer.paramTable().entrySet()) {
            if (Passes.learned(layer, parameter.getKey())) {
                long start = Passes.start(parameter.getValue());
                for (long i = start; i < start + parameter.getValue().length(); i++) {
                    squares += flat.getDouble(i) * flat.getDouble(i);
                }
            }
        }
        return Math.sqrt(squares);
    }
}
