package io.dl4k.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.accel.program.Precision;
import io.dl4k.models.Mlp;
import io.dl4k.models.ResidualCnn;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class AcceleratedEngineTest {
    private static final int ROWS = 7;

    private static void assertSameLoss(MultiLayerNetwork net, INDArray labels) {
        assertSameLoss(Network.of(net), new DataSet(Nd4j.rand(ROWS, 5).subi(0.5), labels));
    }

    private static void assertSameLoss(Network network, DataSet batch) {
        try (StepEngine fast = AcceleratedEngine.of(network, Precision.FLOAT32); StepEngine stock = new StockEngine(network)) {
            double wanted = stock.loss(batch);
            assertTrue(wanted > 0);
            assertEquals(wanted, fast.loss(batch), 1e-5 * wanted);
        }
    }

    private static INDArray oneHot(int classes) {
        INDArray labels = Nd4j.zeros(ROWS, classes);
        for (int row = 0; row < ROWS; row++) {
            labels.putScalar(row, row % classes, 1);
        }
        return labels;
    }

    @Test
    void loss_softmaxWithPenaltyAndDropout_isStocks() {
        assertSameLoss(Mlp.classifier(5, 3).hidden(8).dropout(0.5).l2(0.01).build(), oneHot(3));
    }

    @Test
    void loss_sigmoid_isStocks() {
        assertSameLoss(Mlp.multiLabel(5, 3).hidden(8).build(), oneHot(3));
    }

    @Test
    void loss_regression_isStocks() {
        assertSameLoss(Mlp.regressor(5, 2).hidden(8).build(), Nd4j.rand(ROWS, 2));
    }

    @Test
    void gradientNorm_afterAStep_isThatOfStocksGradient() {
        MultiLayerNetwork net = Mlp.classifier(5, 3).hidden(8).build();
        MultiLayerNetwork twin = net.clone();
        DataSet batch = new DataSet(Nd4j.rand(ROWS, 5).subi(0.5), oneHot(3));
        twin.setInput(batch.getFeatures());
        twin.setLabels(batch.getLabels());
        twin.computeGradientAndScore();
        double wanted = twin.getFlattenedGradients().norm2Number().doubleValue() / ROWS;
        try (StepEngine fast = AcceleratedEngine.of(Network.of(net), Precision.FLOAT32)) {
            fast.fit(batch);
            assertEquals(wanted, fast.gradientNorm().orElseThrow(), 1e-5 * wanted);
        }
    }

    @Test
    void loss_graph_isStocks() {
        Network graph = Network.of(ResidualCnn.images(8, 8, 1).conv(4, 3).residual(4, 3).classes(3).l2(0.01).build());
        assertSameLoss(graph, new DataSet(Nd4j.rand(ROWS, 1, 8, 8), oneHot(3)));
    }

    @Test
    void leftToStock_aLayerWithoutFastEqual_isNamed() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().list()
                .layer(new DenseLayer.Builder().nIn(5).nOut(4).build()).layer(new PReLULayer.Builder().nIn(4).nOut(4).inputShape(4).build())
                .layer(new OutputLayer.Builder().nIn(4).nOut(3).activation(Activation.SOFTMAX).build()).build());
        net.init();
        try (StepEngine fast = AcceleratedEngine.of(Network.of(net), Precision.FLOAT32)) {
            fast.fit(new DataSet(Nd4j.rand(ROWS, 5), oneHot(3)));
            assertEquals(List.of("layer 1 'layer1' (PReLULayer): no accelerated kind of this layer"), fast.leftToStock());
            assertTrue(fast.bytes() > 0);
        }
    }

    @Test
    void of_doublePrecision_isStockWithTheReason() {
        try (StepEngine stock = AcceleratedEngine.of(Network.of(Mlp.binary(5).precision(DataType.DOUBLE).build()), Precision.FLOAT32)) {
            assertInstanceOf(StockEngine.class, stock);
            assertEquals(List.of("parameters are DOUBLE, not FLOAT"), stock.leftToStock());
        }
    }

    /** Nothing under a frozen layer but what is frozen can be accelerated: the whole network is DL4J's own. */
    @Test
    void of_refusedNetwork_usesOpsOfLayersUntilClosed() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).build())
                .layer(new FrozenLayer(new DenseLayer.Builder().nOut(5).build()))
                .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(6, 6, 1)).build());
        net.init();
        try (StepEngine engine = AcceleratedEngine.of(Network.of(net), Precision.FLOAT32)) {
            assertInstanceOf(StockEngine.class, engine);
            assertNotNull(net.getLayer(0).getHelper());
            assertTrue(Double.isFinite(engine.fit(new DataSet(Nd4j.rand(ROWS, 1, 6, 6), oneHot(3)))));
        }
        assertNull(net.getLayer(0).getHelper());
    }
}
