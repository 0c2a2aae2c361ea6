package io.dl4k.diagnose;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * One forward and one backward pass by stock's own layers through a copy in double, with everything on the way kept.
 *
 * @param net the copy
 * @param outputs of each layer
 * @param outputGradients gradient of the mean loss by each layer's output; null for the last
 * @param inputGradients the same by what each layer reads, after the preprocessor before it; null where a layer has none, as an embedding
 * @param gradient of the mean loss by all parameters, penalties not included, in the order of {@code net.params()}
 */
record Passes(MultiLayerNetwork net, List<INDArray> outputs, List<INDArray> outputGradients, List<INDArray> inputGradients, INDArray gradient) {

    /** A copy in double, without dropout and weight noise. @throws IllegalArgumentException if the network is not initialised */
    static MultiLayerNetwork copy(MultiLayerNetwork net) {
        if (net.params() == null || net.params().length() == 0) {
            throw new IllegalArgumentException("the network has no parameters; call init() first");
        }
        MultiLayerConfiguration configuration = net.getLayerWiseConfigurations().clone();
        configuration.setDataType(DataType.DOUBLE);
        for (NeuralNetConfiguration layer : configuration.getConfs()) {
            quiet(layer.getLayer());
        }
        MultiLayerNetwork copy = new MultiLayerNetwork(configuration);
        // Cast to its own type, an array stays the same one.
        copy.init(net.params().castTo(DataType.DOUBLE).dup(), false);
        return copy;
    }

    private static void quiet(org.deeplearning4j.nn.conf.layers.Layer layer) {
        layer.setIDropout(null);
        if (layer instanceof Bidirectional both) {
            quiet(both.getFwd());
            quiet(both.getBwd());
        } else if (layer instanceof BaseWrapperLayer wrapper) {
            quiet(wrapper.getUnderlying());
        } else if (layer instanceof BaseLayer weighted) {
            weighted.setWeightNoise(null);
        }
    }

    /** The batch in double. @throws IllegalArgumentException if it has no features or no labels */
    static DataSet exact(DataSet batch) {
        if (batch.getFeatures() == null || batch.getLabels() == null) {
            throw new IllegalArgumentException("the batch needs features and labels");
        }
        return new DataSet(batch.getFeatures().castTo(DataType.DOUBLE), batch.getLabels().castTo(DataType.DOUBLE), batch.getFeaturesMaskArray(), batch.getLabelsMaskArray());
    }

    /** @throws IllegalArgumentException if the network is not initialised or does not end with an output layer, or the batch has no labels */
    static Passes of(MultiLayerNetwork original, DataSet given) {
        MultiLayerNetwork net = copy(original);
        if (!(net.getOutputLayer() instanceof IOutputLayer head)) {
            throw new IllegalArgumentException("the last layer has no loss: expected an output layer, got a " + net.getOutputLayer().getClass().getSimpleName());
        }
        DataSet batch = exact(given);
        net.initGradientsView();
        net.setInput(batch.getFeatures());
        net.setLayerMaskArrays(batch.getFeaturesMaskArray(), batch.getLabelsMaskArray());
        // Copies: backward passes work in place.
        List<INDArray> outputs = new ArrayList<>();
        net.feedForward(true, false).forEach(output -> outputs.add(output.dup()));
        head.setLabels(batch.getLabels());
        int rows = (int) batch.getFeatures().size(0);
        LayerWorkspaceMgr memory = LayerWorkspaceMgr.noWorkspaces();
        List<INDArray> outputGradients = new ArrayList<>();
        List<INDArray> inputGradients = new ArrayList<>();
        INDArray flowing = null;
        for (int i = net.getnLayers() - 1; i >= 0; i--) {
            outputGradients.add(flowing == null ? null : flowing.div(rows));
            Pair<Gradient, INDArray> step = net.getLayer(i).backpropGradient(flowing, memory);
            flowing = step.getSecond();
            inputGradients.add(flowing == null ? null : flowing.div(rows));
            InputPreProcessor before = net.getLayerWiseConfigurations().getInputPreProcess(i);
            if (before != null && flowing != null) {
                flowing = before.backprop(flowing, rows, memory);
            }
        }
        Collections.reverse(outputGradients);
        Collections.reverse(inputGradients);
        return new Passes(net, outputs.subList(1, outputs.size()), outputGradients, inputGradients, net.getFlattenedGradients().reshape(-1).div(rows));
    }

    /** Where a parameter lies in the flat vector. @param array of a layer's table, a view of the flat vector */
    static long start(INDArray array) {
        return array.offset();
    }

    /** Whether it is learned by its gradient; batch norm's running mean and variance travel among the parameters and are not. */
    static boolean learned(Layer layer, String parameter) {
        return layer.updaterDivideByMinibatch(parameter);
    }

    /** Slope of the penalties (L1, L2, weight decay) by one parameter's values, as the score counts them; in the parameter's shape. */
    static INDArray penalties(Layer layer, Map.Entry<String, INDArray> parameter) {
        INDArray slope = parameter.getValue().ulike().assign(0);
        List<Regularization> all = layer.getConfig().getRegularizationByParam(parameter.getKey());
        if (all != null) {
            // Decay that the rate multiplies is counted by the score without it: rate 1.
            all.forEach(one -> one.apply(parameter.getValue(), slope, 1, 0, 0));
        }
        return slope;
    }
}
