package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class RecurrentParityTest {
    private static final int CLASSES = 3;
    private static final int INPUTS = 5;
    private static final int STEPS = 5;

    private static NeuralNetConfiguration.ListBuilder list() {
        return new NeuralNetConfiguration.Builder().seed(5).updater(new Sgd(0.05)).activation(Activation.TANH)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer).gradientNormalizationThreshold(1).list();
    }

    private static RnnOutputLayer everyStep() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }

    private static OutputLayer once() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }

    private static int batch(int i) {
        return i % 3 == 2 ? 3 : 6;
    }

    private static int steps(int i) {
        return i % 4 == 3 ? 3 : STEPS;
    }

    private static INDArray stepLabels(Random random, int batch, int steps) {
        INDArray labels = Nd4j.zeros(batch, CLASSES, steps);
        for (int n = 0; n < batch; n++) for (int t = 0; t < steps; t++) labels.putScalar(n, random.nextInt(CLASSES), t, 1);
        return labels;
    }

    private static DataSet sequences(int i, boolean labelEveryStep) {
        Random random = new Random(i);
        INDArray features = Twins.numbers(random, batch(i), INPUTS, steps(i));
        return new DataSet(features, labelEveryStep ? stepLabels(random, batch(i), steps(i)) : Twins.classes(random, batch(i), 1, CLASSES).getLabels());
    }

    @Test void lstm_everyStep_matchesStock() {
        MultiLayerConfiguration c = list().layer(new LSTM.Builder().nOut(6).build()).layer(new LSTM.Builder().nOut(9).build()).layer(everyStep())
                .setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> sequences(i, true), 50);
    }

    @Test void lstm_labelMask_matchesStock() {
        MultiLayerConfiguration c = list().layer(new LSTM.Builder().nOut(6).build()).layer(everyStep()).setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> {
            DataSet d = sequences(i, true);
            INDArray mask = Nd4j.zeros(batch(i), steps(i));
            Random random = new Random(i);
            for (int n = 0; n < batch(i); n++) for (int t = 0; t < steps(i); t++) mask.putScalar(n, t, random.nextInt(2));
            d.setLabelsMaskArray(mask);
            return d;
        }, 50);
    }

    @ParameterizedTest @EnumSource(Bidirectional.Mode.class)
    void bidirectional_everyMode_matchesStock(Bidirectional.Mode mode) {
        MultiLayerConfiguration c = list().layer(new Bidirectional(mode, new LSTM.Builder().nOut(6).build())).layer(new Bidirectional(mode, new SimpleRnn.Builder().nOut(4).build()))
                .layer(everyStep()).setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> sequences(i, true), 50);
    }

    /** The first kind takes its derivative from the output, the second from the input. */
    @ParameterizedTest @EnumSource(value = Activation.class, names = {"RELU", "LEAKYRELU", "ELU", "SIGMOID", "IDENTITY", "HARDTANH", "GELU", "SWISH", "SOFTPLUS"})
    void lstm_otherActivations_matchStock(Activation activation) {
        MultiLayerConfiguration c = list().layer(new LSTM.Builder().nOut(6).activation(activation).build())
                .layer(new LSTM.Builder().nOut(5).activation(activation).gateActivationFunction(Activation.HARDSIGMOID).build())
                .layer(new LSTM.Builder().nOut(5).gateActivationFunction(Activation.IDENTITY).build()).layer(everyStep())
                .setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> sequences(i, true), 50);
    }

    @ParameterizedTest @ValueSource(ints = {1, 2, 8, 9})
    void lanes_matchOneThread(int rows) {
        int steps = 7;
        MultiLayerConfiguration c = list().layer(new Bidirectional(Bidirectional.Mode.CONCAT, new LSTM.Builder().nOut(40).build()))
                .layer(new SimpleRnn.Builder().nOut(64).activation(Activation.SWISH).build()).layer(everyStep()).setInputType(InputType.recurrent(60)).build();
        Random random = new Random(rows);
        DataSet batch = new DataSet(Twins.numbers(random, rows, 60, steps), stepLabels(random, rows, steps));
        MultiLayerNetwork one = Twins.net(c);
        MultiLayerNetwork three = Twins.net(c);
        try (Accelerated alone = Twins.accelerate(one).threads(1); Accelerated side = Twins.accelerate(three).threads(3)) {
            Twins.assertClose("output", alone.output(batch.getFeatures()), side.output(batch.getFeatures()), 1e-5, 1e-6);
            alone.gradient(batch);
            side.gradient(batch);
            Twins.assertClose("gradient", one.getFlattenedGradients(), three.getFlattenedGradients(), 1e-4, 1e-6);
            INDArray first = three.getFlattenedGradients().dup();
            side.gradient(batch);
            assertEquals(first, three.getFlattenedGradients(), "the same bytes again");
        }
    }

    @ParameterizedTest @EnumSource(value = Activation.class, names = {"TANH", "RELU", "SIGMOID", "GELU", "IDENTITY"})
    void simpleRnn_lastStep_matchesStock(Activation activation) {
        MultiLayerConfiguration c = list().layer(new SimpleRnn.Builder().nOut(8).activation(activation).build())
                .layer(new LastTimeStep(new SimpleRnn.Builder().nOut(6).activation(activation).build())).layer(once()).setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> sequences(i, false), 50);
    }

    @ParameterizedTest @EnumSource(value = PoolingType.class, names = {"MAX", "AVG", "SUM"})
    void poolOverTime_matchesStock(PoolingType pool) {
        MultiLayerConfiguration c = list().layer(new LSTM.Builder().nOut(8).build()).layer(new GlobalPoolingLayer(pool)).layer(new DenseLayer.Builder().nOut(5).build()).layer(once())
                .setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> sequences(i, false), 50);
    }

    @Test void lastStepOfBidirectional_matchesStock() {
        MultiLayerConfiguration c = list().layer(new LastTimeStep(new Bidirectional(Bidirectional.Mode.CONCAT, new LSTM.Builder().nOut(8).build()))).layer(once())
                .setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> sequences(i, false), 50);
    }

    @Test void denseBetweenSteps_matchesStock() {
        MultiLayerConfiguration c = list().layer(new DenseLayer.Builder().nOut(7).activation(Activation.GELU).build()).layer(new LSTM.Builder().nOut(6).build())
                .layer(new DenseLayer.Builder().nOut(7).build()).layer(everyStep()).setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> sequences(i, true), 50);
    }

    private static DataSet tokens(int i, boolean rank3) {
        Random random = new Random(i);
        INDArray tokens = rank3 ? Nd4j.create(batch(i), 1, steps(i)) : Nd4j.create(batch(i), steps(i));
        for (int k = 0; k < tokens.length(); k++) tokens.data().put(k, random.nextInt(20));
        return new DataSet(tokens, Twins.classes(random, batch(i), 1, CLASSES).getLabels());
    }

    @ParameterizedTest @ValueSource(booleans = {false, true})
    void embeddingSequence_bidirectional_matchesStock(boolean rank3) {
        MultiLayerConfiguration c = list().layer(new EmbeddingSequenceLayer.Builder().nIn(20).nOut(6).activation(Activation.IDENTITY).hasBias(rank3).build())
                .layer(new Bidirectional(Bidirectional.Mode.CONCAT, new LSTM.Builder().nIn(6).nOut(5).build())).layer(new GlobalPoolingLayer(PoolingType.MAX))
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(10).nOut(CLASSES).activation(Activation.SOFTMAX).build()).build();
        Twins.assertSame(c, i -> tokens(i, rank3), 50);
    }

    @Test void embedding_oneToken_matchesStock() {
        MultiLayerConfiguration c = list().layer(new EmbeddingLayer.Builder().nIn(12).nOut(6).hasBias(true).activation(Activation.TANH).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(6).nOut(CLASSES).activation(Activation.SOFTMAX).build()).build();
        Twins.assertSame(c, i -> {
            Random random = new Random(i);
            INDArray token = Nd4j.create(batch(i), 1);
            for (int k = 0; k < batch(i); k++) token.putScalar(k, random.nextInt(12));
            return new DataSet(token, Twins.classes(random, batch(i), 1, CLASSES).getLabels());
        }, 50);
    }

    @ParameterizedTest @ValueSource(ints = {1, 2, 3, 4})
    void drawnArchitecture_matchesStock(int seed) {
        Random random = new Random(seed);
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().seed(seed).updater(new Adam(2e-3)).activation(Activation.TANH).list();
        int depth = 1 + random.nextInt(2);
        for (int d = 0; d < depth; d++) {
            LSTM lstm = new LSTM.Builder().nOut(1 + random.nextInt(40)).forgetGateBiasInit(random.nextDouble()).build();
            if (random.nextBoolean()) list.layer(lstm);
            else list.layer(new Bidirectional(Bidirectional.Mode.values()[random.nextInt(4)], lstm));
        }
        MultiLayerConfiguration c = list.layer(everyStep()).setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> sequences(i, true), 50);
    }

    private static DataSet padded(int i, DataSet d) {
        INDArray mask = Nd4j.ones(batch(i), steps(i));
        Random random = new Random(i);
        for (int n = 0; n < batch(i); n++) for (int t = 1 + random.nextInt(steps(i)); t < steps(i); t++) mask.putScalar(n, t, 0);
        d.setFeaturesMaskArray(mask);
        return d;
    }

    @ParameterizedTest @EnumSource(value = PoolingType.class, names = {"MAX", "AVG"})
    void paddedTokens_bidirectionalPooled_matchStock(PoolingType pool) {
        MultiLayerConfiguration c = list().layer(new EmbeddingSequenceLayer.Builder().nIn(20).nOut(6).activation(Activation.IDENTITY).build())
                .layer(new Bidirectional(Bidirectional.Mode.CONCAT, new LSTM.Builder().nIn(6).nOut(5).build())).layer(new GlobalPoolingLayer(pool))
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(10).nOut(CLASSES).activation(Activation.SOFTMAX).build()).build();
        Twins.assertSame(c, i -> padded(i, tokens(i, false)), 50);
    }

    @ParameterizedTest @ValueSource(strings = {"lstm", "simple"})
    void paddedSequences_lastStep_matchStock(String kind) {
        MultiLayerConfiguration c = list().layer(new LSTM.Builder().nOut(6).build())
                .layer(new LastTimeStep(kind.equals("lstm") ? new LSTM.Builder().nOut(8).build() : new SimpleRnn.Builder().nOut(8).build())).layer(once())
                .setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> padded(i, sequences(i, false)), 50);
    }

    @Test void paddedSequences_everyStep_matchStock() {
        MultiLayerConfiguration c = list().layer(new LSTM.Builder().nOut(6).build()).layer(everyStep()).setInputType(InputType.recurrent(INPUTS)).build();
        Twins.assertSame(c, i -> {
            DataSet d = padded(i, sequences(i, true));
            d.setLabelsMaskArray(d.getFeaturesMaskArray());
            return d;
        }, 50);
    }
}
