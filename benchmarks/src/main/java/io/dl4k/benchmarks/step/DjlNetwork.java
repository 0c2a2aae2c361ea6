package io.dl4k.benchmarks.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Writes a stock network of {@link io.dl4k.accel.check.Network} in DJL's blocks, layer for layer, with its weights. The last layer gives logits; DJL's loss has the softmax. */
final class DjlNetwork {
    /** PyTorch's gates are input, forget, candidate, output; DL4J's candidate, forget, output, input. */
    private static final int[] GATES = {3, 1, 0, 2};

    private DjlNetwork() {
    }

    static Block of(MultiLayerNetwork net) {
        var blocks = new SequentialBlock();
        for (int i = 0; i < net.getnLayers(); i++) {
            if (net.getLayerWiseConfigurations().getInputPreProcess(i) instanceof CnnToFeedForwardPreProcessor) blocks.add(Blocks.batchFlattenBlock());
            add(blocks, net.getLayerWiseConfigurations().getConf(i).getLayer(), net.getLayer(i).paramTable());
        }
        return blocks;
    }

    private static void add(SequentialBlock blocks, Layer layer, Map<String, INDArray> weights) {
        if (layer instanceof DenseLayer || layer instanceof OutputLayer || layer instanceof RnnOutputLayer) {
            Block linear = Linear.builder().setUnits(((FeedForwardLayer) layer).getNOut()).build();
            set(linear, "weight", weights.get("W").transpose());
            set(linear, "bias", weights.get("b"));
            blocks.add(linear);
            if (layer instanceof DenseLayer dense && dense.getActivationFn().toString().equals("relu")) blocks.add(Activation.reluBlock());
        } else if (layer instanceof ConvolutionLayer convolution) {
            Block block = Conv2d.builder().setFilters((int) convolution.getNOut()).setKernelShape(new Shape(3, 3)).optPadding(new Shape(1, 1)).build();
            set(block, "weight", weights.get("W"));
            set(block, "bias", weights.get("b"));
            blocks.add(block);
            if (convolution.getActivationFn().toString().equals("relu")) blocks.add(Activation.reluBlock());
        } else if (layer instanceof BatchNormalization norm) {
            blocks.add(BatchNorm.builder().optEpsilon((float) norm.getEps()).optMomentum((float) norm.getDecay()).build());   // gamma 1, beta 0, as in DL4J
        } else if (layer instanceof ActivationLayer) {
            blocks.add(Activation.reluBlock());
        } else if (layer instanceof SubsamplingLayer) {
            blocks.add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
        } else if (layer instanceof org.deeplearning4j.nn.conf.layers.LSTM lstm) {
            Block block = LSTM.builder().setStateSize((int) lstm.getNOut()).setNumLayers(1).optBatchFirst(true).optHasBiases(true).build();
            direction(block, "l", weights, "");
            blocks.add(block);
        } else if (layer instanceof Bidirectional both) {
            var lstm = (org.deeplearning4j.nn.conf.layers.LSTM) both.getFwd();
            Block block = new BothWays(lstm.getNIn(), lstm.getNOut());
            direction(block, "l", weights, "f");
            direction(block, "r", weights, "b");
            blocks.add(block);
        } else if (layer instanceof EmbeddingSequenceLayer) {
            blocks.add(new Words(weights.get("W")));
        } else if (layer instanceof GlobalPoolingLayer) {
            blocks.add(new LambdaBlock(list -> new NDList(list.singletonOrThrow().max(new int[] {1})), "maxOverTime"));
        } else {
            throw new IllegalArgumentException("no DJL block is known for " + layer);
        }
    }

    private static void direction(Block lstm, String side, Map<String, INDArray> weights, String prefix) {
        set(lstm, side + "_0_i2h_WEIGHT", gates(weights.get(prefix + "W")).transpose());
        set(lstm, side + "_0_h2h_WEIGHT", gates(weights.get(prefix + "RW")).transpose());
        set(lstm, side + "_0_i2h_BIAS", gates(weights.get(prefix + "b")));
        // PyTorch adds two biases where DL4J has one: trained both, their sum would take steps twice as long.
        Parameter second = parameter(lstm, side + "_0_h2h_BIAS");
        second.setInitializer(NDManager::zeros);
        second.freeze(true);
    }

    /** {@code [rows, 4 * units]}, or a bias of one row, with the blocks of columns in PyTorch's order. */
    private static INDArray gates(INDArray weights) {
        INDArray columns = weights.rank() == 1 ? weights.reshape(1, weights.length()) : weights;
        long units = columns.size(1) / GATES.length;
        INDArray[] blocks = new INDArray[GATES.length];
        for (int g = 0; g < GATES.length; g++) {
            blocks[g] = columns.get(NDArrayIndex.all(), NDArrayIndex.interval(GATES[g] * units, (GATES[g] + 1) * units));
        }
        return Nd4j.concat(1, blocks);
    }

    private static Parameter parameter(Block block, String name) {
        return block.getDirectParameters().get(name);
    }

    private static void set(Block block, String name, INDArray values) {
        float[] copy = values.dup('c').data().asFloat();
        Parameter parameter = parameter(block, name);
        parameter.setInitializer((manager, shape, type) -> {
            if (shape.size() != copy.length) throw new IllegalStateException(name + " has shape " + shape + ", given are " + copy.length + " values");
            return manager.create(copy, shape);
        });
    }

    /**
     * PyTorch's own bidirectional LSTM. DJL 0.36's block hands the weights over in another order than PyTorch takes them, which fails: "The size of tensor a (64)
     * must match the size of tensor b (128)".
     */
    private static final class BothWays extends AbstractBlock {
        private final long inputs;
        private final long units;

        BothWays(long inputs, long units) {
            this.inputs = inputs;
            this.units = units;
            for (String side : List.of("l", "r")) {
                for (String part : List.of("i2h_WEIGHT", "h2h_WEIGHT", "i2h_BIAS", "h2h_BIAS")) {
                    addParameter(Parameter.builder().setName(side + "_0_" + part).setType(part.endsWith("BIAS") ? Parameter.Type.BIAS : Parameter.Type.WEIGHT).build());
                }
            }
        }

        @Override
        public void prepare(Shape[] given) {
            for (Parameter parameter : parameters.values()) {
                boolean bias = parameter.getType() == Parameter.Type.BIAS;
                parameter.setShape(bias ? new Shape(4 * units) : new Shape(4 * units, parameter.getName().contains("i2h") ? inputs : units));
            }
        }

        @Override
        protected NDList forwardInternal(ParameterStore store, NDList given, boolean training, PairList<String, Object> options) {
            NDArray rows = given.singletonOrThrow();
            NDList weights = new NDList();
            for (Parameter parameter : parameters.values()) weights.add(store.getValue(parameter, rows.getDevice(), training));
            Shape state = new Shape(2, rows.size(0), units);
            NDList states = new NDList(rows.getManager().zeros(state), rows.getManager().zeros(state));
            return new NDList(rows.getNDArrayInternal().lstm(rows, states, weights, true, 1, 0, training, true, true).get(0));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] given) {
            return new Shape[] {new Shape(given[0].get(0), given[0].get(1), 2 * units)};
        }
    }

    /** Rows of a table by number; DJL's own embeddings want to know the words. */
    private static final class Words extends AbstractBlock {
        private final Shape table;
        private final Parameter weight;

        Words(INDArray weights) {
            table = new Shape(weights.shape());
            weight = addParameter(Parameter.builder().setName("weight").setType(Parameter.Type.WEIGHT).build());
            set(this, "weight", weights);
        }

        @Override
        public void prepare(Shape[] inputs) {
            weight.setShape(table);
        }

        @Override
        protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training, PairList<String, Object> options) {
            NDArray words = inputs.singletonOrThrow();
            return Embedding.embedding(words, store.getValue(weight, words.getDevice(), training), SparseFormat.DENSE);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {inputs[0].add(table.get(1))};
        }
    }
}
