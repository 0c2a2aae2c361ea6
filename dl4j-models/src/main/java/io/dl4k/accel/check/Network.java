package io.dl4k.accel.check;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The networks of the benchmarks, each written with stock builders as a DL4J user writes it. Adam at 1e-3, softmax, cross entropy, nothing else. */
public enum Network {
    /** 784-512-512-10. */
    MLP(InputType.feedForward(784), 10) {
        @Override
        List<Layer> layers() {
            return List.of(dense(512), dense(512), output());
        }
    },
    /** conv32-pool-conv64-pool-dense128-10 on 28x28x1, windows 3x3, edges padded. */
    CNN(InputType.convolutional(28, 28, 1), 10) {
        @Override
        List<Layer> layers() {
            return List.of(convolution(32, Activation.RELU), pool(), convolution(64, Activation.RELU), pool(), dense(128), output());
        }
    },
    /** Three times (conv, batch norm, ReLU, conv, batch norm, ReLU, pool) of 32, 64 and 128 channels, dense256-10, on 32x32x3. */
    DEEP_CNN(InputType.convolutional(32, 32, 3), 10) {
        @Override
        List<Layer> layers() {
            return List.of(convolution(32, Activation.IDENTITY), norm(), relu(), convolution(32, Activation.IDENTITY), norm(), relu(), pool(),
                convolution(64, Activation.IDENTITY), norm(), relu(), convolution(64, Activation.IDENTITY), norm(), relu(), pool(),
                convolution(128, Activation.IDENTITY), norm(), relu(), convolution(128, Activation.IDENTITY), norm(), relu(), pool(),
                dense(256), output());
        }
    },
    /** 64 features, LSTM 128, 10 classes at each of 50 steps. */
    LSTM(InputType.recurrent(64, Size.STEPS), 10) {
        @Override
        List<Layer> layers() {
            return List.of(lstm(128), new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(10).activation(Activation.SOFTMAX).build());
        }
    },
    /** 50 of 10,000 words, embedding 64, bidirectional LSTM 128, the largest over time, 2 classes. */
    TEXT_LSTM(InputType.recurrent(Size.WORDS, Size.STEPS), 2) {
        @Override
        List<Layer> layers() {
            return List.of(new EmbeddingSequenceLayer.Builder().nIn(Size.WORDS).nOut(64).build(), new Bidirectional(lstm(128)),
                new GlobalPoolingLayer(PoolingType.MAX), output());
        }
    };

    /** Time steps of the sequences. */
    public static final int STEPS = Size.STEPS;
    /** Words of the text network. */
    static final int WORDS = Size.WORDS;
    private static final long SEED = 42;

    private final InputType input;
    private final int classes;

    Network(InputType input, int classes) {
        this.input = input;
        this.classes = classes;
    }

    /** Apart, since the constructors' arguments cannot read the enum's own constants. */
    private static final class Size {
        static final int STEPS = 50;
        static final int WORDS = 10_000;
    }

    abstract List<Layer> layers();

    /** The network with its first weights, the same each time. */
    public MultiLayerNetwork build() {
        var list = new NeuralNetConfiguration.Builder().seed(SEED).updater(new Adam(1e-3)).weightInit(WeightInit.XAVIER).list();
        layers().forEach(list::layer);
        var net = new MultiLayerNetwork(list.setInputType(input).build());
        net.init();
        return net;
    }

    /** Rows drawn from the seed, in DL4J's layouts: {@code [batch, features]}, NCHW, {@code [batch, features, time]}, words {@code [batch, time]}. */
    public DataSet rows(int batch) {
        INDArray features;
        if (this == TEXT_LSTM) {
            var random = new SplittableRandom(SEED);
            features = Nd4j.create(floats(batch * Size.STEPS, () -> random.nextInt(Size.WORDS)), new long[] {batch, Size.STEPS}, 'c');
        } else {
            long[] shape = input.getShape(true);
            shape[0] = batch;
            var random = new Random(SEED);
            features = Nd4j.create(floats(Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact)), () -> (float) random.nextGaussian()), shape, 'c');
        }
        int[] y = classes(batch);
        INDArray labels = this == LSTM ? Nd4j.zeros(batch, classes, Size.STEPS) : Nd4j.zeros(batch, classes);
        for (int i = 0; i < y.length; i++) {
            if (this == LSTM) labels.putScalar(i / Size.STEPS, y[i], i % Size.STEPS, 1);
            else labels.putScalar(i, y[i], 1);
        }
        return new DataSet(features, labels);
    }

    /** The rows' classes; for the per-step network row after row, step after step. */
    public int[] classes(int batch) {
        var random = new SplittableRandom(SEED + 1);
        return random.ints(this == LSTM ? (long) batch * Size.STEPS : batch, 0, classes).toArray();
    }

    private interface Draw {
        float next();
    }

    private static float[] floats(int n, Draw draw) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) values[i] = draw.next();
        return values;
    }

    private static Layer dense(int units) {
        return new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build();
    }

    Layer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(classes).activation(Activation.SOFTMAX).build();
    }

    private static Layer convolution(int channels, Activation activation) {
        return new ConvolutionLayer.Builder(3, 3).nOut(channels).convolutionMode(ConvolutionMode.Same).activation(activation).build();
    }

    private static Layer norm() {
        return new BatchNormalization();
    }

    private static Layer relu() {
        return new ActivationLayer(Activation.RELU);
    }

    private static Layer pool() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2}).build();
    }

    private static org.deeplearning4j.nn.conf.layers.LSTM lstm(int units) {
        return new org.deeplearning4j.nn.conf.layers.LSTM.Builder().nOut(units).activation(Activation.TANH).build();
    }
}
