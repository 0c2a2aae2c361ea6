package io.dl4k.training;

import io.dl4k.data.BatchSource;
import io.dl4k.metrics.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Tiny networks and rows that tests of training share. */
final class Fixtures {

    private Fixtures() {}

    /** Rows in memory; with a seed, shuffled for each epoch. */
    record Rows(float[][] features, float[][] labels, int batchSize, Long seed) implements BatchSource {

        Rows(float[][] features, float[][] labels, int batchSize) {
            this(features, labels, batchSize, null);
        }

        @Override
        public int rows() {
            return features.length;
        }

        @Override
        public int batches() {
            return (features.length + batchSize - 1) / batchSize;
        }

        DataSet batch(List<Integer> rows) {
            float[][] x = rows.stream().map(row -> features[row]).toArray(float[][]::new);
            float[][] y = labels == null ? null : rows.stream().map(row -> labels[row]).toArray(float[][]::new);
            return new DataSet(Nd4j.createFromArray(x), y == null ? null : Nd4j.createFromArray(y));
        }

        @Override
        public Cursor open(int epoch) {
            List<Integer> order = new ArrayList<>();
            for (int row = 0; row < features.length; row++) {
                order.add(row);
            }
            if (seed != null) {
                Collections.shuffle(order, new Random(seed + epoch));
            }
            return new Cursor() {
                private int at;

                @Override
                public DataSet next() {
                    if (at == order.size()) {
                        return null;
                    }
                    int to = Math.min(order.size(), at + batchSize);
                    DataSet batch = batch(order.subList(at, to));
                    at = to;
                    return batch;
                }

                @Override
                public void close() {
                    // Nothing is held.
                }
            };
        }
    }

    /** A metric whose scores are given beforehand. */
    record Scripted(boolean higherIsBetter, DoubleSupplier scores) implements Metric {

        Scripted(boolean higherIsBetter, double... scores) {
            this(higherIsBetter, Arrays.stream(scores).iterator()::nextDouble);
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public double score(float[][] predictions, float[][] targets) {
            return scores.getAsDouble();
        }
    }

    static float[][] column(double... values) {
        float[][] rows = new float[values.length][1];
        for (int row = 0; row < values.length; row++) {
            rows[row][0] = (float) values[row];
        }
        return rows;
    }

    /** {@code output = w * input}, squared error, w from 0: everything can be worked out by hand. */
    static MultiLayerNetwork line(IUpdater updater) {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .updater(updater)
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY).hasBias(false).nIn(1).nOut(1).build())
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(configuration);
        net.init();
        net.params().assign(0);
        return net;
    }

    /** Three inputs, two classes, with batch norm and dropout (the share kept; 1 for none). */
    static MultiLayerConfiguration classifier(IUpdater updater, double kept) {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(8).activation(Activation.TANH).build())
                .layer(new BatchNormalization.Builder().nOut(8).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX).nIn(8).nOut(2).dropOut(kept).build())
                .build();
    }

    static MultiLayerNetwork initialised(MultiLayerConfiguration configuration) {
        MultiLayerNetwork net = new MultiLayerNetwork(configuration);
        net.init();
        return net;
    }

    /** Random rows for {@link #classifier}: the class is whether the first two inputs sum above 0. */
    static Rows twoClasses(int rows, int batchSize, Long seed) {
        Random random = new Random(5);
        float[][] x = new float[rows][3];
        float[][] y = new float[rows][2];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < 3; column++) {
                x[row][column] = (float) random.nextGaussian();
            }
            y[row][x[row][0] + x[row][1] > 0 ? 1 : 0] = 1;
        }
        return new Rows(x, y, batchSize, seed);
    }

    static float[] weights(Model net) {
        return net.params().dup().data().asFloat();
    }
}
