package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.models.Activation;
import io.dl4k.models.Clipping;
import io.dl4k.models.Cnn;
import io.dl4k.models.Loss;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import io.dl4k.models.Padding;
import io.dl4k.models.ResidualCnn;
import io.dl4k.models.Rnn;
import io.dl4k.models.Schedule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Walks the options of the builders: each network must train a step without stock's help, but for those pinned at the end. */
class BuilderCoverageTest {
    private static final int BATCH = 4;
    private static final int STEPS = 7;

    /** A network, and features that fit it. */
    private record Case(Model net, INDArray features, INDArray mask) { }

    private final Map<String, Case> cases = new LinkedHashMap<>();

    private static INDArray table() {
        return Twins.numbers(new Random(1), BATCH, 5);
    }

    private void mlp(String name, Mlp mlp) {
        cases.put("mlp " + name, new Case(mlp.build(), table(), null));
    }

    private void mlp(String name, Consumer<Mlp> option) {
        Mlp mlp = Mlp.classifier(5, 3).hidden(6, 4);
        option.accept(mlp);
        mlp(name, mlp);
    }

    private void images(String name, Cnn cnn) {
        cases.put("images " + name, new Case(cnn.classes(3).build(), Twins.numbers(new Random(1), BATCH, 2, 9, 9), null));
    }

    private void series(String name, Cnn cnn) {
        cases.put("series " + name, new Case(cnn.classes(3).build(), Twins.numbers(new Random(1), BATCH, 2, 9), null));
    }

    private static INDArray mask() {
        INDArray mask = Nd4j.ones(BATCH, STEPS);
        for (int n = 0; n < BATCH; n++) for (int t = STEPS - n; t < STEPS; t++) mask.putScalar(n, t, 0);
        return mask;
    }

    private void tokens(String name, Rnn rnn) {
        INDArray ids = Nd4j.zeros(BATCH, STEPS);
        for (int i = 0; i < ids.length(); i++) ids.data().put(i, i % 8);
        MultiLayerNetwork net = rnn.build();
        cases.put("tokens " + name, new Case(net, ids, null));
        cases.put("padded tokens " + name, new Case(net, ids.mul(mask()), mask()));
    }

    private void steps(String name, Rnn rnn) {
        cases.put("steps " + name, new Case(rnn.build(), Twins.numbers(new Random(1), BATCH, 5, STEPS), null));
    }

    /** What did not run accelerated, with the reason. */
    private List<String> remaining() {
        List<String> remaining = new ArrayList<>();
        cases.forEach((name, c) -> {
            Accelerated.Attempt attempt = Accelerated.attempt(c.net, Twins.device);
            attempt.reasons().forEach(r -> remaining.add(name + ": " + r));
            attempt.accelerated().ifPresent(fast -> {
                try (fast) {
                    INDArray output = Stock.of(c.net).output(c.features, c.mask);
                    INDArray labels = Nd4j.zeros(output.shape());
                    for (int n = 0; n < BATCH; n++) labels.putScalar(output.rank() == 2 ? new int[] {n, 0} : new int[] {n, 0, 0}, 1);
                    DataSet batch = new DataSet(c.features, labels, c.mask, output.rank() == 3 ? c.mask : null);
                    Twins.assertClose(name, output, fast.output(c.features, c.mask), 1e-3, 1e-5);
                    INDArray before = c.net.params().dup();
                    assertTrue(Double.isFinite(fast.step(batch)), name);
                    fast.settle();
                    assertTrue(!before.equals(c.net.params()), () -> name + " did not learn");
                    fast.fallbacks().forEach(r -> remaining.add(name + ": " + r));
                }
            });
        });
        return remaining;
    }

    @Test void networkBuilder_everyOption_isAccelerated() {
        for (Activation a : Activation.values()) mlp("activation " + a, m -> m.activation(a));
        for (Optimizer o : List.of(Optimizer.sgd(0.01), Optimizer.nesterov(0.01), Optimizer.rmsProp(0.01), Optimizer.adaGrad(0.01), Optimizer.adam(0.01), Optimizer.adamW(0.01, 0.1)))
            mlp("optimizer " + o, m -> m.optimizer(o));
        mlp("cosine", m -> m.schedule(new Schedule.Cosine(0.1, 2, 10, 0.01)));
        for (Clipping c : List.of(Clipping.byValue(0.1), Clipping.byNorm(0.1), Clipping.byGlobalNorm(0.1))) mlp("clip " + c, m -> m.clip(c).batchNorm());
        mlp("regularised", m -> m.l1(0.01).l2(0.01).dropout(0.3).inputDropout(0.1).weightNoise(0.1));
        mlp("batch norm", Mlp::batchNorm);
        mlp("class weights", m -> m.classWeights(1, 2, 3));
        mlp("smoothing", m -> m.labelSmoothing(0.1));
        mlp("binary", Mlp.binary(5).hidden(4));
        mlp("binary weights", Mlp.binary(5).classWeights(1, 2));
        mlp("multi-label", Mlp.multiLabel(5, 3).hidden(4));
        mlp("multi-label weights", Mlp.multiLabel(5, 3).classWeights(1, 2, 3));
        mlp("multi-label smoothing", Mlp.multiLabel(5, 3).labelSmoothing(0.1));
        for (Loss l : List.of(Loss.mse(), Loss.mae(), Loss.huber(1), Loss.poisson())) mlp("loss " + l, Mlp.regressor(5, 2).hidden(4).loss(l));
        assertEquals(List.of(), remaining());
    }

    @Test void cnn_everyOption_isAccelerated() {
        for (Padding p : Padding.values()) images("padding " + p, Cnn.images(9, 9, 2).padding(p).conv(4, 3).conv(4, 2, 2).maxPool(2).dense(5));
        images("pools", Cnn.images(9, 9, 2).conv(4, 3).maxPool(3, 2).avgPool(2).dropout(0.2).dense(5).batchNorm());
        images("batch norms", Cnn.images(9, 9, 2).batchNorm().conv(4, 3).batchNorm().maxPool(2).batchNorm().globalAvgPool().weightNoise(0.1).clip(Clipping.byGlobalNorm(1)));
        images("global max", Cnn.images(9, 9, 2).inputDropout(0.1).conv(4, 3).globalMaxPool());
        cases.put("images NHWC", new Case(Cnn.images(9, 9, 2).layout(CNN2DFormat.NHWC).conv(4, 3).batchNorm().maxPool(2).dense(5).classes(3).build(), Twins.numbers(new Random(1), BATCH, 9, 9, 2), null));
        for (Padding p : Padding.values()) series("padding " + p, Cnn.series(9, 2).padding(p).conv(4, 3).conv(4, 2, 2).maxPool(2).dense(5));
        series("batch norms", Cnn.series(9, 2).batchNorm().conv(4, 3).batchNorm().avgPool(2).conv(4, 2).dense(5).batchNorm());
        series("global", Cnn.series(9, 2).conv(4, 3).dropout(0.2).conv(4, 3).globalAvgPool());
        series("global max", Cnn.series(9, 2).conv(4, 3).weightNoise(0.1).globalMaxPool());
        assertEquals(List.of(), remaining());
    }

    private void residual(String name, ResidualCnn cnn, long... shape) {
        cases.put("residual " + name, new Case(cnn.classes(3).build(), Twins.numbers(new Random(1), shape), null));
    }

    @Test void residualCnn_everyOption_isAccelerated() {
        residual("at once", ResidualCnn.images(9, 9, 2).residual(2, 3).globalAvgPool(), BATCH, 2, 9, 9);
        residual("projected", ResidualCnn.images(9, 9, 2).conv(4, 3).batchNorm().residual(6, 3, 2).residual(6, 3).maxPool(2).dropout(0.2).dense(5).weightNoise(0.1), BATCH, 2, 9, 9);
        residual("NHWC", ResidualCnn.images(9, 9, 2).layout(CNN2DFormat.NHWC).conv(4, 3).residual(4, 3).residual(6, 3).dense(5).clip(Clipping.byGlobalNorm(1)), BATCH, 9, 9, 2);
        residual("series", ResidualCnn.series(9, 2).conv(4, 3).residual(4, 3).residual(6, 3, 2).globalMaxPool(), BATCH, 2, 9);
        assertEquals(List.of(), remaining());
    }

    private static Stream<Arguments> recurrent() {
        return Stream.of(false, true).flatMap(lstm -> Stream.of(false, true).map(both -> Arguments.of(lstm, both)));
    }

    private static Rnn layer(Rnn rnn, boolean lstm, boolean both) {
        Rnn with = lstm ? rnn.lstm(6) : rnn.simple(6);
        return both ? with.bidirectional() : with;
    }

    @ParameterizedTest @MethodSource("recurrent")
    void rnn_everyOption_isAccelerated(boolean lstm, boolean both) {
        for (boolean tokens : new boolean[] {true, false}) {
            String[] ends = {"last", "mean", "max", "perStep"};
            for (String end : ends) {
                Rnn rnn = tokens ? Rnn.tokens(8, 5) : Rnn.features(5);
                layer(layer(rnn.inputDropout(0.1), lstm, both).dropout(0.2), lstm, both);
                switch (end) {
                    case "last" -> rnn.lastStep().dense(4);
                    case "mean" -> rnn.meanOverTime().dense(4);
                    case "max" -> rnn.maxOverTime();
                    default -> rnn.perStep();
                }
                rnn.classes(3).clip(Clipping.byGlobalNorm(1)).weightNoise(0.01).labelSmoothing(0.1);
                if (tokens) tokens(end, rnn);
                else steps(end, rnn);
            }
        }
        tokens("convolutions", layer(Rnn.tokens(8, 5).conv1d(4, 3).conv1d(4, 2), lstm, both).meanOverTime().classes(3));
        steps("different lengths", layer(Rnn.features(5).differentLengths(), lstm, both).maxOverTime().regression(2).loss(Loss.huber(1)));
        assertEquals(List.of(), remaining());
    }

    // What remains with stock.

    @ParameterizedTest @EnumSource(Activation.class)
    void rnn_seluAndSoftmax_remainWithStock(Activation a) {
        steps("lstm", Rnn.features(5).lstm(4).lastStep().classes(3).activation(a));
        steps("simple", Rnn.features(5).simple(4).lastStep().classes(3).activation(a));
        boolean stays = a == Activation.SELU || a == Activation.SOFTMAX;
        List<String> expected = !stays ? List.of() : Stream.of("lstm", "simple")
                .map(kind -> "steps " + kind + ": layer 0 'layer1_" + kind + "' (LastTimeStep): activation " + a.toStock() + " in a recurrent layer").toList();
        assertEquals(expected, remaining());
    }

    @Test void doublePrecision_remainsWithStock() {
        mlp("double", Mlp.binary(5).precision(DataType.DOUBLE));
        assertEquals(List.of("mlp double: parameters are DOUBLE, not FLOAT"), remaining());
    }
}
