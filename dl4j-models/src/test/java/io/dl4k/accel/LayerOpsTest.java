package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class LayerOpsTest {
    private static final int CLASSES = 3;
    private static final int BATCH = 6;

    private enum Case {
        CONVOLUTION(2, conv(ConvolutionMode.Truncate, true), conv(ConvolutionMode.Truncate, true)),
        STRIDED_DILATED(1, new ConvolutionLayer.Builder(3, 2).nOut(5).stride(2, 1).padding(1, 0).dilation(2, 1).activation(Activation.TANH).build()),
        SAME(2, conv(ConvolutionMode.Same, true), conv(ConvolutionMode.Same, true)),
        NO_BIAS(2, conv(ConvolutionMode.Truncate, false), conv(ConvolutionMode.Same, false)),
        MAX(3, conv(ConvolutionMode.Same, true), pool(PoolingType.MAX, ConvolutionMode.Truncate, 0), conv(ConvolutionMode.Same, true)),
        MAX_PADDED(3, conv(ConvolutionMode.Same, true), pool(PoolingType.MAX, ConvolutionMode.Same, 0), conv(ConvolutionMode.Same, true)),
        MEAN(3, conv(ConvolutionMode.Same, true), pool(PoolingType.AVG, ConvolutionMode.Truncate, 0), conv(ConvolutionMode.Same, true)),
        MEAN_PADDED(2, conv(ConvolutionMode.Same, true), pool(PoolingType.AVG, ConvolutionMode.Truncate, 1), conv(ConvolutionMode.Same, true)),
        NORM(3, conv(ConvolutionMode.Same, true), new BatchNormalization(), conv(ConvolutionMode.Same, true)),
        NORM_OF_ROWS(2, conv(ConvolutionMode.Same, true), new DenseLayer.Builder().nOut(7).activation(Activation.RELU).build(), new BatchNormalization()),
        NORM_FIXED(1, conv(ConvolutionMode.Same, true), new BatchNormalization.Builder().lockGammaBeta(true).build());

        final int filled;
        final List<Layer> layers;

        Case(int filled, Layer... layers) {
            this.filled = filled;
            this.layers = List.of(layers);
        }

        private static Layer conv(ConvolutionMode mode, boolean bias) {
            return new ConvolutionLayer.Builder(3, 3).nOut(4).convolutionMode(mode).hasBias(bias).activation(Activation.RELU).build();
        }

        private static Layer pool(PoolingType type, ConvolutionMode mode, int padding) {
            return new SubsamplingLayer.Builder(type).kernelSize(2, 2).stride(2, 2).padding(padding, padding).convolutionMode(mode).build();
        }

        MultiLayerNetwork net(CNN2DFormat format) {
            var list = new NeuralNetConfiguration.Builder().seed(5).updater(new Adam(0.01)).list();
            layers.stream().map(Layer::clone).forEach(list::layer);
            list.layer(new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build());
            var net = new MultiLayerNetwork(list.setInputType(InputType.convolutional(9, 8, 2, format)).build());
            net.init();
            return net;
        }
    }

    private static DataSet images(int seed) {
        Random random = new Random(seed);
        return new DataSet(Twins.numbers(random, BATCH, 2, 9, 8), Twins.classes(random, BATCH, 1, CLASSES).getLabels());
    }

    @ParameterizedTest
    @EnumSource(Case.class)
    void fit_withOps_followsStock(Case network) {
        MultiLayerNetwork stock = network.net(CNN2DFormat.NCHW);
        MultiLayerNetwork other = network.net(CNN2DFormat.NCHW);
        try (LayerOps ops = LayerOps.into(other)) {
            assertEquals(network.filled, ops.layers());
            DataSet first = images(0);
            Twins.assertClose("output", stock.output(first.getFeatures()), other.output(first.getFeatures()), 1e-4, 1e-5);
            Twins.computeGradientAndScore(stock, first);
            Twins.computeGradientAndScore(other, first);
            double scale = stock.getFlattenedGradients().amaxNumber().doubleValue();
            Twins.assertClose("gradient", stock.getFlattenedGradients(), other.getFlattenedGradients(), 1e-3, 2e-5 * scale);
            for (int i = 0; i < 6; i++) {
                stock.fit(images(i));
                other.fit(images(i));
                assertEquals(stock.score(), other.score(), 1e-3, "score of step " + i);
            }
            Twins.assertClose("output after training", stock.output(first.getFeatures()), other.output(first.getFeatures()), 1e-2, 1e-3);
        }
    }

    @Test void channelsLast_isLeftAlone() {
        try (LayerOps ops = LayerOps.into(Case.MAX.net(CNN2DFormat.NHWC))) {
            assertEquals(0, ops.layers());
        }
    }

    @Test void close_takesThemOut() {
        MultiLayerNetwork net = Case.NORM.net(CNN2DFormat.NCHW);
        LayerOps ops = LayerOps.into(net);
        IntStream.range(0, 3).forEach(i -> assertNotNull(net.getLayer(i).getHelper()));
        ops.close();
        IntStream.range(0, 3).forEach(i -> assertNull(net.getLayer(i).getHelper()));
    }
}
