package io.dl4k.training;

import static io.dl4k.training.Fixtures.classifier;
import static io.dl4k.training.Fixtures.initialised;
import static io.dl4k.training.Fixtures.twoClasses;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.data.BatchSource;
import io.dl4k.training.Fixtures.Rows;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class PredictorTest {

    /** Batches given as they are. */
    private record Given(List<DataSet> given, int rows) implements BatchSource {
        @Override
        public int batchSize() {
            return given.get(0).numExamples();
        }

        @Override
        public int batches() {
            return given.size();
        }

        @Override
        public Cursor open(int epoch) {
            var left = given.iterator();
            return new Cursor() {
                @Override
                public DataSet next() {
                    return left.hasNext() ? left.next() : null;
                }

                @Override
                public void close() {
                    // Nothing is held.
                }
            };
        }
    }

    @Test
    void predict_oddLastBatch_givesEachRowInOrderInEvaluationMode() {
        MultiLayerNetwork net = initialised(classifier(new Sgd(0.1), 0.5));
        Rows rows = twoClasses(7, 3, null);
        float[][] predicted = Predictor.predict(net, new Rows(rows.features(), null, 3));
        float[][] stock = net.output(Nd4j.createFromArray(rows.features())).toFloatMatrix();
        assertEquals(stock.length, predicted.length);
        for (int row = 0; row < stock.length; row++) {
            assertArrayEquals(stock[row], predicted[row], 1e-6f);
        }
        assertArrayEquals(predicted, Predictor.predict(net.toComputationGraph(), rows));
    }

    @Test
    void predict_streaming_givesTheSameRows() {
        MultiLayerNetwork net = initialised(classifier(new Sgd(0.1), 0.5));
        Rows rows = twoClasses(7, 3, null);
        List<float[]> streamed = new ArrayList<>();
        Predictor.predict(net, rows, streamed::add);
        assertArrayEquals(Predictor.predict(net, rows), streamed.toArray(new float[0][]));
    }

    @Test
    void predict_outputPerStep_flattensColumnsThenTimeAndUsesMask() {
        MultiLayerNetwork net = initialised(new NeuralNetConfiguration.Builder().seed(3).list()
                .layer(new LSTM.Builder().nIn(2).nOut(3).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT).nIn(3).nOut(2).build())
                .build());
        INDArray features = Nd4j.rand(DataType.FLOAT, 2, 2, 4);
        INDArray mask = Nd4j.createFromArray(new float[][] {{1, 1, 1, 1}, {1, 1, 0, 0}});
        float[][] predicted = Predictor.predict(net, new Given(List.of(new DataSet(features, null, mask, null)), 2));
        INDArray expected = net.output(features, false, mask, null);
        assertEquals(2, predicted.length);
        for (int row = 0; row < 2; row++) {
            assertEquals(8, predicted[row].length);
            for (int column = 0; column < 2; column++) {
                for (int time = 0; time < 4; time++) {
                    // The executor and stock sum in different orders.
                    assertEquals(expected.getFloat(row, column, time), predicted[row][column * 4 + time], 1e-6f);
                }
            }
        }
        // A layer's mask of one call must not leak into the next.
        float[][] unmasked = Predictor.predict(net, new Given(List.of(new DataSet(features, null)), 2));
        assertEquals(net.output(features).getFloat(1, 0, 3), unmasked[1][3], 0f);
    }

    @Test
    void predict_sourceGivesFewerRows_isRefused() {
        MultiLayerNetwork net = initialised(classifier(new Sgd(0.1), 1));
        Given given = new Given(List.of(new DataSet(Nd4j.zeros(2, 3), null)), 3);
        assertEquals("the source names 3 rows but gave 2",
                assertThrows(IllegalStateException.class, () -> Predictor.predict(net, given)).getMessage());
    }

    @Test
    void predict_graphWithTwoOutputs_isRefused() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder().graphBuilder().addInputs("in")
                .addLayer("a", new OutputLayer.Builder(LossFunction.MSE).nIn(3).nOut(2).build(), "in")
                .addLayer("b", new OutputLayer.Builder(LossFunction.MSE).nIn(3).nOut(2).build(), "in")
                .setOutputs("a", "b").build();
        ComputationGraph net = new ComputationGraph(configuration);
        Rows rows = twoClasses(2, 2, null);
        assertEquals("the network has no weights yet; call init() on it first",
                assertThrows(IllegalArgumentException.class, () -> Predictor.predict(net, rows)).getMessage());
        net.init();
        assertEquals("the graph has 1 inputs and 2 outputs; only graphs with one of each can be used here",
                assertThrows(IllegalArgumentException.class, () -> Predictor.predict(net, rows)).getMessage());
    }
}
