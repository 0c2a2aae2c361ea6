package io.dl4k.kaggle.explain;

import io.dl4k.accel.Accelerated;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Training step by step with every loss kept. */
final class Fit {
    private Fit() {
    }

    /** Rows and their labels as one batch. */
    static DataSet batch(float[][] features, float[][] labels) {
        return new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
    }

    /** One network, one batch a step in turn, and the loss of each step before its update; ends early where the loss is no longer finite. */
    static List<Double> losses(MultiLayerNetwork net, List<DataSet> batches, int steps) {
        List<Double> losses = new ArrayList<>();
        run(net, batches, steps, losses::add);
        return losses;
    }

    /** Told the loss of a step before its update. The network holds the updated parameters by then. */
    @FunctionalInterface
    interface Step {
        void done(double loss);
    }

    /** One network, one batch a step in turn; ends early where the loss is no longer finite, which is not told. */
    static void run(MultiLayerNetwork net, List<DataSet> batches, int steps, Step step) {
        run(net, batches, steps, false, (loss, norm) -> step.done(loss));
    }

    /** Losses of each step, and norms of the gradient before any clipping, both before the step's update. */
    record Measured(List<Double> losses, List<Double> norms) {
    }

    /** As {@link #losses}, with the gradient's norms. */
    static Measured measured(MultiLayerNetwork net, List<DataSet> batches, int steps) {
        Measured measured = new Measured(new ArrayList<>(), new ArrayList<>());
        run(net, batches, steps, true, (loss, norm) -> {
            measured.losses().add(loss);
            measured.norms().add(norm);
        });
        return measured;
    }

    @FunctionalInterface
    private interface MeasuredStep {
        void done(double loss, double norm);
    }

    private static void run(MultiLayerNetwork net, List<DataSet> batches, int steps, boolean norms, MeasuredStep step) {
        // Networks this small are slower on more threads.
        Optional<Accelerated> found = Accelerated.of(net).map(fast -> fast.threads(1));
        try {
            for (int i = 0; i < steps; i++) {
                DataSet batch = batches.get(i % batches.size());
                double norm = norms ? norm(net, found, batch) : Double.NaN;
                double loss;
                if (found.isPresent()) {
                    loss = found.get().step(batch);
                } else {
                    net.fit(batch);
                    loss = net.score();
                }
                if (!Double.isFinite(loss)) {
                    return;
                }
                step.done(loss, norm);
            }
        } finally {
            found.ifPresent(Accelerated::close);
        }
    }

    private static double norm(MultiLayerNetwork net, Optional<Accelerated> found, DataSet batch) {
        if (found.isPresent()) {
            found.get().gradient(batch);
            return net.getFlattenedGradients().norm2Number().doubleValue();
        }
        net.setInput(batch.getFeatures());
        net.setLabels(batch.getLabels());
        net.computeGradientAndScore();
        return net.getFlattenedGradients().norm2Number().doubleValue() / batch.getFeatures().size(0);
    }

    /** The network's outputs, one list a row. */
    static double[][] outputs(MultiLayerNetwork net, INDArray features) {
        return net.output(features).castTo(org.nd4j.linalg.api.buffer.DataType.DOUBLE).toDoubleMatrix();
    }

    /** Rows in batches, shuffled once. */
    static List<DataSet> batches(float[][] features, float[][] labels, int size, long seed) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < features.length; i++) {
            order.add(i);
        }
        java.util.Collections.shuffle(order, new Random(seed));
        List<DataSet> batches = new ArrayList<>();
        for (int from = 0; from + size <= order.size(); from += size) {
            float[][] x = new float[size][];
            float[][] y = new float[size][];
            for (int i = 0; i < size; i++) {
                x[i] = features[order.get(from + i)];
                y[i] = labels[order.get(from + i)];
            }
            batches.add(batch(x, y));
        }
        return batches;
    }
}
