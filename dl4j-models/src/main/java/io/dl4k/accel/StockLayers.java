package io.dl4k.accel;

import io.dl4k.accel.program.ForeignLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.recurrent.GravesLSTM;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Layers of the user's network in a row, run by DL4J itself as {@code fit} and {@code output} run them: own dropout, own weight noise, parameters
 *  and gradients in the network's vectors. What follows from the gradient (clipping, penalties, updater) is left to the update of the whole. */
final class StockLayers implements ForeignLayer {
    /** A layer, or what DL4J puts before one. */
    sealed interface Part { }

    /** A layer. */
    record OfLayer(Layer layer) implements Part { }

    /** A preprocessor. */
    record OfInput(InputPreProcessor before) implements Part { }

    /** DL4J's memory for activations and for work, as its networks lay it out: one stays open for a whole run, the others for a layer. */
    record Workspaces(LayerWorkspaceMgr forward, LayerWorkspaceMgr backward) {
        private static final WorkspaceConfiguration SIZED_BY_FIRST_USE = WorkspaceConfiguration.builder().initialSize(0).overallocationLimit(0.05).policyLearning(LearningPolicy.FIRST_LOOP)
                .policyReset(ResetPolicy.BLOCK_LEFT).policySpill(SpillPolicy.REALLOCATE).policyAllocation(AllocationPolicy.OVERALLOCATE).build();
        private static final String RUN = "DL4K_RUN";
        private static final String LAYER = "DL4K_LAYER";
        private static final String STEP = "DL4K_STEP";

        static Workspaces of(boolean used) {
            if (!used) return new Workspaces(LayerWorkspaceMgr.noWorkspaces(), LayerWorkspaceMgr.noWorkspaces());
            return new Workspaces(manager(RUN), manager(LAYER));
        }

        private static LayerWorkspaceMgr manager(String activations) {
            return LayerWorkspaceMgr.builder().with(ArrayType.ACTIVATIONS, activations, SIZED_BY_FIRST_USE).with(ArrayType.RNN_FF_LOOP_WORKING_MEM, STEP, SIZED_BY_FIRST_USE)
                    .with(ArrayType.RNN_BP_LOOP_WORKING_MEM, STEP, SIZED_BY_FIRST_USE).with(ArrayType.FF_WORKING_MEM, LAYER, SIZED_BY_FIRST_USE)
                    .with(ArrayType.BP_WORKING_MEM, LAYER, SIZED_BY_FIRST_USE).defaultWorkspace(RUN, SIZED_BY_FIRST_USE).build();
        }
    }

    private final String name;
    private final List<Part> parts;
    private final Workspaces workspaces;

    StockLayers(String name, List<Part> parts, Workspaces workspaces) {
        this.name = name;
        this.parts = List.copyOf(parts);
        this.workspaces = workspaces;
    }

    /** These and then {@code next}, without a border between them. */
    StockLayers then(StockLayers next) {
        List<Part> all = new ArrayList<>(parts);
        all.addAll(next.parts);
        return new StockLayers(name + ", " + next.name, all, workspaces);
    }

    private List<Layer> layers() {
        return parts.stream().filter(OfLayer.class::isInstance).map(p -> ((OfLayer) p).layer).collect(Collectors.toList());
    }

    /** What one run of the network allocates lives until this is closed. */
    MemoryWorkspace open() {
        return workspaces.forward.notifyScopeEntered(ArrayType.INPUT);
    }

    /** Tells the layers where training is, for their schedules. */
    void count(int iteration, int epoch) {
        for (Layer layer : layers()) {
            layer.setIterationCount(iteration);
            layer.setEpochCount(epoch);
        }
    }

    /** Drops what a run leaves in the layers: inputs, noise. */
    void clear() {
        for (Layer layer : layers()) {
            layer.clear();
            layer.clearNoiseWeightParams();
        }
    }

    @Override public String name() {
        return name;
    }

    @Override public boolean trained() {
        return layers().stream().anyMatch(l -> l.numParams() > 0 && !(l instanceof FrozenLayer));
    }

    /** DL4J's LSTMs pass a mask on unread. */
    @SuppressWarnings("deprecation") // GravesLSTM, which old networks have
    @Override public boolean ignoresMask() {
        return parts.stream().allMatch(p -> p instanceof OfLayer l && (l.layer.getClass() == LSTM.class || l.layer.getClass() == GravesLSTM.class));
    }

    @SuppressWarnings("try") // the workspace is left at the end of the block, no more
    @Override public long[] output(long[] input, int batch) {
        try (INDArray zeros = array(input); MemoryWorkspace run = open()) {
            return forward(zeros.assign(0), batch, false).shape();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        } finally {
            clear();
        }
    }

    @SuppressWarnings("try")
    private static INDArray array(long[] dims) {
        try (MemoryWorkspace out = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return Nd4j.createUninitialized(DataType.FLOAT, dims, 'c');
        }
    }

    @SuppressWarnings("try")
    private INDArray forward(INDArray input, int batch, boolean training) {
        INDArray x = input;
        for (Part part : parts) {
            try (MemoryWorkspace layer = workspaces.forward.notifyScopeEntered(ArrayType.FF_WORKING_MEM)) {
                if (part instanceof OfInput p) {
                    x = p.before.preProcess(x, batch, workspaces.forward);
                } else {
                    Layer stock = ((OfLayer) part).layer;
                    stock.setInputMiniBatchSize(batch);
                    x = stock.activate(x, training, workspaces.forward);
                }
            }
        }
        return x;
    }

    /** Gradient of the input, null if the last one has none to give. */
    @SuppressWarnings("try")
    private INDArray backward(INDArray gradient, int batch) {
        INDArray g = gradient;
        for (int i = parts.size() - 1; i >= 0 && g != null; i--) {
            try (MemoryWorkspace layer = workspaces.backward.notifyScopeEntered(ArrayType.BP_WORKING_MEM)) {
                Part part = parts.get(i);
                g = part instanceof OfInput p ? p.before.backprop(g, batch, workspaces.backward) : ((OfLayer) part).layer.backpropGradient(g, workspaces.backward).getSecond();
            }
        }
        return g;
    }

    @Override public Bound bind(long[] input, long[] output, int batch, boolean training) {
        return new Arrays(input, output, batch, training);
    }

    private final class Arrays implements Bound {
        private final int batch;
        private final boolean training;
        private final INDArray input;
        private final INDArray output;
        private final INDArray outputGradient;
        private final INDArray inputGradient;

        Arrays(long[] in, long[] out, int batch, boolean training) {
            this.batch = batch;
            this.training = training;
            input = array(in);
            output = array(out);
            outputGradient = training ? array(out) : null;
            inputGradient = training ? array(in) : null;
        }

        private static long address(INDArray array) {
            return array == null ? 0 : array.data().pointer().address();
        }

        @Override public long input() {
            return address(input);
        }

        @Override public long output() {
            return address(output);
        }

        @Override public long outputGradient() {
            return address(outputGradient);
        }

        @Override public long inputGradient() {
            return address(inputGradient);
        }

        @Override public void forward() {
            output.assign(StockLayers.this.forward(input, batch, training));
        }

        @Override public void backward(boolean inputToo) {
            INDArray g = StockLayers.this.backward(outputGradient, batch);
            if (inputToo) inputGradient.assign(g);
        }

        @Override public long bytes() {
            return (input.length() + output.length()) * (training ? 2 : 1) * Float.BYTES;
        }

        @Override public void close() {
            input.close();
            output.close();
            if (!training) return;
            outputGradient.close();
            inputGradient.close();
        }
    }
}
