package io.dl4k.accel;

import java.util.Random;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;

class DenseParityTest {
    private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder().seed(7).updater(updater).activation(Activation.TANH);
    }

    private static DataSet rows(int i, int inputs, int classes) {
        return Twins.classes(new Random(i), i % 3 == 2 ? 5 : 16, inputs, classes);
    }

    @ParameterizedTest @EnumSource(value = Activation.class, names = {"IDENTITY", "RELU", "LEAKYRELU", "ELU", "SELU", "SIGMOID", "TANH", "HARDSIGMOID", "HARDTANH", "SOFTPLUS",
            "MISH", "SWISH", "GELU", "SOFTMAX"})
    void dense_everyActivation_matchesStock(Activation activation) {
        MultiLayerConfiguration c = builder(new Sgd(0.05)).list()
                .layer(new DenseLayer.Builder().nIn(7).nOut(13).activation(activation).build())
                .layer(new DenseLayer.Builder().nIn(13).nOut(11).hasBias(false).activation(activation).build())
                .layer(new OutputLayer.Builder(new LossMCXENT()).nIn(11).nOut(3).activation(Activation.SOFTMAX).build()).build();
        Twins.assertSame(c, i -> rows(i, 7, 3), 50);
    }

    @ParameterizedTest @ValueSource(strings = {"sgd", "nesterovs", "adam", "rmsprop", "adagrad"})
    void updater_fiftySteps_matchesStock(String name) {
        IUpdater updater = switch (name) {
            case "sgd" -> new Sgd(0.1);
            case "nesterovs" -> new Nesterovs(0.05, 0.9);
            case "adam" -> new Adam(0.003);
            case "rmsprop" -> new RmsProp(0.002);
            default -> new AdaGrad(0.05);
        };
        MultiLayerConfiguration c = builder(updater).list()
                .layer(new DenseLayer.Builder().nIn(9).nOut(33).build())
                .layer(new BatchNormalization.Builder().nIn(33).nOut(33).build())
                .layer(new ActivationLayer(Activation.RELU))
                .layer(new DenseLayer.Builder().nIn(33).nOut(20).updater(new Sgd(0.01)).build())
                .layer(new OutputLayer.Builder(new LossMCXENT()).nIn(20).nOut(4).activation(Activation.SOFTMAX).build()).build();
        Twins.assertSame(c, i -> rows(i, 9, 4), 50);
    }

    @ParameterizedTest @EnumSource(GradientNormalization.class)
    void gradientNormalization_withPenalties_matchesStock(GradientNormalization mode) {
        MultiLayerConfiguration c = builder(new Nesterovs(0.02, 0.9)).l2(0.01).l1(0.002).gradientNormalization(mode).gradientNormalizationThreshold(0.05).list()
                .layer(new DenseLayer.Builder().nIn(6).nOut(15).build())
                .layer(new DenseLayer.Builder().nIn(15).nOut(15).l2Bias(0.03).build())
                .layer(new OutputLayer.Builder(new LossMCXENT()).nIn(15).nOut(3).activation(Activation.SOFTMAX).build()).build();
        Twins.assertSame(c, i -> rows(i, 6, 3), 50);
    }

    @Test void weightDecay_sumsNotMeans_matchesStock() {
        MultiLayerConfiguration c = builder(new Adam(0.002)).weightDecay(0.05).miniBatch(true).list()
                .layer(new DenseLayer.Builder().nIn(6).nOut(15).build())
                .layer(new OutputLayer.Builder(new LossMCXENT()).nIn(15).nOut(3).activation(Activation.SOFTMAX).build()).build();
        Twins.assertSame(c, i -> rows(i, 6, 3), 50);
    }

    @ParameterizedTest @ValueSource(strings = {"mcxent", "mcxentSigmoid", "xent", "mse", "mae", "l1", "l2", "mseSoftmax"})
    void loss_withAndWithoutWeights_matchesStock(String name) {
        for (boolean weighted : new boolean[] {false, true}) {
            INDArray w = weighted ? Nd4j.createFromArray(0.5f, 2f, 1.25f) : null;
            ILossFunction loss = switch (name) {
                case "mcxent", "mcxentSigmoid" -> new LossMCXENT(w);
                case "xent" -> new LossBinaryXENT(w);
                case "mae" -> new LossMAE(w);
                case "l1" -> new LossL1(w);
                case "l2" -> new LossL2(w);
                default -> new LossMSE(w);
            };
            Activation a = switch (name) {
                case "mcxent", "mseSoftmax" -> Activation.SOFTMAX;
                case "xent", "mcxentSigmoid" -> Activation.SIGMOID;
                default -> Activation.IDENTITY;
            };
            MultiLayerConfiguration c = builder(new Sgd(0.02)).list()
                    .layer(new DenseLayer.Builder().nIn(6).nOut(15).build())
                    .layer(new OutputLayer.Builder(loss).nIn(15).nOut(3).activation(a).build()).validateOutputLayerConfig(false).build();
            Twins.assertSame(c, i -> rows(i, 6, 3), 50);
        }
    }
}
