package io.dl4k.accel;

import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class ConvolutionParityTest {
    private static final int CLASSES = 3;

    private static NeuralNetConfiguration.ListBuilder list() {
        return new NeuralNetConfiguration.Builder().seed(11).updater(new Sgd(0.02)).activation(Activation.TANH).list();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }

    private static DataSet labelled(int i, INDArray features) {
        Random random = new Random(100 + i);
        return new DataSet(features, Twins.classes(random, (int) features.size(0), 1, CLASSES).getLabels());
    }

    private static int batch(int i) {
        return i % 3 == 2 ? 3 : 6;
    }

    private static DataSet images(int i, CNN2DFormat format, int channels, int height, int width) {
        Random random = new Random(i);
        return labelled(i, format == CNN2DFormat.NCHW ? Twins.numbers(random, batch(i), channels, height, width) : Twins.numbers(random, batch(i), height, width, channels));
    }

    @ParameterizedTest
    @CsvSource({"NCHW,1,Truncate,MAX", "NHWC,1,Truncate,MAX", "NCHW,3,Same,AVG", "NHWC,3,Same,AVG", "NCHW,5,Same,MAX", "NHWC,5,Truncate,AVG"})
    void convolutionsAndPools_everyFormatAndMode_matchStock(CNN2DFormat format, int channels, ConvolutionMode mode, PoolingType pool) {
        MultiLayerConfiguration c = list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(8).activation(Activation.RELU).convolutionMode(mode).dataFormat(format).build())
                .layer(new SubsamplingLayer.Builder(pool).kernelSize(2, 2).stride(2, 2).convolutionMode(mode).dataFormat(format).build())
                .layer(new ConvolutionLayer.Builder(3, 2).nOut(19).stride(2, 1).activation(Activation.SWISH).convolutionMode(mode).dataFormat(format).build())
                .layer(new DenseLayer.Builder().nOut(10).build())
                .layer(output())
                .setInputType(InputType.convolutional(11, 13, channels, format)).build();
        Twins.assertSame(c, i -> images(i, format, channels, 11, 13), 50);
    }

    /** In NHWC stock DL4J cannot train a global pooling (index out of bounds), so there is nothing to match. */
    @Test void batchNormAndGlobalPool_matchStock() {
        CNN2DFormat format = CNN2DFormat.NCHW;
        for (PoolingType pool : new PoolingType[] {PoolingType.MAX, PoolingType.AVG}) {
            MultiLayerConfiguration c = list()
                    .layer(new ConvolutionLayer.Builder(3, 3).nOut(20).hasBias(false).activation(Activation.IDENTITY).padding(1, 1).dataFormat(format).build())
                    .layer(new BatchNormalization.Builder().dataFormat(format).build())
                    .layer(new ActivationLayer(Activation.RELU))
                    .layer(new ConvolutionLayer.Builder(3, 3).nOut(7).activation(Activation.LEAKYRELU).dilation(2, 2).dataFormat(format).build())
                    .layer(new BatchNormalization.Builder().lockGammaBeta(true).gamma(0.7).beta(0.2).dataFormat(format).build())
                    .layer(new GlobalPoolingLayer(pool))
                    .layer(output())
                    .setInputType(InputType.convolutional(9, 9, 2, format)).build();
            // After some twenty steps two of a maximum's candidates come nearer to each other than the last digit, and with AVX2 the other one wins.
            Twins.assertSame(c, i -> images(i, format, 2, 9, 9), pool == PoolingType.MAX ? 20 : 50);
        }
    }

    @ParameterizedTest @ValueSource(booleans = {false, true})
    void paddedAveragePooling_matchesStock(boolean counted) {
        MultiLayerConfiguration c = list()
                .layer(new ConvolutionLayer.Builder(2, 2).nOut(6).build())
                .layer(new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(3, 3).stride(2, 2).padding(1, 1).avgPoolIncludePadInDivisor(counted).build())
                .layer(output())
                .setInputType(InputType.convolutional(8, 8, 2)).build();
        Twins.assertSame(c, i -> images(i, CNN2DFormat.NCHW, 2, 8, 8), 50);
    }

    @Test void rowsAsImages_matchStock() {
        MultiLayerConfiguration c = list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(16).activation(Activation.RELU).build())
                .layer(new SubsamplingLayer.Builder(PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(output())
                .setInputType(InputType.convolutionalFlat(10, 8, 2)).build();
        Twins.assertSame(c, i -> labelled(i, Twins.numbers(new Random(i), batch(i), 160)), 50);
    }

    @ParameterizedTest @EnumSource(value = ConvolutionMode.class, names = {"Truncate", "Same"})
    void convolutionOverTime_matchesStock(ConvolutionMode mode) {
        MultiLayerConfiguration c = list()
                .layer(new Convolution1DLayer.Builder(3).nOut(9).activation(Activation.RELU).convolutionMode(mode).build())
                .layer(new Subsampling1DLayer.Builder(PoolingType.MAX).kernelSize(2).stride(2).convolutionMode(mode).build())
                .layer(new Convolution1DLayer.Builder(2).nOut(5).convolutionMode(mode).build())
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(output())
                .setInputType(InputType.recurrent(4, 12)).build();
        Twins.assertSame(c, i -> labelled(i, Twins.numbers(new Random(i), batch(i), 4, 12)), 50);
    }

    /** Random depth, widths, kernels, strides, formats. */
    @ParameterizedTest @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void drawnArchitecture_matchesStock(int seed) {
        Random random = new Random(seed);
        CNN2DFormat format = random.nextBoolean() ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
        int channels = 1 + random.nextInt(6);
        int size = 10 + random.nextInt(8);
        Activation[] activations = {Activation.RELU, Activation.TANH, Activation.ELU, Activation.GELU, Activation.SIGMOID};
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().seed(seed).updater(new Adam(1e-3)).l2(1e-3).list();
        int depth = 1 + random.nextInt(3);
        for (int d = 0; d < depth; d++) {
            int kernel = 1 + random.nextInt(4);
            list.layer(new ConvolutionLayer.Builder(kernel, kernel).nOut(1 + random.nextInt(40)).stride(1 + random.nextInt(2), 1).dataFormat(format)
                    .convolutionMode(ConvolutionMode.Same).activation(activations[random.nextInt(activations.length)]).build());
            if (random.nextBoolean()) list.layer(new BatchNormalization.Builder().dataFormat(format).build());
            if (random.nextBoolean())
                list.layer(new SubsamplingLayer.Builder(random.nextBoolean() ? PoolingType.MAX : PoolingType.AVG).kernelSize(2, 2).stride(2, 2).dataFormat(format).build());
        }
        if (random.nextBoolean()) list.layer(new DenseLayer.Builder().nOut(1 + random.nextInt(30)).activation(Activation.SELU).build());
        MultiLayerConfiguration c = list.layer(output()).setInputType(InputType.convolutional(size, size, channels, format)).build();
        Twins.assertSame(c, i -> images(i, format, channels, size, size), 50);
    }
}
