package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of which DL4J computes some layers: the same as if it computed all. */
@SuppressWarnings("deprecation") // GravesLSTM, which old networks have
class StockLayersTest {
    private static final int STEPS = 50;
    /** For combinations of what is tested longer elsewhere. */
    private static final int FEW_STEPS = 15;

    /** No chance in it, so that stock's numbers can be compared; other numbers in each iteration. */
    static final class Fading implements IDropout {
        private static final long serialVersionUID = 1;

        @Override public INDArray applyDropout(INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
            return result.assign(input.mul(factor(iteration)));
        }

        @Override public INDArray backprop(INDArray gradOut, INDArray gradIn, int iteration, int epoch) {
            return gradIn.assign(gradOut.mul(factor(iteration)));
        }

        private static double factor(int iteration) {
            return 0.5 + 1.0 / (2 + iteration);
        }

        @Override public void clear() { }

        @Override public IDropout clone() {
            return new Fading();
        }
    }

    /** What a user may write. */
    static final class Soften extends SameDiffLambdaLayer {
        private static final long serialVersionUID = 1;

        @Override public SDVariable defineLayer(SameDiff sameDiff, SDVariable x) {
            return sameDiff.math.tanh(x).add(x.mul(0.1));
        }

        @Override public InputType getOutputType(int layerIndex, InputType inputType) {
            return inputType;
        }
    }

    private static NeuralNetConfiguration.Builder builder() {
        return new NeuralNetConfiguration.Builder().seed(5).updater(new Nesterovs(0.003, 0.9)).l2(0.01).weightDecayBias(0.02).activation(Activation.TANH);
    }

    private static OutputLayer softmax() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(3).activation(Activation.SOFTMAX).build();
    }

    private static MultiLayerConfiguration net(NeuralNetConfiguration.Builder builder, InputType input, List<Layer> layers) {
        NeuralNetConfiguration.ListBuilder list = builder.list();
        layers.forEach(list::layer);
        return list.setInputType(input).build();
    }

    private static INDArray labels(Random random, int batch) {
        return Twins.classes(random, batch, 1, 3).getLabels();
    }

    /** At a place among the others that is drawn by the name. */
    private static List<Layer> with(String name, Layer tested, Layer... others) {
        List<Layer> layers = new ArrayList<>(List.of(others));
        // A PReLU is made for one shape; an activation in front overwrites the user's features in stock's output().
        layers.add(tested instanceof PReLULayer || tested instanceof ActivationLayer ? 1 : new Random(name.hashCode()).nextInt(others.length), tested);
        layers.add(softmax());
        return layers;
    }

    private static void assertSame(MultiLayerConfiguration c, String stockLayer, long... example) {
        try (Accelerated fast = Twins.accelerate(Twins.net(c))) {
            assertEquals(1, fast.stockLayers().size());
            assertTrue(fast.stockLayers().get(0).contains(stockLayer), () -> fast.stockLayers().get(0));
        }
        Twins.assertSame(c, i -> {
            int batch = i % 3 == 2 ? 3 : 6;
            long[] shape = new long[example.length + 1];
            shape[0] = batch;
            System.arraycopy(example, 0, shape, 1, example.length);
            return new DataSet(Twins.numbers(new Random(i), shape), labels(new Random(i), batch));
        }, STEPS);
    }

    @ParameterizedTest @ValueSource(strings = {"prelu", "layerNorm", "multiplication", "cube", "fading", "lambda"})
    void rows_oneStockLayer_matchesStock(String kind) {
        Layer tested = switch (kind) {
            case "prelu" -> new PReLULayer.Builder().inputShape(8).build();
            case "layerNorm" -> new DenseLayer.Builder().nOut(8).hasLayerNorm(true).build();
            case "multiplication" -> new ElementWiseMultiplicationLayer.Builder().nIn(8).nOut(8).build();
            case "cube" -> new DenseLayer.Builder().nOut(8).activation(Activation.CUBE).build();
            case "fading" -> new DenseLayer.Builder().nOut(8).dropOut(new Fading()).build();
            default -> new Soften();
        };
        MultiLayerConfiguration c = net(builder(), InputType.feedForward(8), with(kind, tested, new DenseLayer.Builder().nOut(8).build(), new DenseLayer.Builder().nOut(8).build()));
        assertSame(c, tested.getClass().getSimpleName(), 8);
    }

    @ParameterizedTest @ValueSource(strings = {"rational", "prelu", "response", "separable", "depthwise", "deconvolution", "upsampling", "padding", "cropping", "norm", "convolution"})
    void images_oneStockLayer_matchesStock(String kind) {
        Layer tested = switch (kind) {
            case "prelu" -> new PReLULayer.Builder().inputShape(4, 5, 6).build();
            case "response" -> new LocalResponseNormalization.Builder().n(2).build();
            case "separable" -> new SeparableConvolution2D.Builder(2, 2).nOut(4).build();
            case "depthwise" -> new DepthwiseConvolution2D.Builder(2, 2).depthMultiplier(2).build();
            case "deconvolution" -> new Deconvolution2D.Builder(2, 2).nOut(3).build();
            case "norm" -> new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.PNORM, new int[] {2, 2}).pnorm(2).stride(1, 1).build();
            default -> eitherFormat(kind, CNN2DFormat.NCHW);
        };
        assertSame(net(builder(), InputType.convolutional(5, 6, 2), images(kind, tested, CNN2DFormat.NCHW)), tested.getClass().getSimpleName(), 2, 5, 6);
    }

    @ParameterizedTest @ValueSource(strings = {"rational", "upsampling", "padding", "cropping", "convolution"})
    void imagesWithChannelsLast_oneStockLayer_matchesStock(String kind) {
        Layer tested = eitherFormat(kind, CNN2DFormat.NHWC);
        assertSame(net(builder(), InputType.convolutional(5, 6, 2, CNN2DFormat.NHWC), images(kind + "last", tested, CNN2DFormat.NHWC)), tested.getClass().getSimpleName(), 5, 6, 2);
    }

    private static Layer eitherFormat(String kind, CNN2DFormat format) {
        return switch (kind) {
            case "rational" -> new ActivationLayer(new ActivationRationalTanh());
            case "upsampling" -> new Upsampling2D.Builder(2).build();
            case "padding" -> new ZeroPaddingLayer.Builder(1, 2).build();
            case "cropping" -> new Cropping2D.Builder(1, 0).build();
            default -> new ConvolutionLayer.Builder(2, 2).nOut(3).activation(Activation.RATIONALTANH).dataFormat(format).build();
        };
    }

    private static List<Layer> images(String name, Layer tested, CNN2DFormat format) {
        return with(name, tested, new ConvolutionLayer.Builder(3, 3).convolutionMode(ConvolutionMode.Same).nOut(4).dataFormat(format).build(), new BatchNormalization(), new DenseLayer.Builder().nOut(8).build());
    }

    @ParameterizedTest @ValueSource(strings = {"graves", "gravesBoth", "selu", "both", "upsampling", "padding", "causal"})
    void sequences_oneStockLayer_matchesStock(String kind) {
        Layer tested = switch (kind) {
            case "graves" -> new GravesLSTM.Builder().nOut(5).build();
            case "gravesBoth" -> new GravesBidirectionalLSTM.Builder().nOut(5).build();
            case "selu" -> new LSTM.Builder().nOut(5).activation(Activation.SELU).build();
            case "both" -> new Bidirectional(new GravesLSTM.Builder().nOut(5).build());
            case "upsampling" -> new Upsampling1D.Builder(2).build();
            case "padding" -> new ZeroPadding1DLayer.Builder(1, 2).build();
            default -> new Convolution1DLayer.Builder(2).nOut(4).convolutionMode(ConvolutionMode.Causal).build();
        };
        List<Layer> layers = with(kind, tested, new LSTM.Builder().nOut(6).build(), new Convolution1DLayer.Builder(3).nOut(4).convolutionMode(ConvolutionMode.Same).build(), new GlobalPoolingLayer(PoolingType.MAX));
        assertSame(net(builder(), InputType.recurrent(4, 3), layers), tested.getClass().getSimpleName(), 4, 3);
    }

    @Test void lastStepOfStockLayer_matchesStock() {
        MultiLayerConfiguration c = net(builder().trainingWorkspaceMode(WorkspaceMode.NONE), InputType.recurrent(4, 3),
                List.of(new LSTM.Builder().nOut(6).build(), new LastTimeStep(new GravesLSTM.Builder().nOut(5).build()), new DenseLayer.Builder().nOut(8).build(), softmax()));
        assertSame(c, "LastTimeStep", 4, 3);
    }

    @Test void stockLayersInARow_areOne_andMatchStock() {
        MultiLayerConfiguration c = net(builder(), InputType.convolutional(5, 6, 2),
                List.of(new ZeroPaddingLayer.Builder(1, 2).build(), new SeparableConvolution2D.Builder(2, 2).nOut(4).build(), new ConvolutionLayer.Builder(3, 3).nOut(3).build(), new Upsampling2D.Builder(2).build(),
                        new LocalResponseNormalization.Builder().n(2).build(), new DenseLayer.Builder().nOut(8).hasLayerNorm(true).build(), softmax()));
        Twins.assertSame(c, i -> new DataSet(Twins.numbers(new Random(i), 4, 2, 5, 6), labels(new Random(i), 4)), FEW_STEPS);
    }

    @Test void everyStepOutput_matchesStock() {
        MultiLayerConfiguration c = net(builder(), InputType.recurrent(4, 3), List.of(new GravesLSTM.Builder().nOut(5).build(), new SimpleRnn.Builder().nOut(6).build(),
                new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(3).activation(Activation.SOFTMAX).build()));
        Twins.assertSame(c, i -> {
            INDArray labels = Nd4j.zeros(4, 3, 3);
            Random random = new Random(i);
            for (int n = 0; n < 4; n++) for (int t = 0; t < 3; t++) labels.putScalar(n, random.nextInt(3), t, 1);
            return new DataSet(Twins.numbers(random, 4, 4, 3), labels);
        }, FEW_STEPS);
    }

    @Test void graphWithStockLayersInItsBranches_matchesStock() {
        ComputationGraphConfiguration c = builder().graphBuilder().addInputs("in").setInputTypes(InputType.convolutional(5, 5, 2))
                .addLayer("stem", new ConvolutionLayer.Builder(3, 3).convolutionMode(ConvolutionMode.Same).nOut(4).build(), "in")
                .addLayer("prelu", new PReLULayer.Builder().inputShape(4, 5, 5).build(), "stem")
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).convolutionMode(ConvolutionMode.Same).nOut(4).build(), "stem")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "prelu", "conv")
                .addLayer("response", new LocalResponseNormalization.Builder().n(2).build(), "sum")
                .addVertex("merge", new MergeVertex(), "response", "sum")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "merge")
                .addLayer("out", softmax(), "pool").setOutputs("out").build();
        Twins.assertSame(c, i -> new DataSet(Twins.numbers(new Random(i), 4, 2, 5, 5), labels(new Random(i), 4)), FEW_STEPS);
    }

    @Test void paddedBatches_reachLayersBehindAStockLstm() {
        MultiLayerConfiguration c = net(builder(), InputType.recurrent(4, 3), List.of(new LSTM.Builder().nOut(6).build(), new GravesLSTM.Builder().nOut(5).build(), new GlobalPoolingLayer(PoolingType.MAX), softmax()));
        Twins.assertSame(c, i -> padded(i), FEW_STEPS);
    }

    private static DataSet padded(int i) {
        Random random = new Random(i);
        INDArray mask = Nd4j.ones(4, 3);
        for (int n = 1; n < 3; n++) for (int t = 3 - n; t < 3; t++) mask.putScalar(n, t, 0);
        return new DataSet(Twins.numbers(random, 4, 4, 3), labels(random, 4), mask, null);
    }

    @Test void paddedBatches_stockLayerThatReadsMasks_goToFit() {
        MultiLayerConfiguration c = net(builder(), InputType.recurrent(4, 3), List.of(new LSTM.Builder().nOut(6).build(), new GravesBidirectionalLSTM.Builder().nOut(5).build(), new GlobalPoolingLayer(PoolingType.MAX), softmax()));
        MultiLayerNetwork stock = Twins.net(c);
        MultiLayerNetwork mixed = Twins.net(c);
        try (Accelerated fast = Twins.accelerate(mixed)) {
            for (int i = 0; i < 6; i++) {
                DataSet batch = padded(i);
                if (i % 2 == 0) batch.setFeaturesMaskArray(null);
                stock.fit(batch);
                fast.step(batch);
            }
            assertEquals(List.of("a mask on layer 1 'layer1' (GravesBidirectionalLSTM)"), fast.fallbacks());
        }
        Twins.assertClose("parameters", stock.params(), mixed.params(), 1e-3, 1e-4);
    }

    @Test void constraints_areAppliedAfterTheUpdate() {
        MultiLayerConfiguration c = net(new NeuralNetConfiguration.Builder().seed(5).updater(new Sgd(0.5)).activation(Activation.TANH).constrainWeights(new MaxNormConstraint(0.7, 1)), InputType.feedForward(8),
                List.of(new DenseLayer.Builder().nOut(8).build(), new ActivationLayer(new ActivationRationalTanh()), softmax()));
        Twins.assertSame(c, i -> Twins.classes(new Random(i), 6, 8, 3), STEPS);
    }

    @Test void frozenLayersBelow_stayAsTheyAre() {
        MultiLayerConfiguration c = net(builder(), InputType.convolutional(5, 6, 2),
                List.of(new FrozenLayer(new ConvolutionLayer.Builder(3, 3).nIn(2).nOut(4).dropOut(0.5).build()), new ConvolutionLayer.Builder(2, 2).nIn(4).nOut(3).build(), softmax()));
        MultiLayerNetwork stock = Twins.net(c);
        MultiLayerNetwork mixed = Twins.net(c);
        INDArray frozen = mixed.getLayer(0).params().dup();
        try (Accelerated fast = Twins.accelerate(mixed)) {
            for (int i = 0; i < 10; i++) {
                DataSet batch = new DataSet(Twins.numbers(new Random(i), 4, 2, 5, 6), labels(new Random(i), 4));
                stock.fit(batch);
                fast.step(batch);
            }
            assertEquals(List.of(), fast.fallbacks());
        }
        assertEquals(frozen, mixed.getLayer(0).params());
        Twins.assertClose("parameters", stock.params(), mixed.params(), 1e-3, 1e-4);
    }

    @Test void frozenLayerAbove_isRefused() {
        MultiLayerNetwork net = Twins.net(net(builder(), InputType.feedForward(4), List.of(new DenseLayer.Builder().nOut(8).build(), new FrozenLayer(new DenseLayer.Builder().nIn(8).nOut(8).build()), softmax())));
        assertEquals("layer 1 'layer1' (FrozenLayer): frozen above a layer that is not", Accelerated.attempt(net).reasons().get(0));
    }

    @Test void dropoutOfAStockLayer_sameSeedSameBytes_andLearns() {
        float[][] results = new float[2][];
        for (int run = 0; run < 2; run++) {
            MultiLayerNetwork net = Twins.net(net(builder(), InputType.feedForward(8), List.of(new DenseLayer.Builder().nOut(16).build(), new DenseLayer.Builder().nOut(16).dropOut(new GaussianDropout(0.2)).build(), softmax())));
            Nd4j.getRandom().setSeed(17);
            try (Accelerated fast = Twins.accelerate(net)) {
                DataSet batch = Twins.classes(new Random(1), 6, 8, 3);
                double first = fast.step(batch);
                for (int i = 0; i < 60; i++) fast.step(batch);
                assertTrue(net.score(batch) < 0.6 * first, () -> "score " + net.score(batch) + " from " + first);
                assertEquals(List.of("layer 1 'layer1' (DenseLayer): dropout GaussianDropout"), fast.stockLayers());
            }
            results[run] = net.params().data().asFloat();
        }
        assertArrayEquals(results[0], results[1], 0f);
    }
}
