package io.dl4k.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dl4k.models.Activation;
import io.dl4k.models.Mlp;
import io.dl4k.models.Rnn;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class TimeGradientsTest {
    /** h(t) = x(t) + r h(t-1), y = h(T): a step back in time multiplies by r. */
    @Test
    void of_linearUnit_isAPowerOfItsWeight() {
        for (double r : new double[] {0.5, 1, 1.5}) {
            MultiLayerNetwork net = Rnn.features(1).simple(1).activation(Activation.IDENTITY).lastStep().regression(1).build();
            // Input weight, recurrent weight, bias; output weight and bias.
            net.setParams(Nd4j.createFromArray(new double[][] {{1, r, 0, 1, 0}}).castTo(DataType.FLOAT));
            DataSet batch = new DataSet(Nd4j.ones(1, 1, 6), Nd4j.zeros(1, 1));
            List<Double> norms = TimeGradients.of(net, batch).get(0).norms();
            double y = net.output(batch.getFeatures()).getDouble(0);
            for (int t = 0; t < 6; t++) {
                assertEquals(2 * y * Math.pow(r, 5 - t), norms.get(t), 1e-5 * y, "step " + t + " of r " + r);
            }
            assertEquals(Math.pow(r, 5), TimeGradients.of(net, batch).get(0).firstToLast(), 1e-6);
        }
    }

    static Stream<MultiLayerNetwork> networks() {
        return Stream.of(Rnn.features(2).simple(3).lastStep().classes(3).build(), Rnn.features(2).lstm(3).lastStep().classes(3).build(),
                Rnn.features(2).lstm(3).bidirectional().meanOverTime().classes(3).build(), Rnn.features(2).simple(3).maxOverTime().dropout(0.5).dense(4).classes(3).build());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void of_anyRecurrentLayer_isTheSlopeByItsInput(MultiLayerNetwork net) {
        DataSet batch = Batch.classes(3, 4, 2, 5);
        TimeGradients found = TimeGradients.of(net, batch).get(0);
        assertEquals(5, found.norms().size());
        MultiLayerNetwork exact = Passes.copy(net);
        DataSet rows = Passes.exact(batch);
        INDArray features = rows.getFeatures();
        for (int t = 0; t < 5; t++) {
            double squares = 0;
            for (int row = 0; row < 4; row++) {
                for (int f = 0; f < 2; f++) {
                    double at = features.getDouble(row, f, t);
                    features.putScalar(new int[] {row, f, t}, at + 1e-6);
                    double up = exact.score(rows, true);
                    features.putScalar(new int[] {row, f, t}, at - 1e-6);
                    double slope = (up - exact.score(rows, true)) / 2e-6;
                    features.putScalar(new int[] {row, f, t}, at);
                    squares += slope * slope;
                }
            }
            assertEquals(Math.sqrt(squares), found.norms().get(t), 1e-7, "step " + t);
        }
    }

    @Test
    void of_severalLayers_namesEach() {
        MultiLayerNetwork net = Rnn.features(2).simple(3).lstm(4).lastStep().classes(3).build();
        assertEquals(List.of("0 SimpleRnn", "1 LSTM"), TimeGradients.of(net, Batch.classes(3, 4, 2, 5)).stream().map(g -> g.layer() + " " + g.type()).toList());
    }

    @Test
    void of_noRecurrentLayer_isEmpty() {
        assertEquals(List.of(), TimeGradients.of(Mlp.classifier(5, 3).build(), Batch.classes(3, 4, 5)));
    }
}
