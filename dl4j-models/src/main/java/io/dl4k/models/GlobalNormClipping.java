package io.dl4k.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Scales the whole gradient down to a given L2 norm when it is longer. Stock clips each layer by itself at most, so this is
 * a listener: Deeplearning4j calls it with the sums over the batch, before it divides by the batch size and updates. Batch
 * norm's running mean and variance travel in the same vector; they are neither counted nor scaled.
 *
 * <p>{@code setListeners} on a network removes it; use {@code addListeners}. One instance serves one network at a time.
 */
public final class GlobalNormClipping extends BaseTrainingListener {

    private final double threshold;
    private INDArray knownGradient;
    private List<INDArray> parts = List.of();

    /**
     * @param threshold longest gradient let through, finite, above 0
     * @throws IllegalArgumentException if {@code threshold} is out of range
     */
    public GlobalNormClipping(double threshold) {
        this.threshold = Check.positive("threshold", threshold);
    }

    /** @return longest gradient let through */
    public double threshold() {
        return threshold;
    }

    /**
     * @param net a network of either kind
     * @return the threshold of the clipping attached to it, if any
     */
    public static OptionalDouble of(Model net) {
        for (TrainingListener listener : listeners(net)) {
            if (listener instanceof GlobalNormClipping clipping) {
                return OptionalDouble.of(clipping.threshold);
            }
        }
        return OptionalDouble.empty();
    }

    private static Iterable<TrainingListener> listeners(Model net) {
        return net instanceof MultiLayerNetwork layers ? layers.getListeners() : ((ComputationGraph) net).getListeners();
    }

    @Override
    public void onGradientCalculation(Model model) {
        INDArray gradient = model.getGradientsViewArray();
        if (gradient != knownGradient) {
            parts = parts(gradient.reshape(gradient.length()), trainables(model));
            knownGradient = gradient;
        }
        double squares = 0;
        for (INDArray part : parts) {
            double norm = part.norm2Number().doubleValue();
            squares += norm * norm;
        }
        int divisor = model.conf().isMiniBatch() ? model.batchSize() : 1;
        double norm = Math.sqrt(squares) / divisor;
        if (norm > threshold) {
            for (INDArray part : parts) {
                part.muli(threshold / norm);
            }
        }
    }

    /** Layers in the order in which their gradients lie in the flat vector. */
    private static List<Trainable> trainables(Model model) {
        List<Trainable> ordered = new ArrayList<>();
        if (model instanceof MultiLayerNetwork net) {
            ordered.addAll(List.of(net.getLayers()));
        } else if (model instanceof ComputationGraph graph) {
            for (int vertex : graph.topologicalSortOrder()) {
                ordered.add(graph.getVertices()[vertex]);
            }
        } else {
            throw new IllegalArgumentException("global-norm clipping works on a MultiLayerNetwork or a ComputationGraph, got "
                    + model.getClass().getName());
        }
        return ordered;
    }

    /** The runs of true gradients: what stock does not divide by the batch size is no gradient. */
    private static List<INDArray> parts(INDArray gradient, List<Trainable> trainables) {
        List<INDArray> runs = new ArrayList<>();
        long start = 0;
        long end = 0;
        for (Trainable trainable : trainables) {
            if (trainable.numParams() == 0) {
                continue;
            }
            for (Map.Entry<String, INDArray> parameter : trainable.paramTable(false).entrySet()) {
                long next = end + parameter.getValue().length();
                if (!trainable.updaterDivideByMinibatch(parameter.getKey())) {
                    if (end > start) {
                        runs.add(gradient.get(NDArrayIndex.interval(start, end)));
                    }
                    start = next;
                }
                end = next;
            }
        }
        if (end > start) {
            runs.add(gradient.get(NDArrayIndex.interval(start, end)));
        }
        return List.copyOf(runs);
    }
}
