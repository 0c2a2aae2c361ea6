package io.dl4k.diagnose;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * How much the loss hears of each step of a sequence: the gradient of the mean loss by what a recurrent layer reads at that step. Where the norms fall
 * towards the first steps the gradient vanishes, and what happened then is not learned; where they grow it explodes, and training with it.
 *
 * @param layer index from 0
 * @param type of the recurrent layer inside any wrapper, as DL4J calls it, such as {@code LSTM}
 * @param norms Euclidean norm over rows and features, one a step, from the first; 0 at padding
 */
public record TimeGradients(int layer, String type, List<Double> norms) {

    /** Copies the list. */
    public TimeGradients {
        norms = List.copyOf(norms);
    }

    /**
     * Measures every recurrent layer, bidirectional and wrapped ones included.
     *
     * @param net initialised, any precision; not changed
     * @param batch features and labels as {@code fit} takes them
     * @return one for each recurrent layer, in order; empty if there is none
     * @throws IllegalArgumentException if the network is not initialised or has no output layer, or the batch no labels
     */
    public static List<TimeGradients> of(MultiLayerNetwork net, DataSet batch) {
        Passes passes = Passes.of(net, batch);
        List<TimeGradients> all = new ArrayList<>();
        for (int i = 0; i < passes.net().getnLayers(); i++) {
            INDArray gradient = passes.inputGradients().get(i);
            if (recurrent(passes.net().getLayer(i).conf().getLayer()) instanceof BaseRecurrentLayer core && gradient != null) {
                int time = core.getRnnDataFormat() == RNNFormat.NWC ? 1 : 2;
                List<Double> norms = new ArrayList<>();
                for (long t = 0; t < gradient.size(time); t++) {
                    norms.add(gradient.slice(t, time).norm2Number().doubleValue());
                }
                all.add(new TimeGradients(i, core.getClass().getSimpleName(), norms));
            }
        }
        return List.copyOf(all);
    }

    private static Layer recurrent(Layer layer) {
        if (layer instanceof Bidirectional both) {
            return recurrent(both.getFwd());
        }
        return layer instanceof BaseWrapperLayer wrapper ? recurrent(wrapper.getUnderlying()) : layer;
    }

    /** Norm of the first step over that of the last: far below 1 the gradient vanishes, far above it explodes; NaN if the last is 0. */
    public double firstToLast() {
        return norms.get(norms.size() - 1) == 0 ? Double.NaN : norms.get(0) / norms.get(norms.size() - 1);
    }
}
