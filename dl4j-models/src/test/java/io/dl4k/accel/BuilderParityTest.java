package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.models.Clipping;
import io.dl4k.models.Cnn;
import io.dl4k.models.GlobalNormClipping;
import io.dl4k.models.Loss;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import io.dl4k.models.Rnn;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** What the builders of io.dl4k.models add to stock, and the layers only they use. */
class BuilderParityTest {
    private static final int INPUTS = 6;
    private static final int OUTPUTS = 3;
    private static final int VOCABULARY = 11;
    private static final int STEPS = 6;

    private static int batch(int i) {
        return i % 3 == 2 ? 5 : 16;
    }

    private static DataSet classes(int i) {
        return Twins.classes(new Random(i), batch(i), INPUTS, OUTPUTS);
    }

    private static DataSet bits(int i, int outputs) {
        Random random = new Random(i);
        INDArray labels = Nd4j.zeros(batch(i), outputs);
        for (long n = 0; n < labels.length(); n++) labels.data().put(n, random.nextInt(2));
        return new DataSet(Twins.numbers(random, batch(i), INPUTS), labels);
    }

    private static DataSet counts(int i) {
        Random random = new Random(i);
        INDArray labels = Nd4j.zeros(batch(i), OUTPUTS);
        for (long n = 0; n < labels.length(); n++) labels.data().put(n, random.nextInt(4));
        return new DataSet(Twins.numbers(random, batch(i), INPUTS), labels);
    }

    private static DataSet values(int i) {
        Random random = new Random(i);
        return new DataSet(Twins.numbers(random, batch(i), INPUTS), Twins.numbers(random, batch(i), OUTPUTS).muli(2));
    }

    @ParameterizedTest @ValueSource(doubles = {0.3, 1, 50})
    void huber_matchesStock(double delta) {
        Twins.assertSame(Mlp.regressor(INPUTS, OUTPUTS).hidden(15).loss(Loss.huber(delta)).optimizer(Optimizer.sgd(0.05)).configuration(), BuilderParityTest::values, 50);
    }

    @Test void poisson_matchesStock() {
        Twins.assertSame(Mlp.regressor(INPUTS, OUTPUTS).hidden(15).loss(Loss.poisson()).optimizer(Optimizer.sgd(0.02)).configuration(), BuilderParityTest::counts, 50);
    }

    @Test void smoothedCrossEntropy_withAndWithoutWeights_matchesStock() {
        Twins.assertSame(Mlp.classifier(INPUTS, OUTPUTS).hidden(15).labelSmoothing(0.2).optimizer(Optimizer.sgd(0.05)).configuration(), BuilderParityTest::classes, 50);
        Twins.assertSame(Mlp.classifier(INPUTS, OUTPUTS).hidden(15).labelSmoothing(0.1).classWeights(0.5, 2, 1.25).optimizer(Optimizer.sgd(0.05)).configuration(), BuilderParityTest::classes, 50);
    }

    @Test void binaryCrossEntropy_weightsAndSmoothing_matchesStock() {
        Twins.assertSame(Mlp.binary(INPUTS).hidden(15).classWeights(0.5, 3).optimizer(Optimizer.sgd(0.05)).configuration(), i -> bits(i, 1), 50);
        Twins.assertSame(Mlp.binary(INPUTS).hidden(15).classWeights(2, 0.7).labelSmoothing(0.1).optimizer(Optimizer.sgd(0.05)).configuration(), i -> bits(i, 1), 50);
        Twins.assertSame(Mlp.multiLabel(INPUTS, OUTPUTS).hidden(15).classWeights(0.5, 2, 1.25).labelSmoothing(0.2).optimizer(Optimizer.sgd(0.05)).configuration(), i -> bits(i, OUTPUTS), 50);
    }

    @Test void binaryCrossEntropy_saturated_staysFinite() {
        MultiLayerNetwork net = Mlp.binary(INPUTS).labelSmoothing(0.1).build();
        net.params().muli(1000);
        try (Accelerated fast = Twins.accelerate(net)) {
            DataSet batch = bits(0, 1);
            assertEquals(net.score(batch, true), fast.gradient(batch), 1e-4 * net.score(batch, true));
            assertEquals(fast.gradient(batch), fast.trainingScore(batch));
        }
    }

    @Test void losses_perStepWithLabelMask_matchStock() {
        for (Rnn net : List.of(Rnn.features(INPUTS).simple(7).perStep().classes(OUTPUTS).labelSmoothing(0.1), Rnn.features(INPUTS).simple(7).perStep().multiLabel(OUTPUTS).labelSmoothing(0.1),
                Rnn.features(INPUTS).simple(7).perStep().regression(OUTPUTS).loss(Loss.huber(0.2)), Rnn.features(INPUTS).simple(7).perStep().regression(OUTPUTS).loss(Loss.poisson()))) {
            Twins.assertSame(net.optimizer(Optimizer.sgd(0.05)).configuration(), i -> {
                Random random = new Random(i);
                INDArray labels = Nd4j.zeros(batch(i), OUTPUTS, STEPS);
                INDArray mask = Nd4j.zeros(batch(i), STEPS);
                for (int n = 0; n < batch(i); n++) {
                    for (int t = 0; t < STEPS; t++) {
                        labels.putScalar(n, random.nextInt(OUTPUTS), t, 1);
                        mask.putScalar(n, t, t == 0 ? 1 : random.nextInt(2));
                    }
                }
                return new DataSet(Twins.numbers(random, batch(i), INPUTS, STEPS), labels, null, mask);
            }, 20);
        }
    }

    // Clipping by the norm of the whole gradient.

    private static void assertSameWithClipping(double threshold, MultiLayerConfiguration configuration, IntFunction<DataSet> batches) {
        MultiLayerNetwork stock = Twins.net(configuration);
        MultiLayerNetwork other = Twins.net(configuration);
        other.setParams(stock.params());
        stock.addListeners(new GlobalNormClipping(threshold));
        other.addListeners(new GlobalNormClipping(threshold));
        try (Accelerated fast = Twins.accelerate(other).threads(1)) {
            for (int i = 0; i < 30; i++) {
                stock.fit(batches.apply(i));
                assertEquals(stock.score(), fast.step(batches.apply(i)), 1e-3 * Math.abs(stock.score()), "score of step " + i);
            }
            assertEquals(List.of(), fast.fallbacks());
        }
        Twins.assertClose("parameters", stock.params(), other.params(), 1e-3, 1e-4 * stock.params().amaxNumber().doubleValue());
    }

    @ParameterizedTest @ValueSource(doubles = {0.02, 0.4, 1000})
    void globalNormClipping_withBatchNormAndL2_matchesStock(double threshold) {
        assertSameWithClipping(threshold, Mlp.classifier(INPUTS, OUTPUTS).hidden(15, 9).batchNorm().l2(0.01).optimizer(Optimizer.sgd(0.2)).configuration(), BuilderParityTest::classes);
        assertSameWithClipping(threshold, Cnn.images(8, 8, 2).conv(4, 3).batchNorm().maxPool(2).batchNorm().classes(OUTPUTS).optimizer(Optimizer.nesterov(0.05)).configuration(), i -> {
            Random random = new Random(i);
            return new DataSet(Twins.numbers(random, batch(i), 2, 8, 8), Twins.classes(random, batch(i), 1, OUTPUTS).getLabels());
        });
    }

    @Test void globalNormClipping_longGradient_isCutToTheThreshold() {
        MultiLayerNetwork net = Mlp.regressor(INPUTS, OUTPUTS).hidden(15).optimizer(Optimizer.sgd(1)).clip(Clipping.byGlobalNorm(0.25)).build();
        INDArray before = net.params().dup();
        try (Accelerated fast = Twins.accelerate(net)) {
            fast.step(values(0));
            assertEquals(List.of(), fast.fallbacks());
        }
        assertEquals(0.25, before.sub(net.params()).norm2Number().doubleValue(), 1e-5);
    }

    // Weight noise.

    private static MultiLayerConfiguration noisy(WeightNoise noise) {
        return new NeuralNetConfiguration.Builder().seed(7).updater(new Sgd(0.02)).activation(org.nd4j.linalg.activations.Activation.TANH).l2(0.01).weightNoise(noise).list()
                .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(9).build())
                .layer(new OutputLayer.Builder(new LossMSE()).nIn(9).nOut(OUTPUTS).activation(org.nd4j.linalg.activations.Activation.IDENTITY).build()).build();
    }

    /** Noise of no width is the same for both. */
    @ParameterizedTest @ValueSource(booleans = {true, false})
    void weightNoise_fixed_matchesStock(boolean additive) {
        MultiLayerConfiguration c = noisy(new WeightNoise(new NormalDistribution(0.3, 1e-9), additive));
        MultiLayerNetwork stock = Twins.net(c);
        MultiLayerNetwork other = Twins.net(c);
        other.setParams(stock.params());
        try (Accelerated fast = Twins.accelerate(other)) {
            for (int i = 0; i < 20; i++) {
                stock.fit(values(i));
                assertEquals(stock.score(), fast.step(values(i)), 1e-4 * stock.score(), "score of step " + i);
            }
            fast.settle();
            Twins.assertClose("parameters", stock.params(), other.params(), 1e-3, 1e-5);
            Twins.assertClose("output", stock.output(values(0).getFeatures()), fast.output(values(0).getFeatures()), 1e-3, 1e-5);
        }
    }

    @Test void weightNoise_everyBuilder_staysOutOfTheParameters() {
        for (MultiLayerNetwork net : List.of(Mlp.classifier(INPUTS, OUTPUTS).hidden(9).weightNoise(0.5).build(),
                Rnn.features(INPUTS).lstm(4).bidirectional().maxOverTime().classes(OUTPUTS).weightNoise(0.5).build())) {
            boolean table = net.getnLayers() == 2;
            DataSet batch = table ? classes(0) : new DataSet(Twins.numbers(new Random(1), 4, INPUTS, STEPS), Twins.classes(new Random(1), 4, 1, OUTPUTS).getLabels());
            INDArray before = net.params().dup();
            try (Accelerated fast = Twins.accelerate(net)) {
                double noisy = fast.gradient(batch);
                assertEquals(before, net.params());
                assertEquals(noisy, fast.gradient(batch));
                assertTrue(Math.abs(noisy - net.score(batch)) > 1e-3, () -> "score with noise " + noisy + ", without " + net.score(batch));
                INDArray first = net.getFlattenedGradients().dup();
                fast.step(batch);
                fast.gradient(batch);
                assertNotEquals(first, net.getFlattenedGradients());
            }
        }
    }

    /** The score of a linear net under noise of deviation d exceeds that without by d^2 |x|^2 on average: squares are summed. */
    @Test void weightNoise_ofDeviation_hasIt() {
        MultiLayerNetwork net = Mlp.regressor(INPUTS, OUTPUTS).weightNoise(0.5).optimizer(Optimizer.sgd(1e-12)).build();
        DataSet batch = values(0);
        double expected = net.score(batch, false) + 0.25 * batch.getFeatures().norm2Number().doubleValue() * batch.getFeatures().norm2Number().doubleValue() / batch.numExamples();
        double sum = 0;
        int runs = 2000;
        try (Accelerated fast = Twins.accelerate(net)) {
            for (int i = 0; i < runs; i++) sum += fast.step(batch);
        }
        assertEquals(expected, sum / runs, 0.05 * expected);
    }

    @Test void attempt_otherWeightNoise_saysWhichIsAccelerated() {
        assertEquals(List.of("layer 0 'layer0' (DenseLayer): weight noise DropConnect; only WeightNoise of a normal distribution, not on biases"),
                Accelerated.attempt(Twins.net(new NeuralNetConfiguration.Builder().updater(new Sgd(0.1)).list()
                        .layer(new DenseLayer.Builder().nIn(4).nOut(4).weightNoise(new DropConnect(0.5)).build())
                        .layer(new OutputLayer.Builder(new LossMSE()).nIn(4).nOut(3).build()).build())).reasons());
        assertEquals(2, Accelerated.attempt(Twins.net(noisy(new WeightNoise(new UniformDistribution(0, 1))))).reasons().size());
    }

    // Sequences of different lengths.

    private static DataSet tokens(int i, int[] lengths) {
        Random random = new Random(i);
        int batch = lengths.length;
        INDArray ids = Nd4j.zeros(batch, STEPS);
        INDArray mask = Nd4j.zeros(batch, STEPS);
        for (int n = 0; n < batch; n++) {
            for (int t = 0; t < lengths[n]; t++) {
                ids.putScalar(n, t, random.nextInt(VOCABULARY));
                mask.putScalar(n, t, 1);
            }
        }
        return new DataSet(ids, Twins.classes(random, batch, 1, OUTPUTS).getLabels(), mask, null);
    }

    private static DataSet full(int i) {
        int[] lengths = new int[i % 3 == 2 ? 3 : 6];
        java.util.Arrays.fill(lengths, STEPS);
        return tokens(i, lengths);
    }

    private static DataSet padded(int i) {
        return tokens(i, i % 3 == 2 ? new int[] {1, 6, 4} : new int[] {6, 2, 3, 6, 1, 5});
    }

    private static Rnn bidirectional() {
        return Rnn.tokens(VOCABULARY, 5).lstm(4).bidirectional().lstm(3).bidirectional().maxOverTime().classes(OUTPUTS).optimizer(Optimizer.sgd(0.1));
    }

    @Test void maskZeroLstm_withoutPadding_matchesStock() {
        Twins.assertSame(bidirectional().configuration(), BuilderParityTest::full, 50);
    }

    /** Stock's own gradient is not compared: it lets errors flow on into the padding. Rows alone have no padding. */
    @ParameterizedTest @ValueSource(booleans = {false, true})
    void maskZeroLstm_padding_outputOfStockAndGradientOfTheRowsAlone(boolean last) {
        Rnn rnn = last ? Rnn.tokens(VOCABULARY, 5).lstm(4).bidirectional().lstm(3).bidirectional().lastStep().classes(OUTPUTS) : bidirectional();
        MultiLayerNetwork stock = rnn.build();
        MultiLayerNetwork other = stock.clone();
        DataSet batch = padded(0);
        try (Accelerated fast = Twins.accelerate(other)) {
            Twins.assertClose("output", stock.output(batch.getFeatures(), false, batch.getFeaturesMaskArray(), null), fast.output(batch.getFeatures(), batch.getFeaturesMaskArray()), 1e-4, 2e-6);
            double score = fast.gradient(batch);
            INDArray sum = Nd4j.zeros(stock.numParams());
            double scores = 0;
            for (int n = 0; n < batch.numExamples(); n++) {
                int length = batch.getFeaturesMaskArray().getRow(n).sumNumber().intValue();
                stock.setInput(batch.getFeatures().get(NDArrayIndex.interval(n, n + 1), NDArrayIndex.interval(0, length)).dup());
                stock.setLabels(batch.getLabels().get(NDArrayIndex.interval(n, n + 1), NDArrayIndex.all()).dup());
                stock.computeGradientAndScore();
                scores += stock.score();
                sum.addi(stock.getFlattenedGradients().reshape(stock.numParams()));
            }
            assertEquals(scores / batch.numExamples(), score, 1e-4);
            sum.divi(batch.numExamples());
            Twins.assertClose("gradient", sum, other.getFlattenedGradients().reshape(stock.numParams()), 1e-3, 2e-5 * sum.amaxNumber().doubleValue());
            assertEquals(List.of(), fast.fallbacks());
        }
    }

    @Test void bidirectionalSimple_padding_matchesStock() {
        Twins.assertSame(Rnn.tokens(VOCABULARY, 5).simple(4).bidirectional().simple(3).bidirectional().maxOverTime().classes(OUTPUTS).optimizer(Optimizer.sgd(0.1)).configuration(),
                BuilderParityTest::padded, 30);
        Twins.assertSame(Rnn.tokens(VOCABULARY, 5).simple(4).bidirectional().lastStep().classes(OUTPUTS).optimizer(Optimizer.sgd(0.1)).configuration(), BuilderParityTest::padded, 30);
    }

    private static DataSet everyStep(int i) {
        DataSet batch = padded(i);
        INDArray labels = Nd4j.zeros(batch.numExamples(), OUTPUTS, STEPS);
        for (int n = 0; n < batch.numExamples(); n++) for (int t = 0; t < STEPS; t++) labels.putScalar(n, (n + t) % OUTPUTS, t, 1);
        return new DataSet(batch.getFeatures(), labels, batch.getFeaturesMaskArray(), batch.getFeaturesMaskArray());
    }

    @Test void perStep_padding_matchesStock() {
        for (Rnn rnn : List.of(Rnn.tokens(VOCABULARY, 5).simple(4).simple(3).perStep(), Rnn.tokens(VOCABULARY, 5).conv1d(4, 3).perStep(), Rnn.tokens(VOCABULARY, 5).lstm(4).perStep()))
            Twins.assertSame(rnn.classes(OUTPUTS).optimizer(Optimizer.sgd(0.1)).configuration(), BuilderParityTest::everyStep, 30);
    }

    @Test void perStep_paddingWithoutLabelMask_isHandedToFit() {
        DataSet batch = everyStep(0);
        batch.setLabelsMaskArray(null);
        try (Accelerated fast = Twins.accelerate(Rnn.tokens(VOCABULARY, 5).simple(4).perStep().classes(OUTPUTS).build())) {
            fast.step(batch);
            assertEquals(List.of("an output for every step whose label mask is not the features mask"), fast.fallbacks());
        }
    }

    @Test void maskZeroLstm_zerosBeforeTheEnd_areHandedToFit() {
        Rnn rnn = Rnn.features(INPUTS).differentLengths().lstm(4).bidirectional().maxOverTime().classes(OUTPUTS).optimizer(Optimizer.sgd(0.1));
        MultiLayerNetwork stock = rnn.build();
        MultiLayerNetwork other = stock.clone();
        DataSet batch = new DataSet(Twins.numbers(new Random(3), 4, INPUTS, STEPS), Twins.classes(new Random(3), 4, 1, OUTPUTS).getLabels());
        batch.getFeatures().get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.point(2)).assign(0);
        try (Accelerated fast = Twins.accelerate(other)) {
            Twins.assertClose("output", stock.output(batch.getFeatures()), fast.output(batch.getFeatures()), 1e-5, 1e-6);
            stock.fit(batch);
            assertEquals(stock.score(), fast.step(batch), 1e-6);
            assertEquals(List.of("a step of zeros before the end of a sequence, under MaskZeroLayer"), fast.fallbacks());
        }
        Twins.assertClose("parameters", stock.params(), other.params(), 1e-5, 1e-7);
        assertEquals(1, other.getIterationCount());
    }

    @Test void convolutionOverTokens_padding_matchesStock() {
        Twins.assertSame(Rnn.tokens(VOCABULARY, 5).conv1d(4, 3).conv1d(4, 3).maxOverTime().classes(OUTPUTS).optimizer(Optimizer.sgd(0.1)).configuration(), BuilderParityTest::padded, 30);
        Twins.assertSame(Rnn.tokens(VOCABULARY, 5).conv1d(4, 3).lstm(4).meanOverTime().classes(OUTPUTS).optimizer(Optimizer.sgd(0.1)).configuration(), BuilderParityTest::padded, 30);
    }

    @Test void dropout_insideBidirectional_learnsAndLeavesOutputAlone() {
        for (Rnn rnn : List.of(Rnn.tokens(VOCABULARY, 5).dropout(0.2).lstm(8).bidirectional().maxOverTime(), Rnn.tokens(VOCABULARY, 5).dropout(0.2).simple(8).bidirectional().maxOverTime())) {
            MultiLayerNetwork net = rnn.classes(OUTPUTS).optimizer(Optimizer.adam(0.02)).build();
            try (Accelerated fast = Twins.accelerate(net)) {
                DataSet batch = full(1);
                double dropped = fast.gradient(batch);
                assertNotEquals(net.score(batch), dropped, 1e-6);
                for (int i = 0; i < 100; i++) fast.step(batch);
                fast.settle();
                assertTrue(net.score(batch) < 0.5 * dropped, () -> "score " + net.score(batch) + " after 100 steps from " + dropped);
                batch.setFeaturesMaskArray(null);
                Twins.assertClose("output", net.output(batch.getFeatures()), fast.output(batch.getFeatures()), 1e-4, 1e-6);
            }
        }
    }
}
