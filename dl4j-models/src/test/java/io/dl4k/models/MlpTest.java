package io.dl4k.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class MlpTest {

    private static final INDArray INPUT = Numeric.normal(3, DataType.FLOAT, 6, 4);
    private static final INDArray CLASSES = Numeric.oneHot(3, 0, 1, 2, 0, 1, 2);

    @Test
    void build_twoHiddenLayers_hasEveryWeight() {
        MultiLayerNetwork net = Mlp.classifier(4, 3).hidden(8, 5).build();
        assertEquals((4 * 8 + 8) + (8 * 5 + 5) + (5 * 3 + 3), net.numParams());
        INDArray out = net.output(INPUT);
        assertArrayEquals(new long[] {6, 3}, out.shape());
        for (int row = 0; row < 6; row++) {
            assertEquals(1, out.getRow(row).sumNumber().doubleValue(), 1e-6);
        }
    }

    @Test
    void build_batchNorm_replacesBiases() {
        MultiLayerNetwork net = Mlp.classifier(4, 3).hidden(8, 5).batchNorm().dropout(0.2).build();
        assertEquals((4 * 8 + 4 * 8) + (8 * 5 + 4 * 5) + (5 * 3 + 3), net.numParams());
    }

    @Test
    void build_perceptron_isLogisticRegression() {
        MultiLayerNetwork net = Mlp.binary(4).build();
        assertEquals(5, net.numParams());
        INDArray sums = INPUT.mmul(net.getParam("0_W")).addiRowVector(net.getParam("0_b"));
        assertEquals(0, net.output(INPUT).sub(Transforms.sigmoid(sums)).amaxNumber().doubleValue(), 1e-6);
    }

    @Test
    void build_defaults_areLeakyReluSoftmaxAdam() {
        var conf = Mlp.classifier(4, 3).hidden(8).configuration();
        var hidden = (org.deeplearning4j.nn.conf.layers.DenseLayer) conf.getConf(0).getLayer();
        var output = (org.deeplearning4j.nn.conf.layers.OutputLayer) conf.getConf(1).getLayer();
        assertEquals("leakyrelu(a=0.01)", hidden.getActivationFn().toString());
        assertEquals("softmax", output.getActivationFn().toString());
        assertEquals(new org.nd4j.linalg.learning.config.Adam(1e-3), hidden.getIUpdater());
        assertEquals("layer1_dense", hidden.getLayerName());
        assertEquals("layer2_output", output.getLayerName());
    }

    @Test
    void dropout_sharePerLayer_isWrittenAsShareKept() {
        var conf = Mlp.classifier(4, 3).hidden(8, 5).dropout(0.2).inputDropout(0.1).configuration();
        double[] kept = new double[3];
        for (int i = 0; i < 3; i++) {
            kept[i] = ((org.deeplearning4j.nn.conf.dropout.Dropout) conf.getConf(i).getLayer().getIDropout()).getP();
        }
        assertArrayEquals(new double[] {0.9, 0.8, 0.8}, kept, 1e-12);
    }

    @Test
    void build_sameSeed_givesSameWeights() {
        Mlp builder = Mlp.regressor(4, 2).hidden(8).seed(7);
        assertEquals(builder.build().params(), builder.build().params());
        assertTrue(!builder.build().params().equals(builder.seed(8).build().params()));
    }

    private static Arguments option(String name, UnaryOperator<Mlp> option) {
        return Arguments.of(name, option);
    }

    static Stream<Arguments> options() {
        return Stream.of(
                option("sgd", net -> net.optimizer(Optimizer.sgd(0.1))),
                option("nesterov", net -> net.optimizer(Optimizer.nesterov(0.1))),
                option("rmsProp", net -> net.optimizer(Optimizer.rmsProp(0.01))),
                option("adaGrad", net -> net.optimizer(Optimizer.adaGrad(0.1))),
                option("adam", net -> net.optimizer(Optimizer.adam(0.01))),
                option("adamW", net -> net.optimizer(Optimizer.adamW(0.01, 0.1))),
                option("step", net -> net.schedule(new Schedule.Step(0.01, 0.5, 1))),
                option("cosine", net -> net.schedule(new Schedule.Cosine(0.01, 2, 10, 0))),
                option("oneCycle", net -> net.optimizer(Optimizer.nesterov(1))
                        .schedule(new Schedule.OneCycle(0.1, 10))),
                option("rmsProp step", net -> net.optimizer(Optimizer.rmsProp(1))
                        .schedule(new Schedule.Step(0.01, 0.5, 1))),
                option("adaGrad step", net -> net.optimizer(Optimizer.adaGrad(1))
                        .schedule(new Schedule.Step(0.01, 0.5, 1))),
                option("sgd step", net -> net.optimizer(Optimizer.sgd(1))
                        .schedule(new Schedule.Step(0.01, 0.5, 1))),
                option("by value", net -> net.clip(Clipping.byValue(0.01))),
                option("by norm", net -> net.clipGradients(0.01)),
                option("by global norm", net -> net.clip(Clipping.byGlobalNorm(0.01))),
                option("l1 l2", net -> net.l1(0.01).l2(0.01)),
                option("dropouts", net -> net.dropout(0.5).inputDropout(0.2)),
                option("weight noise", net -> net.weightNoise(0.05)),
                option("weight init", net -> net.weightInit(WeightInit.XAVIER_UNIFORM)),
                option("class weights", net -> net.classWeights(1, 2, 3)),
                option("smoothing", net -> net.labelSmoothing(0.1)),
                option("both", net -> net.labelSmoothing(0.1).classWeights(1, 2, 3)),
                option("defaults", net -> net));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("options")
    void fit_everyOption_changesWeightsAndStaysFinite(String name, UnaryOperator<Mlp> option) {
        MultiLayerNetwork net = option.apply(Mlp.classifier(4, 3).hidden(8).batchNorm()).build();
        INDArray before = net.params().dup();
        net.fit(new DataSet(INPUT, CLASSES));
        net.fit(new DataSet(INPUT, CLASSES));
        assertTrue(Double.isFinite(net.score()), () -> "score " + net.score());
        assertTrue(Double.isFinite(net.params().sumNumber().doubleValue()));
        assertTrue(net.params().sub(before).amaxNumber().doubleValue() > 0);
        assertEquals(2, net.getIterationCount());
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void gradient_everyActivation_equalsCentralDifferences(Activation activation) {
        MultiLayerNetwork net = Mlp.classifier(4, 3).hidden(6, 5).activation(activation).precision(DataType.DOUBLE).build();
        DataSet rows = new DataSet(INPUT.castTo(DataType.DOUBLE), CLASSES.castTo(DataType.DOUBLE));
        assertEquals(0, Numeric.worstParameterGradient(net, rows, 40), 1e-6);
    }

    static Stream<Arguments> heads() {
        INDArray one = Nd4j.createFromArray(new float[][] {{0}, {1}, {0}, {1}, {1}, {0}});
        INDArray counts = Nd4j.createFromArray(new float[][] {{0, 3}, {1, 2}, {0, 7}, {2, 1}, {1, 0}, {5, 0}});
        INDArray labels = Nd4j.createFromArray(new float[][] {{0, 1}, {1, 0}, {0, 0}, {1, 1}, {1, 0}, {0, 1}});
        return Stream.of(Arguments.of("binary", Mlp.binary(4), one),
                Arguments.of("binary weighted", Mlp.binary(4).classWeights(1, 3), one),
                Arguments.of("binary smoothed", Mlp.binary(4).labelSmoothing(0.2), one),
                Arguments.of("multi-label", Mlp.multiLabel(4, 2), labels),
                Arguments.of("multi-label weighted", Mlp.multiLabel(4, 2).classWeights(1, 3), labels),
                Arguments.of("multi-label smoothed", Mlp.multiLabel(4, 2).classWeights(1, 3).labelSmoothing(0.1), labels),
                Arguments.of("mse", Mlp.regressor(4, 2), counts),
                Arguments.of("mae", Mlp.regressor(4, 2).loss(Loss.mae()), counts),
                Arguments.of("huber", Mlp.regressor(4, 2).loss(Loss.huber(1.5)), counts),
                Arguments.of("poisson", Mlp.regressor(4, 2).loss(Loss.poisson()), counts));
    }

    @ParameterizedTest(name = "{0}", autoCloseArguments = false)
    @MethodSource("heads")
    void fit_everyHead_lowersTheScore(String name, Mlp builder, INDArray labels) {
        MultiLayerNetwork net = builder.hidden(8).learningRate(0.02).build();
        DataSet rows = new DataSet(INPUT, labels);
        double before = net.score(rows);
        for (int i = 0; i < 60; i++) {
            net.fit(rows);
        }
        assertTrue(net.score(rows) < 0.9 * before, () -> before + " to " + net.score(rows));
    }

    @ParameterizedTest(name = "{0}", autoCloseArguments = false)
    @MethodSource("heads")
    void gradient_everyHead_equalsCentralDifferences(String name, Mlp builder, INDArray labels) {
        MultiLayerNetwork net = builder.hidden(5).precision(DataType.DOUBLE).build();
        DataSet rows = new DataSet(INPUT.castTo(DataType.DOUBLE), labels.castTo(DataType.DOUBLE));
        assertEquals(0, Numeric.worstParameterGradient(net, rows, 30), 1e-6);
    }

    @Test
    void adamW_step_shrinksWeightsByRateTimesDecay() {
        MultiLayerNetwork plain = Mlp.classifier(4, 3).optimizer(Optimizer.adam(0.01)).build();
        MultiLayerNetwork decayed = Mlp.classifier(4, 3).optimizer(Optimizer.adamW(0.01, 0.5)).build();
        INDArray first = plain.getParam("0_W").dup();
        plain.fit(new DataSet(INPUT, CLASSES));
        decayed.fit(new DataSet(INPUT, CLASSES));
        INDArray expected = plain.getParam("0_W").sub(first.mul(0.01 * 0.5));
        assertEquals(0, decayed.getParam("0_W").sub(expected).amaxNumber().doubleValue(), 1e-6);
        assertEquals(plain.getParam("0_b"), decayed.getParam("0_b"));
    }

    @Test
    void weightDecayAndNoise_everyLayer_areSetOnce() {
        var conf = Rnn.tokens(9, 4).lstm(5).bidirectional().maxOverTime().classes(2).optimizer(Optimizer.adamW(0.1, 0.2)).l1(0.3)
                .weightNoise(0.4).configuration();
        var both = (org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional) conf.getConf(1).getLayer();
        var reverse = ((org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer) both.getBwd()).getUnderlying();
        for (var layer : List.of(conf.getConf(0).getLayer(), both.getFwd(), conf.getConf(3).getLayer())) {
            assertEquals("[WeightDecay(coeff=FixedSchedule(value=0.2), applyLR=true), L1Regularization(l1=FixedSchedule(value=0.3))]",
                    layer.getRegularizationByParam("W").toString());
        }
        assertTrue(((org.deeplearning4j.nn.conf.layers.BaseLayer) reverse).getWeightNoise() != null);
    }

    @Test
    void schedule_steps_setTheRateOfEachStep() {
        MultiLayerNetwork net = Mlp.classifier(4, 3).optimizer(Optimizer.sgd(1)).schedule(new Schedule.Step(0.5, 0.1, 1)).build();
        DataSet rows = new DataSet(INPUT, CLASSES);
        for (double rate : new double[] {0.5, 0.05, 0.005}) {
            INDArray before = net.params().dup();
            INDArray gradient = Numeric.gradient(net, rows);
            net.fit(rows);
            INDArray expected = before.reshape(-1).sub(gradient.mul(rate));
            assertEquals(0, net.params().reshape(-1).sub(expected).amaxNumber().doubleValue(), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void dropout_outOfRange_isRefused(double p) {
        refused("dropout must be in [0, 1), got " + p, () -> Mlp.classifier(4, 3).dropout(p));
        refused("inputDropout must be in [0, 1), got " + p, () -> Mlp.classifier(4, 3).inputDropout(p));
        refused("labelSmoothing must be in [0, 1), got " + p, () -> Mlp.classifier(4, 3).labelSmoothing(p));
    }

    @Test
    void options_outOfRange_areRefusedAtTheCall() {
        refused("inputs must be at least 1, got 0", () -> Mlp.binary(0));
        refused("classes must be at least 2, got 1", () -> Mlp.classifier(4, 1));
        refused("labels must be at least 1, got 0", () -> Mlp.multiLabel(4, 0));
        refused("outputs must be at least 1, got -2", () -> Mlp.regressor(4, -2));
        refused("hidden must be at least 1, got 0", () -> Mlp.binary(4).hidden(3, 0));
        refused("l1 must be finite and at least 0, got -1.0", () -> Mlp.binary(4).l1(-1));
        refused("l2 must be finite and at least 0, got NaN", () -> Mlp.binary(4).l2(Double.NaN));
        refused("weightNoise must be finite and at least 0, got -0.5", () -> Mlp.binary(4).weightNoise(-0.5));
        refused("learningRate must be finite and above 0, got 0.0", () -> Mlp.binary(4).learningRate(0));
        refused("clipGradients must be finite and above 0, got -1.0", () -> Mlp.binary(4).clipGradients(-1));
        refused("threshold must be finite and above 0, got 0.0", () -> Clipping.byGlobalNorm(0));
        refused("classWeights must be finite and above 0, got 0.0", () -> Mlp.binary(4).classWeights(1, 0));
        refused("precision must be FLOAT or DOUBLE, got BFLOAT16", () -> Mlp.binary(4).precision(DataType.BFLOAT16));
        refused("optimizer must not be null", () -> Mlp.binary(4).optimizer(null));
        refused("delta must be finite and above 0, got 0.0", () -> Loss.huber(0));
        refused("momentum must be in [0, 1), got 1.0", () -> new Optimizer.Nesterov(Schedule.constant(1), 1));
        refused("weightDecay must be finite and at least 0, got -1.0", () -> Optimizer.adamW(0.1, -1));
    }

    @Test
    void build_contradictions_areRefused() {
        refused("l2 0.1 and AdamW's weightDecay 0.01 both shrink the weights; keep one of them",
                () -> Mlp.binary(4).l2(0.1).optimizer(Optimizer.adamW(0.1, 0.01)).build());
        refused("loss MeanSquared[] is for regression, but the output is binary(), which is trained on cross-entropy; "
                + "drop the loss or use a regression output", () -> Mlp.binary(4).loss(Loss.mse()).build());
        refused("labelSmoothing is for classes and labels, but the output is regression(1); drop it",
                () -> Mlp.regressor(4, 1).labelSmoothing(0.1).build());
        refused("classWeights for classes(3) must be 3, got 2: [1.0, 2.0]",
                () -> Mlp.classifier(4, 3).classWeights(1, 2).build());
        refused("classWeights for binary() must be 2, got 1: [1.0]", () -> Mlp.binary(4).classWeights(1).build());
    }

    private static void refused(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
