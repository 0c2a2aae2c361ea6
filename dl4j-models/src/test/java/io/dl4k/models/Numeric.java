package io.dl4k.models;

import io.dl4k.diagnose.CentralDifferences;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** Arrays from a seed, and derivatives by central differences. */
final class Numeric {

    private static final double STEP = 1e-6;

    private Numeric() {
    }

    static INDArray normal(long seed, DataType type, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(type, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }

    static INDArray oneHot(int classes, int... labels) {
        INDArray array = Nd4j.zeros(DataType.FLOAT, labels.length, classes);
        for (int i = 0; i < labels.length; i++) {
            array.putScalar(i, labels[i], 1);
        }
        return array;
    }

    /** Largest difference between the loss's gradient and central differences of its score, over all elements. */
    static double worstLossGradient(ILossFunction loss, INDArray labels, INDArray sums, IActivation activation, INDArray mask) {
        INDArray gradient = loss.computeGradient(labels, sums.dup(), activation, mask);
        double worst = 0;
        for (long i = 0; i < sums.length(); i++) {
            double at = sums.getDouble(i);
            double up = loss.computeScore(labels, sums.dup().putScalar(i, at + STEP), activation, mask, false);
            double down = loss.computeScore(labels, sums.dup().putScalar(i, at - STEP), activation, mask, false);
            worst = Math.max(worst, Math.abs((up - down) / (2 * STEP) - gradient.getDouble(i)));
        }
        return worst;
    }

    /**
     * The flat gradient of the mean loss over the batch, as a step of training computes it, before any clipping. The
     * network's weights and step count are as before; its optimizer has made a step.
     */
    static INDArray gradient(Model net, DataSet rows) {
        INDArray[] seen = new INDArray[1];
        INDArray before = net.params().dup();
        net.addListeners(new BaseTrainingListener() {
            @Override
            public void onGradientCalculation(Model model) {
                if (seen[0] == null) {
                    seen[0] = model.getGradientsViewArray().dup();
                }
            }
        });
        if (net instanceof MultiLayerNetwork layers) {
            layers.fit(rows);
            layers.setIterationCount(layers.getIterationCount() - 1);
        } else {
            ComputationGraph graph = (ComputationGraph) net;
            graph.fit(rows);
            graph.getConfiguration().setIterationCount(graph.getIterationCount() - 1);
        }
        net.setParams(before);
        return seen[0].reshape(-1).divi(rows.getFeatures().size(0));
    }

    /** {@link #worstParameterGradient(Model, DataSet, int, double, Predicate)} of all parameters with a step for double precision throughout. */
    static double worstParameterGradient(Model net, DataSet rows, int count) {
        return worstParameterGradient(net, rows, count, STEP, name -> true);
    }

    /**
     * Largest difference between backpropagation and central differences over some {@code count} parameters spread evenly,
     * those whose name {@code compared} refuses left out.
     */
    static double worstParameterGradient(Model net, DataSet rows, int count, double step, Predicate<String> compared) {
        INDArray gradient = gradient(net, rows);
        CentralDifferences differences = new CentralDifferences(net, rows, step);
        long every = Math.max(1, net.params().length() / count);
        double worst = 0;
        long start = 0;
        for (Map.Entry<String, INDArray> parameter : net.paramTable().entrySet()) {
            long end = start + parameter.getValue().length();
            for (long i = start; i < end && compared.test(parameter.getKey()); i += every) {
                worst = Math.max(worst, Math.abs(differences.slope(i) - gradient.getDouble(i)));
            }
            start = end;
        }
        return worst;
    }
}
