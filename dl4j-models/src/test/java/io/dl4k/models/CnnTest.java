package io.dl4k.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.ops.transforms.Transforms;

class CnnTest {

    private static final DataType DOUBLE = DataType.DOUBLE;

    @Test
    void build_digits_hasEveryWeight() {
        MultiLayerNetwork net = Cnn.images(28, 28, 1).conv(32, 3).conv(32, 3).maxPool(2).conv(64, 3).maxPool(2).dense(256)
                .classes(10).build();
        assertEquals((9 * 32 + 32) + (9 * 32 * 32 + 32) + (9 * 32 * 64 + 64) + (7 * 7 * 64 * 256 + 256) + (256 * 10 + 10),
                net.numParams());
        INDArray out = net.output(Numeric.normal(1, DataType.FLOAT, 2, 1, 28, 28));
        assertArrayEquals(new long[] {2, 10}, out.shape());
        assertEquals(1, out.getRow(1).sumNumber().doubleValue(), 1e-6);
    }

    @Test
    void build_batchNormAndStrides_hasEveryWeight() {
        MultiLayerNetwork net = Cnn.images(9, 7, 3).conv(4, 3, 2).batchNorm().avgPool(2).globalMaxPool().dropout(0.2).dense(5)
                .batchNorm().binary().build();
        assertEquals((27 * 4 + 4 * 4) + (4 * 5 + 4 * 5) + 6, net.numParams());
        assertArrayEquals(new long[] {2, 1}, net.output(Numeric.normal(1, DataType.FLOAT, 2, 3, 9, 7)).shape());
    }

    @Test
    void build_validPadding_shrinks() {
        MultiLayerNetwork net = Cnn.images(8, 8, 1).padding(Padding.VALID).conv(2, 3).conv(3, 3, 2).regression(2).build();
        // 8 -> 6 -> 2
        assertEquals((9 * 2 + 2) + (9 * 2 * 3 + 3) + (2 * 2 * 3 * 2 + 2), net.numParams());
        assertArrayEquals(new long[] {2, 2}, net.output(Numeric.normal(1, DataType.FLOAT, 2, 1, 8, 8)).shape());
    }

    @Test
    void build_series_hasEveryWeight() {
        MultiLayerNetwork net = Cnn.series(20, 3).conv(4, 5).batchNorm().maxPool(2).conv(6, 3).dense(7).classes(2).build();
        assertEquals((5 * 3 * 4 + 4 * 4) + (3 * 4 * 6 + 6) + (10 * 6 * 7 + 7) + (7 * 2 + 2), net.numParams());
        assertArrayEquals(new long[] {3, 2}, net.output(Numeric.normal(1, DataType.FLOAT, 3, 3, 20)).shape());
    }

    @Test
    void output_seriesNormalised_equalsHand() {
        // One channel, kernel 1, weight 2: inference divides by the running deviation 1 (its start), so leaky ReLU of 2x.
        MultiLayerNetwork net = Cnn.series(5, 1).conv(1, 1).batchNorm().globalAvgPool().regression(1).precision(DOUBLE).build();
        net.getParam("0_W").assign(2);
        net.getParam("4_W").assign(1);
        INDArray x = Numeric.normal(1, DOUBLE, 2, 1, 5);
        INDArray sums = x.mul(2).divi(Math.sqrt(1 + 1e-5));
        INDArray expected = Transforms.leakyRelu(sums, 0.01, true).mean(2);
        assertEquals(0, net.output(x).sub(expected).amaxNumber().doubleValue(), 1e-5);
    }

    @Test
    void gradient_everyLayer_equalsCentralDifferences() {
        DataSet images = new DataSet(Numeric.normal(1, DOUBLE, 3, 2, 6, 6), Numeric.normal(2, DOUBLE, 3, 2));
        MultiLayerNetwork plain = Cnn.images(6, 6, 2).conv(3, 3).maxPool(2).conv(2, 2, 2).avgPool(2).dense(4).regression(2)
                .activation(Activation.TANH).precision(DOUBLE).build();
        assertEquals(0, Numeric.worstParameterGradient(plain, images, 40), 1e-7);
        DataSet series = new DataSet(Numeric.normal(1, DOUBLE, 3, 2, 8), Numeric.normal(2, DOUBLE, 3, 2));
        MultiLayerNetwork one = Cnn.series(8, 2).conv(3, 3).maxPool(2).conv(4, 3, 2).dense(3).regression(2)
                .activation(Activation.TANH).precision(DOUBLE).build();
        assertEquals(0, Numeric.worstParameterGradient(one, series, 40), 1e-7);
    }

    @Test
    void fit_series_lowersTheScore() {
        MultiLayerNetwork net = Cnn.series(8, 2).conv(6, 3).batchNorm().maxPool(2).batchNorm().dropout(0.1).dense(8).batchNorm()
                .classes(2).learningRate(0.02).build();
        DataSet rows = new DataSet(Numeric.normal(1, DataType.FLOAT, 6, 2, 8), Numeric.oneHot(2, 0, 1, 0, 1, 1, 0));
        net.fit(rows);
        double before = net.score();
        for (int i = 0; i < 30; i++) {
            net.fit(rows);
        }
        assertTrue(net.score() < before / 2, () -> before + " to " + net.score());
    }

    @Test
    void output_nhwc_equalsNchwWithTheSameWeights() {
        MultiLayerNetwork nchw = build(CNN2DFormat.NCHW);
        MultiLayerNetwork nhwc = build(CNN2DFormat.NHWC);
        copy(nchw.paramTable(), nhwc.paramTable());
        INDArray images = Numeric.normal(1, DOUBLE, 3, 2, 8, 6);
        INDArray last = images.permute(0, 2, 3, 1).dup('c');
        assertEquals(0, nchw.output(images).sub(nhwc.output(last)).amaxNumber().doubleValue(), 1e-9);
        DataSet rows = new DataSet(images, Numeric.oneHot(3, 0, 1, 2).castTo(DOUBLE));
        nchw.fit(rows);
        nhwc.fit(new DataSet(last, rows.getLabels()));
        assertEquals(0, nchw.output(images).sub(nhwc.output(last)).amaxNumber().doubleValue(), 1e-9);
    }

    private static MultiLayerNetwork build(CNN2DFormat layout) {
        return Cnn.images(8, 6, 2).layout(layout).conv(4, 3).batchNorm().maxPool(2).conv(5, 3, 2).avgPool(2).globalAvgPool()
                .classes(3).precision(DOUBLE).optimizer(Optimizer.sgd(0.1)).build();
    }

    /** Weights of either layout hold the same values; where shapes differ, [out, in, h, w] becomes [h, w, in, out]. */
    private static void copy(Map<String, INDArray> from, Map<String, INDArray> to) {
        to.forEach((name, array) -> {
            INDArray source = from.get(name);
            array.assign(source.equalShapes(array) ? source : source.permute(2, 3, 1, 0));
        });
    }

    @Test
    void build_residual_hasEveryWeight() {
        ComputationGraph net = ResidualCnn.images(8, 8, 3).conv(4, 3).batchNorm().residual(4, 3).residual(6, 3, 2)
                .globalAvgPool().classes(5).build();
        int first = 27 * 4 + 16;
        int same = 2 * (9 * 4 * 4 + 16);
        int wider = (9 * 4 * 6 + 24) + (9 * 6 * 6 + 24) + (4 * 6 + 24);
        assertEquals(first + same + wider + (6 * 5 + 5), net.numParams());
        INDArray out = net.outputSingle(Numeric.normal(1, DataType.FLOAT, 2, 3, 8, 8));
        assertArrayEquals(new long[] {2, 5}, out.shape());
        assertEquals(1, out.getRow(0).sumNumber().doubleValue(), 1e-6);
    }

    @Test
    void output_residual_addsTheInput() {
        // With the second norm's gamma 0 and beta 0.5, the block is leaky ReLU of (x + 0.5).
        ComputationGraph net = ResidualCnn.images(3, 3, 2).residual(2, 3).globalAvgPool().regression(2).precision(DOUBLE).build();
        net.getParam("layer1_norm2_gamma").assign(0);
        net.getParam("layer1_norm2_beta").assign(0.5);
        net.getParam("layer3_output_W").assign(org.nd4j.linalg.factory.Nd4j.eye(2));
        INDArray x = Numeric.normal(1, DOUBLE, 2, 2, 3, 3);
        INDArray expected = Transforms.leakyRelu(x.add(0.5), 0.01, true).mean(2, 3);
        assertEquals(0, net.outputSingle(x.dup()).sub(expected).amaxNumber().doubleValue(), 1e-9);
    }

    @Test
    void gradient_residual_equalsCentralDifferences() {
        DataSet images = new DataSet(Numeric.normal(1, DOUBLE, 3, 2, 4, 4), Numeric.normal(2, DOUBLE, 3, 2));
        ComputationGraph net = ResidualCnn.images(4, 4, 2).residual(2, 3).residual(3, 3, 2).globalAvgPool().regression(2)
                .activation(Activation.TANH).precision(DOUBLE).optimizer(Optimizer.sgd(1)).build();
        // With rate 1 the step is the gradient, and stays in the gradient's place.
        INDArray before = net.params().dup();
        net.fit(images);
        net.setParams(before);
        Map<String, INDArray> gradients = new java.util.HashMap<>();
        net.gradient().gradientForVariable().forEach((name, gradient) -> gradients.put(name, gradient.dup()));
        for (String name : new String[] {"layer1_conv1_W", "layer2_projection_W", "layer2_conv2_W", "layer4_output_W"}) {
            INDArray parameter = net.getParam(name);
            INDArray gradient = gradients.get(name);
            double at = parameter.getDouble(0);
            parameter.putScalar(0, at + 1e-6);
            double up = score(net, images);
            parameter.putScalar(0, at - 1e-6);
            double down = score(net, images);
            parameter.putScalar(0, at);
            assertEquals((up - down) / 2e-6, gradient.getDouble(0), 1e-6, name);
        }
    }

    /** The score in training mode, where batch norm uses the batch. */
    private static double score(ComputationGraph net, DataSet rows) {
        net.setInputs(rows.getFeatures());
        net.setLabels(rows.getLabels());
        net.computeGradientAndScore();
        return net.score();
    }

    @Test
    void fit_residualSeries_lowersTheScore() {
        ComputationGraph net = ResidualCnn.series(8, 2).residual(2, 3).residual(4, 3, 2).globalMaxPool().classes(2)
                .learningRate(0.02).build();
        DataSet rows = new DataSet(Numeric.normal(1, DataType.FLOAT, 6, 2, 8), Numeric.oneHot(2, 0, 1, 0, 1, 1, 0));
        net.fit(rows);
        double before = net.score();
        for (int i = 0; i < 30; i++) {
            net.fit(rows);
        }
        assertTrue(net.score() < before / 2, () -> before + " to " + net.score());
    }

    @Test
    void build_tooManyPools_isRefused() {
        refused("layer 5 (maxPool 2): its input is 1x1, smaller than the 2x2 window, after 28 -> 14 -> 7 -> 3 -> 1. "
                + "Drop a pool or use larger images.",
                () -> Cnn.images(28, 28, 1).maxPool(2).maxPool(2).maxPool(2).maxPool(2).maxPool(2).classes(10).build());
    }

    @Test
    void build_wrongShapes_areRefused() {
        refused("layer 2 (conv 4, 5): its input is 3x4, smaller than the 5x5 kernel, after 6x8 -> 3x4. "
                + "Use a smaller kernel, Padding.SAME or larger images.",
                () -> Cnn.images(6, 8, 1).padding(Padding.VALID).maxPool(2).conv(4, 5).classes(2).build());
        refused("layer 3 (conv 4, 3): its input is flat, 8 values, after 6 -> 3. Call it before dense and global pooling.",
                () -> Cnn.images(6, 6, 1).maxPool(2).dense(8).conv(4, 3).classes(2).build());
        refused("layer 1 (avgPool 9, 1): its input has length 8, smaller than the window of 9. "
                + "Drop a pool or use longer series.", () -> Cnn.series(8, 1).avgPool(9, 1).classes(2).build());
        refused("layer 2 (classes(2)): its input is a series of 8 steps. "
                + "Add globalMaxPool(), globalAvgPool() or dense(n) before it.",
                () -> Cnn.series(8, 1).conv(4, 3).classes(2).build());
        refused("the network has no output; end with classes(n), binary(), multiLabel(n) or regression(n)",
                () -> Cnn.images(6, 6, 1).conv(4, 3).build());
        refused("maxPool 2 comes after the output classes(2); call it before the output",
                () -> Cnn.images(6, 6, 1).classes(2).maxPool(2));
        refused("the output is already classes(2); a network has one", () -> Cnn.images(6, 6, 1).classes(2).binary());
        refused("layout NHWC is for images; a series is [batch, channels, length]",
                () -> Cnn.series(6, 1).layout(CNN2DFormat.NHWC));
        refused("kernel must be at least 1, got 0", () -> Cnn.images(6, 6, 1).conv(4, 0));
        refused("height must be at least 1, got 0", () -> Cnn.images(0, 6, 1));
        refused("stride must be at least 1, got -1", () -> ResidualCnn.images(6, 6, 1).residual(4, 3, -1));
    }

    private static void refused(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
