package io.dl4k.benchmarks.step;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.tracker.Tracker;
import io.dl4k.accel.check.Network;
import io.dl4k.benchmarks.PyTorch;
import io.dl4k.hardware.Backend;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The same network in DJL, from the stock network's own weights, in PyTorch's layouts: sequences {@code [batch, time, features]}, labels as class numbers. The
 * training loop is that of DJL's {@code EasyTrain} without its metrics.
 */
final class DjlContender implements Contender {
    private final NDManager arrays;
    private final Model model;
    private final Trainer trainer;
    private final Loss loss;
    private final NDArray features;
    private final NDArray labels;
    /** DJL's loss is the mean over time steps too, DL4J's their sum. */
    private final int steps;

    DjlContender(Network network, int batch) {
        arrays = PyTorch.load(Backend.active().orElseThrow());
        model = Model.newInstance(network.name(), Device.cpu(), "PyTorch");
        MultiLayerNetwork net = network.build();
        model.setBlock(DjlNetwork.of(net));
        net.close();
        loss = Loss.softmaxCrossEntropyLoss("loss", 1, -1, true, true);
        trainer = model.newTrainer(new DefaultTrainingConfig(loss).optDevices(new Device[] {Device.cpu()})
            .optOptimizer(Adam.builder().optLearningRateTracker(Tracker.fixed(1e-3f)).build()));
        features = features(network.rows(batch).getFeatures());
        int[] y = network.classes(batch);
        steps = y.length / batch;
        labels = arrays.create(y).toType(DataType.INT64, false);
        trainer.initialize(features.getShape());
    }

    private NDArray features(INDArray rows) {
        INDArray ours = (rows.rank() == 3 ? rows.permute(0, 2, 1) : rows).dup('c');
        NDArray array = arrays.create(ours.data().asFloat(), new Shape(ours.shape()));
        return rows.rank() == 2 && rows.size(1) == Network.STEPS ? array.toType(DataType.INT64, false) : array;
    }

    @Override
    public double trainingStep() {
        double score = forwardAndBackward();
        trainer.step();
        return score;
    }

    /** Without a gradient collector, so that PyTorch records nothing for a backward pass. */
    @Override
    public double forward() {
        try (NDManager step = arrays.newSubManager()) {
            step.tempAttachAll(features, labels);
            return (double) meanLoss().getFloat() * steps;
        }
    }

    @Override
    public double forwardAndBackward() {
        try (NDManager step = arrays.newSubManager(); GradientCollector gradients = trainer.newGradientCollector()) {
            step.tempAttachAll(features, labels);
            NDArray mean = meanLoss();
            gradients.backward(mean);
            return (double) mean.getFloat() * steps;
        }
    }

    private NDArray meanLoss() {
        NDArray predicted = trainer.forward(new NDList(features)).singletonOrThrow();
        // DJL's loss takes one axis of rows.
        if (steps > 1) predicted = predicted.reshape(-1, predicted.getShape().get(2));
        return loss.evaluate(new NDList(labels), new NDList(predicted));
    }

    @Override
    public float inference() {
        try (NDManager step = arrays.newSubManager()) {
            step.tempAttachAll(features);
            return trainer.evaluate(new NDList(features)).singletonOrThrow().softmax(-1).flatten().getFloat(0);
        }
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
        arrays.close();
    }
}
