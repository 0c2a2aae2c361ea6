package io.dl4k.diagnose;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The slope of a network's score by its parameters, by trying: {@code (score(w + step) - score(w - step)) / (2 step)}. Believes no backward pass.
 * Two forward passes a slope.
 *
 * <p>The error is of the order of {@code step^2} from the score's curvature and {@code 1e-16 / step} from rounding. Where a rectifier's sum or
 * the largest value of a pooling window changes sides within the step there is no slope, and what comes out is between the two sides'.
 *
 * @param net a MultiLayerNetwork or ComputationGraph in double precision; its score must be the same each time, so without dropout and weight
 *     noise. Each slope moves one parameter and puts it back; not thread-safe
 * @param batch rows with labels, and masks if any; the score is of training mode, penalties included
 * @param step finite, above 0; {@link #STEP} suits scores around 1
 */
public record CentralDifferences(Model net, DataSet batch, double step) {

    /** Balances curvature and rounding where weights and scores are around 1. */
    public static final double STEP = 1e-6;

    /** @throws IllegalArgumentException if the network is of another kind, not initialised or not in double, or the step out of range */
    public CentralDifferences {
        if (!(net instanceof MultiLayerNetwork) && !(net instanceof ComputationGraph)) {
            throw new IllegalArgumentException("expected a MultiLayerNetwork or a ComputationGraph, got " + (net == null ? "null" : "a " + net.getClass().getSimpleName()));
        }
        if (net.params() == null || net.params().length() == 0) {
            throw new IllegalArgumentException("the network has no parameters; call init() first");
        }
        if (net.params().dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException("differences need parameters in DOUBLE, got " + net.params().dataType() + ", whose rounding is larger than they are");
        }
        if (!(step > 0 && step < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("step must be finite and above 0, got " + step);
        }
    }

    /** With {@link #STEP}. */
    public CentralDifferences(Model net, DataSet batch) {
        this(net, batch, STEP);
    }

    /**
     * The slope by one parameter.
     *
     * @param parameter its place in {@code net.params()}
     * @throws IllegalArgumentException if there is no such place
     */
    public double slope(long parameter) {
        INDArray parameters = net.params();
        if (parameter < 0 || parameter >= parameters.length()) {
            throw new IllegalArgumentException("parameter " + parameter + " is outside the " + parameters.length() + " there are");
        }
        double at = parameters.getDouble(parameter);
        try {
            parameters.putScalar(parameter, at + step);
            double up = score();
            parameters.putScalar(parameter, at - step);
            return (up - score()) / (2 * step);
        } finally {
            parameters.putScalar(parameter, at);
        }
    }

    /** The mean loss of the batch plus penalties, in training mode. */
    public double score() {
        return net instanceof MultiLayerNetwork layers ? layers.score(batch, true) : ((ComputationGraph) net).score(batch, true);
    }
}
