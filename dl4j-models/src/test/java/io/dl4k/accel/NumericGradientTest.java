package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.diagnose.CentralDifferences;
import io.dl4k.models.Cnn;
import io.dl4k.models.Loss;
import io.dl4k.models.Mlp;
import io.dl4k.models.ResidualCnn;
import io.dl4k.models.Rnn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The accelerated gradient in float beside central differences of the score of the same stock network in double: no backward pass of
 *  anybody is believed. Within 1e-3 of each value, or 2e-4 of the layer's largest. */
class NumericGradientTest {
    private static final double RELATIVE = 1e-3;
    private static final double OF_LARGEST = 2e-4;
    /** Stock takes a masked sequence's last step in float, double network or not: a step that is large beside that rounding. */
    private static final double STEP_OF_ROUNDED = 1e-3;
    /** Of each parameter, spread evenly. */
    private static final int SAMPLES = 8;
    private static final int BATCH = 4;
    private static final int CLASSES = 3;
    private static final int STEPS = 5;
    private static final int WORDS = 7;
    private static final Set<String> STATISTICS = Set.of("mean", "var", "log10stdev");

    /** @param network of a precision, the same weights up to rounding */
    private record Case(String name, Function<DataType, Model> network, DataSet batch) {
        @Override public String toString() {
            return name;
        }
    }

    private static Case layers(String name, InputType input, DataSet batch, Layer... layers) {
        return new Case(name, type -> {
            var list = new NeuralNetConfiguration.Builder().seed(11).dataType(type).updater(new Sgd(0.1)).activation(Activation.TANH).list();
            for (Layer l : layers) list.layer(l.clone());
            MultiLayerNetwork net = new MultiLayerNetwork((input == null ? list : list.setInputType(input)).build());
            net.init();
            return net;
        }, batch);
    }

    private static OutputLayer once() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }

    private static INDArray classes() {
        INDArray labels = Nd4j.zeros(BATCH, CLASSES);
        for (int n = 0; n < BATCH; n++) labels.putScalar(n, n % CLASSES, 1);
        return labels;
    }

    private static DataSet once(long... shape) {
        return new DataSet(Twins.numbers(new Random(2), shape), classes());
    }

    private static DataSet everyStep(int inputs) {
        INDArray labels = Nd4j.zeros(BATCH, CLASSES, STEPS);
        for (int n = 0; n < BATCH; n++) for (int t = 0; t < STEPS; t++) labels.putScalar(n, (n + t) % CLASSES, t, 1);
        return new DataSet(Twins.numbers(new Random(2), BATCH, inputs, STEPS), labels);
    }

    private static INDArray tokens(int... shape) {
        INDArray tokens = Nd4j.create(shape);
        for (int i = 0; i < tokens.length(); i++) tokens.data().put(i, (i * i) % WORDS);
        return tokens;
    }

    private static INDArray mask() {
        INDArray mask = Nd4j.ones(BATCH, STEPS);
        for (int n = 0; n < BATCH; n++) for (int t = STEPS - n; t < STEPS; t++) mask.putScalar(n, t, 0);
        return mask;
    }

    private static DataSet masked(DataSet batch, INDArray features, INDArray labels) {
        batch.setFeaturesMaskArray(features);
        batch.setLabelsMaskArray(labels);
        return batch;
    }

    private static ConvolutionLayer convolution(CNN2DFormat format, int dilation) {
        return new ConvolutionLayer.Builder(3, 2).nOut(5).dataFormat(format).dilation(dilation, 1).build();
    }

    private static SubsamplingLayer pool(PoolingType type, CNN2DFormat format) {
        return new SubsamplingLayer.Builder(new int[] {2, 3}, new int[] {2, 2}).poolingType(type).dataFormat(format).build();
    }

    static Stream<Case> layerKinds() {
        List<Case> cases = new ArrayList<>();
        InputType row = InputType.feedForward(6);
        InputType sequence = InputType.recurrent(5);
        for (Activation a : List.of(Activation.IDENTITY, Activation.RELU, Activation.LEAKYRELU, Activation.ELU, Activation.SELU, Activation.SIGMOID, Activation.TANH, Activation.HARDSIGMOID,
                Activation.HARDTANH, Activation.SOFTPLUS, Activation.MISH, Activation.SWISH, Activation.GELU, Activation.SOFTMAX))
            cases.add(layers("dense " + a, row, once(BATCH, 6), new DenseLayer.Builder().nOut(7).activation(a).build(), once()));
        cases.add(layers("batch norm", row, once(BATCH, 6), new DenseLayer.Builder().nOut(7).build(), new BatchNormalization(), once()));
        for (CNN2DFormat f : CNN2DFormat.values()) {
            InputType image = InputType.convolutional(9, 8, 2, f);
            DataSet batch = f == CNN2DFormat.NCHW ? once(BATCH, 2, 9, 8) : once(BATCH, 9, 8, 2);
            cases.add(layers("convolution, max pool " + f, image, batch, convolution(f, 1), pool(PoolingType.MAX, f), once()));
            cases.add(layers("dilated convolution, average pool " + f, image, batch, convolution(f, 2), pool(PoolingType.AVG, f), once()));
            cases.add(layers("batch norm of images " + f, image, batch, new BatchNormalization.Builder().dataFormat(f).build(), convolution(f, 1), new BatchNormalization.Builder().dataFormat(f).build(), once()));
            int[] pixels = f == CNN2DFormat.NCHW ? new int[] {2, 3} : new int[] {1, 2};
            for (PoolingType p : List.of(PoolingType.MAX, PoolingType.AVG))
                cases.add(layers("global pooling " + p + " " + f, image, batch, convolution(f, 1), new GlobalPoolingLayer.Builder(p).poolingDimensions(pixels).build(),
                        new OutputLayer.Builder(LossFunction.MCXENT).nIn(5).nOut(CLASSES).activation(Activation.SOFTMAX).build()));
        }
        cases.add(layers("convolution and pools over time", sequence, once(BATCH, 5, 8), new Convolution1DLayer.Builder(3).nOut(6).convolutionMode(ConvolutionMode.Same).build(),
                new Subsampling1DLayer.Builder(SubsamplingLayer.PoolingType.MAX, 2, 2).build(), new GlobalPoolingLayer(PoolingType.AVG), once()));
        cases.add(layers("embedding", null, new DataSet(tokens(BATCH, 1), classes()), new EmbeddingLayer.Builder().nIn(WORDS).nOut(6).hasBias(true).build(),
                new OutputLayer.Builder(LossFunction.MCXENT).nIn(6).nOut(CLASSES).activation(Activation.SOFTMAX).build()));
        RnnOutputLayer every = new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
        cases.add(layers("lstm", sequence, everyStep(5), new LSTM.Builder().nOut(6).build(), every));
        cases.add(layers("lstm softplus", sequence, everyStep(5), new LSTM.Builder().nOut(6).activation(Activation.SOFTPLUS).gateActivationFunction(Activation.HARDSIGMOID).build(), every));
        cases.add(layers("lstm, label mask", sequence, masked(everyStep(5), null, mask()), new LSTM.Builder().nOut(6).build(), every));
        cases.add(layers("simple", sequence, everyStep(5), new SimpleRnn.Builder().nOut(6).build(), every));
        cases.add(layers("simple swish", sequence, everyStep(5), new SimpleRnn.Builder().nOut(6).activation(Activation.SWISH).build(), every));
        for (Bidirectional.Mode m : Bidirectional.Mode.values()) cases.add(layers("bidirectional " + m, sequence, everyStep(5), new Bidirectional(m, new LSTM.Builder().nOut(4).build()), every));
        cases.add(layers("last step of simple, mask", sequence, masked(once(BATCH, 5, STEPS), mask(), null), new LastTimeStep(new SimpleRnn.Builder().nOut(6).build()), once()));
        for (PoolingType p : List.of(PoolingType.MAX, PoolingType.AVG, PoolingType.SUM))
            cases.add(layers("embedding, lstm, pooling " + p + " over time, mask", null, masked(new DataSet(tokens(BATCH, STEPS), classes()), mask(), null),
                    new EmbeddingSequenceLayer.Builder().nIn(WORDS).nOut(4).activation(Activation.IDENTITY).build(), new LSTM.Builder().nIn(4).nOut(6).build(), new GlobalPoolingLayer(p),
                    new OutputLayer.Builder(LossFunction.MCXENT).nIn(6).nOut(CLASSES).activation(Activation.SOFTMAX).build()));
        return cases.stream();
    }

    static Stream<Case> losses() {
        DataSet numbers = new DataSet(Twins.numbers(new Random(2), BATCH, 6), Nd4j.ones(BATCH, 2).muli(0.3));
        DataSet counts = new DataSet(Twins.numbers(new Random(2), BATCH, 6), Nd4j.ones(BATCH, 2).muli(2));
        INDArray yes = Nd4j.createFromArray(new float[][] {{1}, {0}, {1}, {1}});
        DataSet binary = new DataSet(Twins.numbers(new Random(2), BATCH, 6), yes);
        List<Case> cases = new ArrayList<>();
        for (LossFunction l : List.of(LossFunction.MSE, LossFunction.MEAN_ABSOLUTE_ERROR, LossFunction.L1, LossFunction.L2, LossFunction.XENT))
            cases.add(layers("loss " + l, InputType.feedForward(6), numbers, new OutputLayer.Builder(l).nOut(2).activation(l == LossFunction.XENT ? Activation.SIGMOID : Activation.TANH).build()));
        for (Loss l : List.of(Loss.huber(0.5), Loss.poisson()))
            cases.add(new Case("loss " + l, t -> Mlp.regressor(6, 2).hidden(4).loss(l).precision(t).build(), counts));
        cases.add(new Case("loss smoothed and weighted", t -> Mlp.classifier(6, CLASSES).hidden(4).labelSmoothing(0.1).classWeights(1, 2, 3).precision(t).build(), once(BATCH, 6)));
        cases.add(new Case("loss binary, weighted", t -> Mlp.binary(6).hidden(4).labelSmoothing(0.1).classWeights(1, 2).precision(t).build(), binary));
        cases.add(new Case("penalties", t -> Mlp.classifier(6, CLASSES).hidden(4).l2(0.1).precision(t).build(), once(BATCH, 6)));
        return cases.stream();
    }

    static Stream<Case> builders() {
        INDArray padded = tokens(BATCH, STEPS).mul(mask());
        DataSet texts = masked(new DataSet(padded, classes()), mask(), null);
        return Stream.of(
                new Case("cnn", t -> Cnn.images(9, 9, 2).conv(4, 3).batchNorm().maxPool(2).dense(5).batchNorm().classes(CLASSES).precision(t).build(), once(BATCH, 2, 9, 9)),
                new Case("residual cnn", t -> ResidualCnn.images(9, 9, 2).conv(4, 3).residual(4, 3).residual(6, 3, 2).globalAvgPool().classes(CLASSES).precision(t).build(), once(BATCH, 2, 9, 9)),
                new Case("residual series", t -> ResidualCnn.series(9, 2).residual(4, 3).globalMaxPool().classes(CLASSES).precision(t).build(), once(BATCH, 2, 9)),
                // Stock's own backward pass errs here (docs/acceleration.md); its score does not.
                new Case("padded bidirectional", t -> Rnn.tokens(WORDS, 4).lstm(5).bidirectional().maxOverTime().classes(CLASSES).precision(t).build(), texts),
                new Case("padded bidirectional simple", t -> Rnn.tokens(WORDS, 4).simple(5).bidirectional().lastStep().classes(CLASSES).precision(t).build(), texts));
    }

    @ParameterizedTest @MethodSource({"layerKinds", "losses", "builders"})
    void gradient_isTheScoresSlope(Case c) {
        Model fast = c.network.apply(DataType.FLOAT);
        Model exact = c.network.apply(DataType.DOUBLE);
        exact.setParams(fast.params().castTo(DataType.DOUBLE));
        DataSet batch = new DataSet(c.batch.getFeatures().castTo(DataType.DOUBLE), c.batch.getLabels().castTo(DataType.DOUBLE), c.batch.getFeaturesMaskArray(), c.batch.getLabelsMaskArray());
        boolean rounded = batch.getFeaturesMaskArray() != null && Stock.of(exact).nodes().stream().anyMatch(n -> n.conf() instanceof LastTimeStep);
        CentralDifferences differences = new CentralDifferences(exact, batch, rounded ? STEP_OF_ROUNDED : CentralDifferences.STEP);
        try (Accelerated accelerated = Twins.accelerate(fast).threads(1)) {
            assertEquals(differences.score(), accelerated.gradient(c.batch), 1e-5, "score");
            assertEquals(List.of(), accelerated.fallbacks());
        }
        // The penalties' gradient joins only in the update.
        float[] penalties = penalties(fast);
        float[] found = Stock.of(fast).gradient().data().asFloat();
        for (Stock.Node node : Stock.of(exact).nodes()) {
            if (node.layer() == null) continue;
            List<double[]> pairs = new ArrayList<>();
            List<String> names = new ArrayList<>();
            for (Map.Entry<String, INDArray> p : node.layer().paramTable().entrySet()) {
                if (STATISTICS.contains(p.getKey())) continue;
                long start = p.getValue().offset();
                long every = Math.max(1, p.getValue().length() / SAMPLES);
                for (long i = start; i < start + p.getValue().length(); i += every) {
                    pairs.add(new double[] {differences.slope(i), found[(int) i] + penalties[(int) i]});
                    names.add(p.getKey() + " " + (i - start) + " of " + node.name());
                }
            }
            double largest = pairs.stream().mapToDouble(p -> Math.abs(p[0])).max().orElse(0);
            for (int k = 0; k < pairs.size(); k++) {
                double[] p = pairs.get(k);
                String where = names.get(k);
                assertTrue(Math.abs(p[0] - p[1]) <= RELATIVE * Math.abs(p[0]) + OF_LARGEST * largest + 1e-7, () -> where + ": slope " + p[0] + ", gradient " + p[1] + ", largest " + largest);
            }
        }
    }

    /** What L2 adds to the gradient. */
    private static float[] penalties(Model net) {
        float[] all = new float[(int) net.numParams()];
        if (!(net instanceof MultiLayerNetwork layers)) return all;
        for (int i = 0; i < layers.getnLayers(); i++) {
            for (Map.Entry<String, INDArray> p : layers.getLayer(i).paramTable().entrySet()) {
                var list = layers.getLayer(i).conf().getLayer().getRegularizationByParam(p.getKey());
                if (list == null || list.isEmpty()) continue;
                float[] values = p.getValue().dup('f').data().asFloat();
                for (int k = 0; k < values.length; k++) all[(int) p.getValue().offset() + k] = 0.1f * values[k];
            }
        }
        return all;
    }
}
