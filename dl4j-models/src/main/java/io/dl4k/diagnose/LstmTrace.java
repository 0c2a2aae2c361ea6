package io.dl4k.diagnose;

import java.util.EnumMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.layers.recurrent.FwdPassReturn;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.deeplearning4j.nn.layers.recurrent.LSTMHelpers;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.LSTMParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The inside of an LSTM layer while it reads sequences, step by step: {@code cell(t) = forget(t) cell(t-1) + input(t) candidate(t)} and
 * {@code output(t) = outputGate(t) f(cell(t))}, with {@code f} the layer's activation.
 */
public final class LstmTrace {

    /** What is traced. */
    public enum Part {
        /** How much of the candidate is let into the cell, in (0, 1). DL4J calls it the input modulation gate. */
        INPUT_GATE,
        /** How much of the cell is kept, in (0, 1). */
        FORGET_GATE,
        /** How much of the cell is shown, in (0, 1). */
        OUTPUT_GATE,
        /** What could be let in, in the range of the layer's activation. */
        CANDIDATE,
        /** The memory. */
        CELL,
        /** What the layer gives. */
        OUTPUT
    }

    private final Map<Part, INDArray[]> values;

    private LstmTrace(Map<Part, INDArray[]> values) {
        this.values = values;
    }

    /**
     * Lets an LSTM layer read.
     *
     * @param net initialised, any precision; not changed
     * @param layer index of an LSTM layer, from 0; it may be wrapped, as for the last step only
     * @param features of the network, {@code [rows, features, steps]} or as it takes them; all steps count
     * @throws IllegalArgumentException if the network is not initialised, or there is no LSTM of one direction at that index
     */
    public static LstmTrace of(MultiLayerNetwork net, int layer, INDArray features) {
        MultiLayerNetwork copy = Passes.copy(net);
        if (layer < 0 || layer >= copy.getnLayers() || !(unwrapped(copy.getLayer(layer)) instanceof LSTM lstm)) {
            throw new IllegalArgumentException("layer " + layer + " of " + copy.getnLayers() + " is not an LSTM of one direction");
        }
        INDArray exact = features.castTo(DataType.DOUBLE);
        INDArray read = layer == 0 ? exact : copy.feedForwardToLayer(layer - 1, exact, false).get(layer);
        var before = copy.getLayerWiseConfigurations().getInputPreProcess(layer);
        LayerWorkspaceMgr memory = LayerWorkspaceMgr.noWorkspaces();
        if (before != null) {
            read = before.preProcess(read, (int) features.size(0), memory);
        }
        if (lstm.layerConf().getRnnDataFormat() == org.deeplearning4j.nn.conf.RNNFormat.NWC) {
            read = read.permute(0, 2, 1);
        }
        FwdPassReturn pass = LSTMHelpers.activateHelper(lstm, lstm.conf(), lstm.layerConf().getGateActivationFn(), read, lstm.getParam(LSTMParamInitializer.RECURRENT_WEIGHT_KEY),
                lstm.getParam(LSTMParamInitializer.INPUT_WEIGHT_KEY), lstm.getParam(LSTMParamInitializer.BIAS_KEY), false, null, null, true, true,
                LSTMParamInitializer.INPUT_WEIGHT_KEY, null, false, null, CacheMode.NONE, memory, true);
        Map<Part, INDArray[]> values = new EnumMap<>(Part.class);
        values.put(Part.INPUT_GATE, pass.ga);
        values.put(Part.FORGET_GATE, pass.fa);
        values.put(Part.OUTPUT_GATE, pass.oa);
        values.put(Part.CANDIDATE, pass.ia);
        values.put(Part.CELL, pass.memCellState);
        values.put(Part.OUTPUT, pass.fwdPassOutputAsArrays);
        return new LstmTrace(values);
    }

    private static Layer unwrapped(Layer layer) {
        return layer instanceof BaseWrapperLayer wrapper ? unwrapped(wrapper.getUnderlying()) : layer;
    }

    /** Steps read. */
    public int steps() {
        return values.get(Part.CELL).length;
    }

    /** Units of the layer. */
    public int units() {
        return (int) values.get(Part.CELL)[0].size(1);
    }

    /** Rows read. */
    public int rows() {
        return (int) values.get(Part.CELL)[0].size(0);
    }

    /**
     * One value.
     *
     * @param row from 0
     * @param unit from 0
     * @param step from 0
     * @throws IllegalArgumentException if there is no such row, unit or step
     */
    public double value(Part part, int row, int unit, int step) {
        if (row < 0 || row >= rows() || unit < 0 || unit >= units() || step < 0 || step >= steps()) {
            throw new IllegalArgumentException("row " + row + ", unit " + unit + ", step " + step + " is outside " + rows() + " rows, " + units() + " units, " + steps() + " steps");
        }
        return values.get(part)[step].getDouble(row, unit);
    }
}
