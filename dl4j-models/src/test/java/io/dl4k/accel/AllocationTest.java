package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.dl4k.models.Cnn;
import io.dl4k.models.Mlp;
import io.dl4k.models.Rnn;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** A step leaves next to nothing for the collector, and nothing for the natives' deallocator. */
class AllocationTest {
    private static final int BATCH = 8;
    private static final int WARM_UP = 50;
    private static final int STEPS = 1_000;
    /** A few short-lived records of the call; an array of the smallest batch would show. */
    private static final long BYTES_A_STEP = 2_000;
    private static final int MIXED_BATCH = 128;
    /** What DL4J's layers leave until the next collection, in 1,000 steps: numbers and shapes, 100 to 600 bytes a step. Its activations, which
     *  belong into a workspace, would be 8 KiB and more. */
    private static final long MIXED_BYTES = 2_000_000;

    private static DataSet batch(INDArray features) {
        return new DataSet(features, Twins.classes(new Random(1), (int) features.size(0), 1, 3).getLabels());
    }

    @ParameterizedTest @ValueSource(strings = {"mlp", "cnn", "lstm", "text"})
    void step_ofABoundNetwork_allocatesNextToNothing(String kind) {
        MultiLayerNetwork net = switch (kind) {
            case "mlp" -> Mlp.classifier(20, 3).hidden(32, 16).dropout(0.2).batchNorm().l2(0.01).build();
            case "cnn" -> Cnn.images(8, 8, 1).conv(8, 3).maxPool(2).dense(16).classes(3).build();
            case "lstm" -> Rnn.features(5).lstm(8).lastStep().classes(3).build();
            default -> Rnn.tokens(30, 8).lstm(8).bidirectional().maxOverTime().classes(3).build();
        };
        DataSet batch = batch(switch (kind) {
            case "mlp" -> Twins.numbers(new Random(1), BATCH, 20);
            case "cnn" -> Twins.numbers(new Random(1), BATCH, 1, 8, 8);
            case "lstm" -> Twins.numbers(new Random(1), BATCH, 5, 6);
            default -> Nd4j.ones(BATCH, 6);
        });
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        try (Accelerated fast = Twins.accelerate(net).threads(1)) {
            for (int i = 0; i < WARM_UP; i++) fast.step(batch);
            long pointers = Pointer.totalCount();
            long outside = Pointer.totalBytes();
            long programs = fast.bytes();
            long before = threads.getThreadAllocatedBytes(self);
            for (int i = 0; i < STEPS; i++) fast.step(batch);
            long each = (threads.getThreadAllocatedBytes(self) - before) / STEPS;
            assertTrue(each < BYTES_A_STEP, () -> each + " bytes a step on the heap");
            assertEquals(programs, fast.bytes());
            // Others may free pointers meanwhile, but the steps make none.
            assertTrue(Pointer.totalCount() <= pointers, () -> Pointer.totalCount() - pointers + " pointers more");
            assertTrue(Pointer.totalBytes() <= outside, () -> Pointer.totalBytes() - outside + " bytes more outside the heap");
        }
    }

    @Test void step_withAStockLayer_leavesNoActivationsOutsideTheHeap() {
        MultiLayerNetwork net = Twins.net(new NeuralNetConfiguration.Builder().updater(new Adam(0.001)).list().layer(new DenseLayer.Builder().nIn(20).nOut(32).build())
                .layer(new DenseLayer.Builder().nIn(32).nOut(16).hasLayerNorm(true).build())
                .layer(new OutputLayer.Builder().nIn(16).nOut(3).activation(Activation.SOFTMAX).build()).build());
        DataSet batch = batch(Twins.numbers(new Random(1), MIXED_BATCH, 20));
        try (Accelerated fast = Twins.accelerate(net).threads(1)) {
            for (int i = 0; i < WARM_UP; i++) fast.step(batch);
            long outside = Pointer.totalBytes();
            for (int i = 0; i < STEPS; i++) fast.step(batch);
            assertTrue(Pointer.totalBytes() <= outside + MIXED_BYTES, () -> Pointer.totalBytes() - outside + " bytes more outside the heap");
        }
    }
}
