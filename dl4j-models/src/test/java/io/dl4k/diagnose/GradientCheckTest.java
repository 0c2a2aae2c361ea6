package io.dl4k.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.models.Activation;
import io.dl4k.models.Cnn;
import io.dl4k.models.Loss;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import io.dl4k.models.Rnn;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class GradientCheckTest {
    private static Mlp mlp() {
        return Mlp.classifier(5, 3).hidden(6, 4).activation(Activation.TANH);
    }

    static Stream<Arguments> networks() {
        DataSet rows = Batch.classes(3, 6, 5);
        DataSet images = Batch.classes(3, 4, 1, 6, 6);
        DataSet sequences = Batch.classes(3, 4, 2, 7);
        return Stream.of(
                Arguments.of("mlp", mlp().build(), rows),
                Arguments.of("mlp in double, penalties", mlp().l1(0.01).l2(0.1).precision(DataType.DOUBLE).build(), rows),
                Arguments.of("mlp, weight decay", mlp().optimizer(Optimizer.adamW(1e-3, 0.1)).build(), rows),
                Arguments.of("mlp, batch norm", mlp().batchNorm().build(), rows),
                Arguments.of("mlp, dropout and noise", mlp().dropout(0.5).inputDropout(0.2).weightNoise(0.1).build(), rows),
                Arguments.of("huber", Mlp.regressor(5, 3).hidden(4).activation(Activation.SWISH).loss(Loss.huber(0.5)).build(), rows),
                Arguments.of("cnn", Cnn.images(6, 6, 1).conv(3, 3).avgPool(2).dense(5).classes(3).activation(Activation.TANH).l2(0.1).build(), images),
                Arguments.of("simple", Rnn.features(2).simple(4).lastStep().classes(3).build(), sequences),
                Arguments.of("lstm", Rnn.features(2).lstm(4).lastStep().classes(3).l2(0.01).build(), sequences),
                Arguments.of("bidirectional, dropout", Rnn.features(2).dropout(0.3).lstm(4).bidirectional().meanOverTime().classes(3).build(), sequences));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void of_stockLayers_gradientIsTheSlope(String name, MultiLayerNetwork net, DataSet batch) {
        INDArray before = net.params().dup();
        GradientCheck check = GradientCheck.of(net, batch);
        assertTrue(check.largestError() < 1e-6, () -> String.join("\n", check.parameters().stream().map(Object::toString).toList()));
        assertEquals(before, net.params());
        assertEquals(check.parameters().stream().mapToLong(GradientCheck.Parameter::values).sum(), check.checked());
        assertTrue(check.parameters().stream().allMatch(p -> p.largestGradient() > 0), check.parameters()::toString);
    }

    @Test
    void of_batchNorm_leavesRunningStatisticsOut() {
        List<GradientCheck.Parameter> parameters = GradientCheck.of(Mlp.classifier(5, 3).hidden(4).activation(Activation.TANH).batchNorm().build(), Batch.classes(3, 6, 5)).parameters();
        assertEquals(List.of("0 DenseLayer W 20", "1 BatchNormalization gamma 4", "1 BatchNormalization beta 4", "3 OutputLayer W 12", "3 OutputLayer b 3"),
                parameters.stream().map(p -> p.layer() + " " + p.type() + " " + p.name() + " " + p.values()).toList());
    }

    @Test
    void of_someOfEach_checksThatMany() {
        GradientCheck check = GradientCheck.of(mlp().build(), Batch.classes(3, 6, 5), 5);
        assertEquals(List.of(5, 5, 5, 4, 5, 3), check.parameters().stream().map(GradientCheck.Parameter::checked).toList());
        assertTrue(check.largestError() < 1e-6);
    }

    /** A derivative a tenth too large: where it is used and below. */
    private static final class WrongTanh extends ActivationTanH {
        private static final long serialVersionUID = 1;

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            Pair<INDArray, INDArray> right = super.backprop(in, epsilon);
            right.getFirst().muli(1.1);
            return right;
        }
    }

    @Test
    void of_wrongDerivative_findsIt() {
        var configuration = mlp().configuration();
        ((org.deeplearning4j.nn.conf.layers.BaseLayer) configuration.getConf(1).getLayer()).setActivationFn(new WrongTanh());
        MultiLayerNetwork net = new MultiLayerNetwork(configuration);
        net.init();
        for (GradientCheck.Parameter p : GradientCheck.of(net, Batch.classes(3, 6, 5)).parameters()) {
            // (1.1 - 1) / 1.1
            assertEquals(p.layer() <= 1 ? 0.1 / 1.1 : 0, p.largestError(), 1e-5, p::toString);
        }
    }

    /** docs/acceleration.md: stock drops the mask on the reverse LSTM's way back. */
    @Test
    void of_paddedBidirectionalLstm_findsStocksError() {
        MultiLayerNetwork net = Rnn.tokens(7, 4).tokenNoise(1).lstm(5).bidirectional().maxOverTime().classes(2).build();
        INDArray tokens = Nd4j.createFromArray(new float[][] {{1, 2, 3, 4, 5}, {6, 1, 2, 0, 0}});
        DataSet batch = new DataSet(tokens, Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}}), Nd4j.createFromArray(new float[][] {{1, 1, 1, 1, 1}, {1, 1, 1, 0, 0}}), null);
        List<GradientCheck.Parameter> wrong = GradientCheck.of(net, batch).parameters().stream().filter(p -> p.largestError() > 1e-3).toList();
        assertTrue(!wrong.isEmpty() && wrong.stream().allMatch(p -> p.name().startsWith("b")), wrong::toString);
    }

    @Test
    void of_whatCannotBeChecked_isRefused() {
        DataSet rows = Batch.classes(3, 6, 5);
        assertEquals("most must be at least 1, got 0", assertThrows(IllegalArgumentException.class, () -> GradientCheck.of(mlp().build(), rows, 0)).getMessage());
        assertEquals("the network has no parameters; call init() first",
                assertThrows(IllegalArgumentException.class, () -> GradientCheck.of(new MultiLayerNetwork(mlp().configuration()), rows)).getMessage());
        assertEquals("the batch needs features and labels",
                assertThrows(IllegalArgumentException.class, () -> GradientCheck.of(mlp().build(), new DataSet(rows.getFeatures(), null))).getMessage());
    }
}
