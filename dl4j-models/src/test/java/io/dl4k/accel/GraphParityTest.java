package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.models.ResidualCnn;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Graphs of layers, sums and merges beside stock DL4J. */
class GraphParityTest {
    private static final int CLASSES = 3;
    /** Stock's graph takes the rows of the batch before for those of {@code output}, where a preprocessor needs them. */
    private static final int ENDS_WITH_EQUAL_BATCHES = 49;

    private static int batch(int i) {
        return i % 3 == 2 ? 5 : 16;
    }

    private static IntFunction<DataSet> rows(long... shape) {
        return i -> {
            Random random = new Random(i);
            long[] dims = shape.clone();
            dims[0] = batch(i);
            return new DataSet(Twins.numbers(random, dims), Twins.classes(random, batch(i), 1, CLASSES).getLabels());
        };
    }

    private static GraphBuilder graph() {
        return new NeuralNetConfiguration.Builder().seed(5).updater(new Adam(2e-3)).activation(Activation.RELU).convolutionMode(ConvolutionMode.Same).graphBuilder().addInputs("in");
    }

    private static OutputLayer once() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }

    @ParameterizedTest @EnumSource(CNN2DFormat.class)
    void residualCnn_matchesStock(CNN2DFormat format) {
        ComputationGraphConfiguration c = ResidualCnn.images(9, 9, 2).layout(format).conv(4, 3).batchNorm().residual(4, 3).residual(6, 3, 2).dense(7).classes(CLASSES).configuration();
        Twins.assertSame(c, format == CNN2DFormat.NCHW ? rows(0, 2, 9, 9) : rows(0, 9, 9, 2), 50);
    }

    @Test void residualSeries_matchesStock() {
        Twins.assertSame(ResidualCnn.series(9, 2).conv(4, 3).residual(4, 3).residual(6, 3, 2).globalAvgPool().classes(CLASSES).configuration(), rows(0, 2, 9), ENDS_WITH_EQUAL_BATCHES);
    }

    @ParameterizedTest @EnumSource(value = ElementWiseVertex.Op.class, names = {"Add", "Product", "Average"})
    void joinOfDense_matchesStock(ElementWiseVertex.Op op) {
        ComputationGraphConfiguration c = graph().addLayer("a", new DenseLayer.Builder().nOut(8).build(), "in").addLayer("b", new DenseLayer.Builder().nOut(8).activation(Activation.TANH).build(), "in")
                .addLayer("c", new DenseLayer.Builder().nOut(8).build(), "a").addVertex("join", new ElementWiseVertex(op), "c", "b")
                .addVertex("again", new ElementWiseVertex(op), "join", "a").addLayer("out", once(), "again").setOutputs("out").setInputTypes(InputType.feedForward(6)).build();
        Twins.assertSame(c, rows(0, 6), 50);
    }

    /** Three inputs of a join, one of them the graph's own, and channels that fill no block. */
    @Test void mergeOfImages_matchesStock() {
        // Plain steps: Adam's first ones are as large for a gradient of nothing but rounding as for any other.
        ComputationGraphConfiguration c = new NeuralNetConfiguration.Builder().seed(5).updater(new Sgd(0.05)).activation(Activation.TANH).convolutionMode(ConvolutionMode.Same).graphBuilder().addInputs("in")
                .addLayer("a", new ConvolutionLayer.Builder(3, 3).nOut(17).build(), "in")
                .addLayer("b", new ConvolutionLayer.Builder(1, 1).nOut(5).build(), "in")
                .addVertex("merge", new MergeVertex(), "a", "in", "b")
                .addLayer("pool", new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(3, 3).stride(1, 1).build(), "merge")
                .addLayer("c", new ConvolutionLayer.Builder(3, 3).nOut(25).build(), "merge")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "pool", "c", "merge")
                .addLayer("global", new GlobalPoolingLayer.Builder(PoolingType.AVG).poolingDimensions(new int[] {2, 3}).build(), "sum")
                .addLayer("out", new OutputLayer.Builder(LossFunction.MCXENT).nIn(25).nOut(CLASSES).activation(Activation.SOFTMAX).build(), "global").setOutputs("out")
                .setInputTypes(InputType.convolutional(7, 7, 3)).build();
        Twins.assertSame(c, rows(0, 3, 7, 7), 50);
    }

    @Test void mergeOfSequences_matchesStock() {
        ComputationGraphConfiguration c = new NeuralNetConfiguration.Builder().seed(5).updater(new Sgd(0.05)).activation(Activation.TANH).graphBuilder().addInputs("in")
                .addLayer("a", new LSTM.Builder().nOut(4).build(), "in").addLayer("b", new LSTM.Builder().nOut(7).build(), "a")
                .addVertex("merge", new MergeVertex(), "b", "a").addLayer("out", new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build(), "merge")
                .setOutputs("out").setInputTypes(InputType.recurrent(5)).build();
        Twins.assertSame(c, i -> {
            Random random = new Random(i);
            INDArray labels = Nd4j.zeros(batch(i), CLASSES, 4);
            for (int n = 0; n < batch(i); n++) for (int t = 0; t < 4; t++) labels.putScalar(n, random.nextInt(CLASSES), t, 1);
            return new DataSet(Twins.numbers(random, batch(i), 5, 4), labels);
        }, 50);
    }

    private static List<String> refusal(GraphBuilder graph) {
        ComputationGraph net = new ComputationGraph(graph.build());
        net.init();
        return Accelerated.attempt(net).reasons();
    }

    @Test void attempt_unknownVertex_saysWhich() {
        assertEquals(List.of("vertex 'norm' (L2NormalizeVertex): no accelerated kind of this vertex"), refusal(graph().addLayer("a", new DenseLayer.Builder().nOut(8).build(), "in")
                .addVertex("norm", new L2NormalizeVertex(), "a").addLayer("out", once(), "norm").setOutputs("out").setInputTypes(InputType.feedForward(6))));
    }

    @Test void attempt_subtraction_saysWhatIsAccelerated() {
        assertEquals(List.of("vertex 'join' (ElementWiseVertex): Subtract of 2 inputs; only Add, Product, and Average of two"), refusal(graph()
                .addLayer("a", new DenseLayer.Builder().nOut(8).build(), "in").addLayer("b", new DenseLayer.Builder().nOut(8).build(), "in")
                .addVertex("join", new ElementWiseVertex(ElementWiseVertex.Op.Subtract), "a", "b").addLayer("out", once(), "join").setOutputs("out").setInputTypes(InputType.feedForward(6))));
    }

    @Test void attempt_twoInputs_isRefused() {
        assertEquals(List.of("the graph has 2 inputs and 1 outputs, not one of each"), refusal(new NeuralNetConfiguration.Builder().graphBuilder().addInputs("x", "y")
                .addVertex("merge", new MergeVertex(), "x", "y").addLayer("out", once(), "merge").setOutputs("out").setInputTypes(InputType.feedForward(2), InputType.feedForward(3))));
    }

    @Test void attempt_otherModel_isRefused() {
        var layer = new ComputationGraph(graph().addLayer("out", once(), "in").setOutputs("out").setInputTypes(InputType.feedForward(6)).build());
        layer.init();
        var e = assertThrows(IllegalArgumentException.class, () -> Accelerated.attempt(layer.getLayer("out")));
        assertEquals("a OutputLayer is neither a MultiLayerNetwork nor a ComputationGraph", e.getMessage());
    }
}
