package io.dl4k.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.models.Activation;
import io.dl4k.models.Cnn;
import io.dl4k.models.Mlp;
import io.dl4k.models.Rnn;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class LayerStatisticsTest {
    /** Two linear layers, worked out by hand: h = x [1 2], y = h . [3 -1] = x, target 0. */
    @Test
    void of_linearLayers_isTheClosedForm() {
        MultiLayerNetwork net = Mlp.regressor(1, 1).hidden(2).activation(Activation.IDENTITY).build();
        net.setParams(Nd4j.createFromArray(new float[][] {{1, 2, 0, 0, 3, -1, 0}}));
        DataSet batch = new DataSet(Nd4j.createFromArray(new float[][] {{1}, {-3}}), Nd4j.zeros(2, 1));
        List<LayerStatistics> layers = LayerStatistics.of(net, batch);
        LayerStatistics hidden = layers.get(0);
        assertEquals("DenseLayer", hidden.type());
        assertEquals(2, hidden.units());
        assertEquals(4, hidden.parameters());
        assertEquals((1 + 2 - 3 - 6) / 4.0, hidden.mean(), 1e-9);
        assertEquals(Math.sqrt((1 + 4 + 9 + 36) / 4.0 - 1.5 * 1.5), hidden.deviation(), 1e-9);
        assertEquals(OptionalDouble.empty(), hidden.saturated());
        assertEquals(OptionalInt.empty(), hidden.dead());
        // dL/dy = 2 y / 2 rows = 1, -3; times 3, -1.
        assertEquals(Math.sqrt((1 + 9) * (9 + 1)), hidden.outputGradient().orElseThrow(), 1e-9);
        // dL/dW = sum of x dL/dh = (1 + 9) (3, -1), dL/db = (1 - 3) (3, -1).
        assertEquals(Math.sqrt((100 + 4) * 10.0), hidden.parameterGradient(), 1e-9);
        assertEquals(Math.sqrt(5), hidden.parameterNorm(), 1e-9);
        assertEquals(OptionalDouble.empty(), layers.get(1).outputGradient());
    }

    @Test
    void of_rectifiers_countsTheDead() {
        MultiLayerNetwork net = Mlp.classifier(2, 2).hidden(4).activation(Activation.RELU).build();
        // Weights first, column by column; then biases: units give x0, -x0, nothing, and 1 always.
        net.setParams(Nd4j.createFromArray(new float[][] {{1, 0, -1, 0, 1, 0, 0, 0, 0, 0, -100, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0}}));
        DataSet batch = Batch.classes(2, 8, 2);
        LayerStatistics hidden = LayerStatistics.of(net, batch).get(0);
        assertEquals(OptionalInt.of(1), hidden.dead());
        // One of x0 and -x0, the dead one, not the constant.
        assertEquals(0.5, hidden.saturated().orElseThrow(), 1e-12);
    }

    @Test
    void of_sigmoids_isARecountOfTheirOutputs() {
        MultiLayerNetwork net = Mlp.classifier(5, 3).hidden(16).activation(Activation.SIGMOID).build();
        net.setParam("0_W", net.getParam("0_W").mul(10));
        DataSet batch = Batch.classes(3, 20, 5);
        double[] outputs = net.feedForward(batch.getFeatures()).get(1).dup().data().asDouble();
        LayerStatistics hidden = LayerStatistics.of(net, batch).get(0);
        double expected = Arrays.stream(outputs).filter(a -> a * (1 - a) < 0.05 * 0.25).count() / (double) outputs.length;
        assertTrue(expected > 0.2 && expected < 0.9, "a test of something: " + expected);
        assertEquals(expected, hidden.saturated().orElseThrow(), 1e-12);
        assertEquals(Arrays.stream(outputs).average().orElseThrow(), hidden.mean(), 1e-6);
    }

    @Test
    void of_imagesInEitherLayout_isTheSame() {
        DataSet first = Batch.classes(3, 4, 2, 6, 6);
        DataSet last = new DataSet(first.getFeatures().permute(0, 2, 3, 1).dup(), first.getLabels());
        Cnn cnn = Cnn.images(6, 6, 2).conv(5, 3).maxPool(2).activation(Activation.RELU);
        cnn.classes(3);
        LayerStatistics one = LayerStatistics.of(cnn.layout(CNN2DFormat.NCHW).build(), first).get(0);
        LayerStatistics other = LayerStatistics.of(cnn.layout(CNN2DFormat.NHWC).build(), last).get(0);
        assertEquals(5, one.units());
        assertEquals(5, other.units());
        assertEquals(one.dead(), other.dead());
        assertEquals(one.saturated().orElseThrow(), other.saturated().orElseThrow(), 1e-12);
    }

    @Test
    void of_lstm_saysNothingOfSaturation() {
        LayerStatistics lstm = LayerStatistics.of(Rnn.features(2).lstm(4).lastStep().classes(3).build(), Batch.classes(3, 4, 2, 7)).get(0);
        assertEquals("LSTM", lstm.type());
        assertEquals(4, lstm.units());
        assertEquals(OptionalInt.empty(), lstm.dead());
        assertTrue(lstm.parameterGradient() > 0);
    }
}
