package io.dl4k.training;

import static io.dl4k.training.Fixtures.classifier;
import static io.dl4k.training.Fixtures.initialised;
import static io.dl4k.training.Fixtures.twoClasses;
import static io.dl4k.training.Fixtures.weights;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.accel.cuda.EmulatedGpu;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Precision;
import io.dl4k.metrics.Metrics;
import io.dl4k.models.Schedule;
import io.dl4k.training.Fixtures.Rows;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Whole trainings on emulated GPUs, which work by themselves: the next step begins before the last one's loss is known. */
class GpuTrainingTest {
    private static final int BATCH = 12;
    private static final Rows ROWS = twoClasses(5 * BATCH + 5, BATCH, 3L);
    private static final Rows HELD = twoClasses(30, BATCH, null);

    @BeforeAll
    static void emulator() {
        Assumptions.assumeTrue(EmulatedGpu.missing().isEmpty(), () -> EmulatedGpu.missing().orElseThrow());
    }

    private static StepEngine gpu(Network network) {
        return AcceleratedEngine.of(network, OptionalInt.empty(), EmulatedGpu::open);
    }

    private static TrainingPlan plan(int epochs) {
        return TrainingPlan.epochs(epochs).withSchedule(new Schedule.Cosine(0.02, 2, 18, 0.001)).withEarlyStopping(EarlyStopping.onLoss(5));
    }

    private static MultiLayerNetwork net(double kept) {
        return initialised(classifier(new Adam(0.02), kept));
    }

    private static List<TrainingEvent> train(MultiLayerNetwork net, TrainingPlan plan, Function<Network, StepEngine> engines, TrainingKeeper keeper) {
        List<TrainingEvent> events = new ArrayList<>();
        new Trainer(plan, events::add, engines, System::nanoTime).train(net, ROWS, Optional.of(new Validation(HELD, HELD.labels(), Metrics.ACCURACY)), keeper);
        return events;
    }

    private static List<TrainingEvent> train(MultiLayerNetwork net, Function<Network, StepEngine> engines) {
        return train(net, plan(3), engines, TrainingKeeper.none());
    }

    private static List<TrainingEvent.StepDone> steps(List<TrainingEvent> events) {
        return events.stream().filter(TrainingEvent.StepDone.class::isInstance).map(TrainingEvent.StepDone.class::cast).toList();
    }

    /** The same kinds of event in the same order, with the same numbers. */
    @Test
    void train_stepsUnderWay_areToldInOrderAsOnTheProcessor() {
        MultiLayerNetwork one = net(1);
        MultiLayerNetwork other = net(1);
        List<TrainingEvent> expected = train(one, StepEngine::of);
        List<TrainingEvent> found = train(other, GpuTrainingTest::gpu);
        assertEquals(expected.stream().map(Object::getClass).toList(), found.stream().map(Object::getClass).toList());
        List<TrainingEvent.StepDone> there = steps(found);
        assertEquals(18, there.size());
        for (int i = 0; i < there.size(); i++) {
            TrainingEvent.StepDone wanted = steps(expected).get(i);
            assertEquals(wanted.loss(), there.get(i).loss(), 1e-4, "loss of step " + i);
            assertEquals(List.of(wanted.epoch(), wanted.batch(), wanted.step(), wanted.rows(), wanted.learningRate()),
                    List.of(there.get(i).epoch(), there.get(i).batch(), there.get(i).step(), there.get(i).rows(), there.get(i).learningRate()));
        }
        assertArrayEquals(weights(one), weights(other), 2e-3f);
        assertEquals(18, other.getIterationCount());
        float[][] predicted = Predictor.predict(one, HELD);
        List<float[]> rows = new ArrayList<>();
        try (StepEngine engine = gpu(Network.of(one))) {
            Predictor.predict(engine, HELD, rows::add);
            assertEquals(List.of(), engine.leftToStock());
        }
        assertEquals(predicted.length, rows.size());
        for (int row = 0; row < predicted.length; row++) {
            assertArrayEquals(predicted[row], rows.get(row), 1e-5f);
        }
    }

    /** What is kept in the middle of an epoch has no step under way. */
    @Test
    void train_resumed_sameBytes() throws IOException {
        MultiLayerNetwork whole = net(0.8);
        List<byte[]> states = new ArrayList<>();
        train(whole, plan(3), GpuTrainingTest::gpu, keeper(Optional.empty(), states));
        assertTrue(states.size() > 10);
        MultiLayerNetwork resumed = net(0.8);
        TrainingState state = TrainingState.read(new DataInputStream(new ByteArrayInputStream(states.get(8))));
        train(resumed, plan(3), GpuTrainingTest::gpu, keeper(Optional.of(state), new ArrayList<>()));
        assertArrayEquals(weights(whole), weights(resumed), 0f);
    }

    private static TrainingKeeper keeper(Optional<TrainingState> found, List<byte[]> states) {
        return new TrainingKeeper() {
            @Override
            public Optional<TrainingState> found() {
                return found;
            }

            @Override
            public boolean due() {
                return true;
            }

            @Override
            public void keep(TrainingState state) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try {
                    state.write(new DataOutputStream(bytes));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                states.add(bytes.toByteArray());
            }
        };
    }

    @Test
    void gradient_askedFor_isThereFromTheNextStepOn() {
        List<OptionalDouble> norms = new ArrayList<>();
        new Trainer(plan(1), event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                norms.add(step.gradient().norm());
            }
        }, GpuTrainingTest::gpu, System::nanoTime).train(net(1), ROWS, Optional.of(new Validation(HELD, HELD.labels(), Metrics.ACCURACY)));
        List<OptionalDouble> wanted = new ArrayList<>();
        new Trainer(plan(1), event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                wanted.add(step.gradient().norm());
            }
        }, StepEngine::of, System::nanoTime).train(net(1), ROWS, Optional.of(new Validation(HELD, HELD.labels(), Metrics.ACCURACY)));
        assertEquals(OptionalDouble.empty(), norms.get(0));
        // The second was under way when the first was asked.
        for (int i = 2; i < norms.size(); i++) {
            assertEquals(wanted.get(i).getAsDouble(), norms.get(i).getAsDouble(), 1e-4);
        }
    }

    @Test
    void train_batchWithNaN_isNamedThoughTheNextStepHasBegun() {
        Rows wrong = twoClasses(3 * BATCH, BATCH, null);
        wrong.features()[BATCH + 3][1] = Float.NaN;
        DivergedException e = assertThrows(DivergedException.class, () -> new Trainer(TrainingPlan.epochs(1), TrainingObserver.none(), GpuTrainingTest::gpu, System::nanoTime).train(net(1), wrong));
        assertTrue(e.getMessage().contains("in epoch 1, batch 2 of 3") && e.getMessage().contains("The batch's features hold NaN in row 3"), e.getMessage());
    }

    /** @param opened by replica, 0 the network's own @return the weights */
    private static float[] onTwoGpus(List<Integer> opened, MultiLayerNetwork net) {
        Function<Integer, Supplier<Kernels>> devices = replica -> () -> {
            opened.add(replica);
            return EmulatedGpu.open();
        };
        new Trainer(plan(3), TrainingObserver.none(), network -> new ParallelEngine(network, 2, true, devices::apply), System::nanoTime)
                .train(net, ROWS, Optional.of(new Validation(HELD, HELD.labels(), Metrics.ACCURACY)));
        return weights(net);
    }

    /** Two GPUs share each batch: the same bytes each time, and what two workers of the processor come to. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void train_replicasOnTwoGpus_isAsTwoWorkersOnTheProcessor(boolean adam) {
        List<Integer> opened = Collections.synchronizedList(new ArrayList<>());
        Supplier<MultiLayerNetwork> nets = () -> initialised(classifier(adam ? new Adam(0.02) : new Sgd(0.1), 0.8));
        float[] first = onTwoGpus(opened, nets.get());
        assertTrue(opened.contains(0) && opened.contains(1), opened.toString());
        assertArrayEquals(first, onTwoGpus(opened, nets.get()), 0f);
        MultiLayerNetwork workers = nets.get();
        new Trainer(plan(3).withWorkers(2)).train(workers, ROWS, Optional.of(new Validation(HELD, HELD.labels(), Metrics.ACCURACY)));
        assertArrayEquals(weights(workers), first, 5e-3f);
    }

    /** A layer that only DL4J knows is named before the first step; the processor computes the network. */
    @Test
    void train_networkTheGpuRefuses_isToldBeforeTraining() {
        MultiLayerNetwork net = initialised(new NeuralNetConfiguration.Builder().seed(7).list().layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(new PReLULayer.Builder().nIn(4).nOut(4).inputShape(4).build())
                .layer(new OutputLayer.Builder().nIn(4).nOut(2).activation(Activation.SOFTMAX).build()).build());
        List<TrainingEvent> events = train(net, plan(1), GpuTrainingTest::gpu, TrainingKeeper.none());
        assertEquals(new TrainingEvent.PassedOver(List.of("layer 1 'layer1' (PReLULayer): no layer of DL4J's own can stand between those on a GPU")), events.get(1));
        assertEquals(1, events.stream().filter(TrainingEvent.PassedOver.class::isInstance).count());
        TrainingEvent.Computed computed = (TrainingEvent.Computed) events.get(events.size() - 2);
        assertEquals(List.of("layer 1 'layer1' (PReLULayer): no accelerated kind of this layer"), computed.leftToStock());
    }

    @Test
    void train_bf16_learnsTheSameUpToRounding() {
        MultiLayerNetwork exact = net(1);
        MultiLayerNetwork rounded = net(1);
        double wanted = steps(train(exact, GpuTrainingTest::gpu)).get(17).loss();
        double found = steps(train(rounded, network -> AcceleratedEngine.of(network, OptionalInt.empty(), () -> EmulatedGpu.open(Precision.BF16)))).get(17).loss();
        assertNotEquals(wanted, found);
        assertEquals(wanted, found, 0.02);
    }
}
