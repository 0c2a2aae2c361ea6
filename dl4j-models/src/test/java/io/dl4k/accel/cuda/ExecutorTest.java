package io.dl4k.accel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.accel.Accelerated;
import io.dl4k.accel.Every;
import io.dl4k.models.Clipping;
import io.dl4k.models.Cnn;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import io.dl4k.models.Rnn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** What a device that keeps the parameters, works late and replays graphs adds to the parity that other tests show. */
class ExecutorTest {
    private static final int BATCH = 6;
    private static final int LARGE_BATCH = 48;
    private static final int CLASSES = 3;

    @BeforeAll static void emulator() {
        Assumptions.assumeTrue(Emulator.missing().isEmpty(), () -> Emulator.missing().orElseThrow());
    }

    private static INDArray numbers(int seed, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(shape, 'c');
        for (long i = 0; i < array.length(); i++) array.data().put(i, (float) random.nextGaussian());
        return array;
    }

    private static DataSet batch(INDArray features) {
        INDArray labels = Nd4j.zeros(features.size(0), CLASSES);
        for (int i = 0; i < features.size(0); i++) labels.putScalar(i, i % CLASSES, 1);
        return new DataSet(features, labels);
    }

    static MultiLayerNetwork net(String kind) {
        return switch (kind) {
            case "mlp" -> Mlp.classifier(20, CLASSES).hidden(32, 16).dropout(0.2).batchNorm().l2(0.01).clip(Clipping.byGlobalNorm(0.5)).optimizer(Optimizer.sgd(0.05)).build();
            case "cnn" -> Cnn.images(9, 9, 2).conv(5, 3).batchNorm().maxPool(2).conv(7, 2).dense(16).classes(CLASSES).optimizer(Optimizer.nesterov(0.01)).build();
            case "lstm" -> Rnn.features(5).lstm(8).bidirectional().lastStep().classes(CLASSES).build();
            default -> Rnn.tokens(30, 8).lstm(8).bidirectional().maxOverTime().classes(CLASSES).build();
        };
    }

    static DataSet batch(String kind, int seed) {
        return batch(switch (kind) {
            case "mlp" -> numbers(seed, BATCH, 20);
            case "cnn" -> numbers(seed, BATCH, 2, 9, 9);
            case "lstm" -> numbers(seed, BATCH, 5, 6);
            default -> Nd4j.createFromArray(new Random(seed).ints(BATCH * 6L, 1, 30).asDoubleStream().toArray()).reshape(BATCH, 6).castTo(org.nd4j.linalg.api.buffer.DataType.FLOAT);
        });
    }

    private static Accelerated on(Device device, Model net) {
        Accelerated.Attempt attempt = Accelerated.attempt(net, () -> new CudaKernels(device));
        assertEquals(List.of(), attempt.reasons());
        return attempt.accelerated().orElseThrow();
    }

    @ParameterizedTest @ValueSource(strings = {"mlp", "cnn", "lstm", "text"})
    void step_onceRecorded_isReplayedWithoutAllocation(String kind) {
        EmulatedDevice device = new EmulatedDevice(1);
        try (Accelerated fast = on(device, net(kind))) {
            for (int i = 0; i < 2; i++) fast.step(batch(kind, i));
            int allocations = device.allocations;
            int launches = device.launches;
            int replays = device.replays;
            for (int i = 0; i < 10; i++) fast.step(batch(kind, i));
            assertEquals(allocations, device.allocations);
            // Gradient and update; for the MLP its penalties and the bound on its gradient. All else are copies: batch and rates up, the batch to its place, score and penalties down.
            assertEquals(10 * (kind.equals("mlp") ? 4 : 2), device.replays - replays);
            assertTrue(device.launches - launches <= 10 * 9, () -> device.launches - launches + " calls in 10 steps");
        }
    }

    /** Sums of several threads, each in one fixed order. */
    @ParameterizedTest @ValueSource(strings = {"mlp", "cnn", "lstm", "text"})
    void gradient_blocksOfSeveralThreads_isThatOfOne(String kind) {
        MultiLayerNetwork one = net(kind);
        MultiLayerNetwork other = one.clone();
        try (Accelerated alone = on(new EmulatedDevice(1), one).seed(1); Accelerated together = on(new EmulatedDevice(4), other).seed(1)) {
            double score = alone.gradient(batch(kind, 1));
            assertEquals(score, together.gradient(batch(kind, 1)), 1e-6);
            INDArray g = one.getFlattenedGradients();
            assertTrue(g.sub(other.getFlattenedGradients()).amaxNumber().doubleValue() < 1e-5 * g.amaxNumber().doubleValue());
            INDArray first = other.getFlattenedGradients().dup();
            together.gradient(batch(kind, 1));
            assertEquals(first, other.getFlattenedGradients(), "the same bytes again");
        }
    }

    /** An LSTM in one kernel, of one, two and four rows a block, with products in one part and in two, is one step by step. */
    @ParameterizedTest @CsvSource({"6,1", "67,1", "131,1", "67,4"})
    void lstm_allStepsAtOnce_isStepByStep(int batch, int threads) {
        MultiLayerNetwork one = Rnn.features(5).lstm(2).bidirectional().lstm(3).perStep().classes(CLASSES).build();
        MultiLayerNetwork other = one.clone();
        INDArray labels = Nd4j.zeros(batch, CLASSES, 4);
        for (int i = 0; i < batch; i++) for (int t = 0; t < 4; t++) labels.putScalar(i, (i + t) % CLASSES, t, 1);
        DataSet data = new DataSet(numbers(2, batch, 5, 4), labels);
        EmulatedDevice together = new EmulatedDevice(threads);
        try (Accelerated fast = on(together, one); Accelerated slow = on(new EmulatedDevice(1), other)) {
            double score = fast.gradient(data);
            INDArray output = fast.output(data.getFeatures());
            System.setProperty("dl4k.cuda.lstm", "steps");
            try {
                assertEquals(slow.gradient(data), score, 1e-6);
                assertArrayEquals(slow.output(data.getFeatures()).data().asFloat(), output.data().asFloat(), 1e-6f);
            } finally {
                System.clearProperty("dl4k.cuda.lstm");
            }
            INDArray g = other.getFlattenedGradients();
            assertTrue(g.sub(one.getFlattenedGradients()).amaxNumber().doubleValue() < 1e-5 * g.amaxNumber().doubleValue());
        }
    }

    @ParameterizedTest @ValueSource(strings = {"mlp", "cnn"})
    void dropoutAndAll_sameSeed_sameBytes(String kind) {
        INDArray[] params = new INDArray[2];
        for (int run = 0; run < 2; run++) {
            MultiLayerNetwork net = net(kind);
            try (Accelerated fast = on(new EmulatedDevice(1), net).seed(3)) {
                for (int i = 0; i < 5; i++) fast.step(batch(kind, i));
            }
            params[run] = net.params().dup();
        }
        assertEquals(params[0], params[1]);
    }

    /** Training goes to and fro between the GPU, stock DL4J and the processor, with updater state. */
    @Test void settle_stepsOnThreeKindsOfDevice_areAsOnOne() {
        MultiLayerNetwork stock = Mlp.classifier(20, CLASSES).hidden(9).optimizer(Optimizer.adam(0.01)).build();
        MultiLayerNetwork other = stock.clone();
        for (int i = 0; i < 8; i++) stock.fit(batch("mlp", i));
        try (Accelerated gpu = on(new EmulatedDevice(1), other)) {
            for (int i = 0; i < 2; i++) gpu.step(batch("mlp", i));
            gpu.settle();
            for (int i = 2; i < 4; i++) other.fit(batch("mlp", i));
            for (int i = 4; i < 6; i++) gpu.step(batch("mlp", i));
        }
        try (Accelerated cpu = Accelerated.of(other).orElseThrow()) {
            for (int i = 6; i < 8; i++) cpu.step(batch("mlp", i));
        }
        assertArrayEquals(stock.params().toFloatVector(), other.params().toFloatVector(), 1e-5f);
        assertEquals(8, other.getIterationCount());
    }

    @Test void listener_seesParametersOfThatIteration() {
        MultiLayerNetwork stock = Mlp.classifier(20, CLASSES).hidden(9).optimizer(Optimizer.sgd(0.1)).build();
        MultiLayerNetwork other = stock.clone();
        List<Double> expected = new ArrayList<>();
        List<Double> found = new ArrayList<>();
        stock.addListeners(new Norms(expected));
        other.addListeners(new Norms(found));
        try (Accelerated gpu = on(new EmulatedDevice(1), other)) {
            for (int i = 0; i < 4; i++) {
                stock.fit(batch("mlp", i));
                gpu.step(batch("mlp", i));
            }
        }
        for (int i = 0; i < 4; i++) assertEquals(expected.get(i), found.get(i), 1e-5);
        assertNotEquals(found.get(0), found.get(3));
    }

    /** A batch's arrays are overwritten as soon as its step has begun, and steps are begun while others are under way, whichever queue is ahead of the other. */
    @ParameterizedTest @CsvSource({"mlp,", "mlp,MAIN", "mlp,ASIDE", "cnn,ASIDE", "lstm,", "lstm,ASIDE", "text,ASIDE"})
    void begin_stepsUnderWay_areAsOneAfterTheOther(String kind, Device.Queue early) {
        MultiLayerNetwork one = net(kind);
        MultiLayerNetwork other = net(kind);
        other.setParams(one.params());
        List<DoubleSupplier> begun = new ArrayList<>();
        List<Double> expected = new ArrayList<>();
        try (Accelerated waits = on(new EmulatedDevice(1), one).seed(1); Accelerated fast = on(new EmulatedDevice(1).early(early), other).seed(1)) {
            assertTrue(fast.late());
            for (int i = 0; i < 7; i++) {
                expected.add(waits.step(batch(kind, i)));
                DataSet batch = batch(kind, i);
                begun.add(fast.begin(batch));
                batch.getFeatures().assign(Float.NaN);
                batch.getLabels().assign(Float.NaN);
            }
            assertEquals(7, other.getIterationCount());
            for (int i = 6; i >= 0; i--) assertEquals(expected.get(i), begun.get(i).getAsDouble());
            assertEquals(expected.get(6), other.score());
        }
        assertEquals(one.params(), other.params());
    }

    @ParameterizedTest @CsvSource({",", "MAIN,", "ASIDE,"})
    void beginOutput_severalUnderWay_areAsOneAfterTheOther(Device.Queue early) {
        MultiLayerNetwork net = net("cnn");
        List<Supplier<INDArray>> begun = new ArrayList<>();
        try (Accelerated fast = on(new EmulatedDevice(1).early(early), net)) {
            for (int i = 0; i < 5; i++) {
                INDArray features = batch("cnn", i).getFeatures();
                begun.add(fast.beginOutput(features, null));
                features.assign(Float.NaN);
            }
            for (int i = 0; i < 5; i++) assertEquals(fast.output(batch("cnn", i).getFeatures()), begun.get(i).get());
        }
    }

    /** What the two tests above rely on: this device shows a number that was overwritten too early, on the host and on the device. */
    @ParameterizedTest @ValueSource(booleans = {true, false})
    void emulator_bufferOverwrittenTooEarly_shows(boolean waiting) {
        try (EmulatedDevice device = new EmulatedDevice(1).early(Device.Queue.ASIDE); Device.Mark landed = device.mark(); Device.Mark taken = device.mark()) {
            long host = device.pin(Float.BYTES);
            long landing = device.allocate(Float.BYTES);
            long there = device.allocate(2 * Float.BYTES);
            FloatPointer value = new Host.Floats().at(host, 1);
            for (int i = 0; i < 2; i++) {
                if (waiting) device.await(landed);
                value.put(0, i + 1f);
                if (waiting) device.follow(Device.Queue.ASIDE, taken);
                device.uploadAside(landing, host, Float.BYTES);
                device.set(Device.Queue.ASIDE, landed);
                device.follow(Device.Queue.MAIN, landed);
                device.copy(there + (long) i * Float.BYTES, landing, Float.BYTES);
                device.set(Device.Queue.MAIN, taken);
            }
            device.synchronize();
            float found = new Host.Floats().at(there, 2).get(0);
            assertEquals(waiting ? 1f : 2f, found);
            device.free(landing);
            device.free(there);
            device.unpin(host);
        }
    }

    @Test void listener_ofEveryThirdIteration_seesParametersAndScoreAndStopsNoOther() {
        MultiLayerNetwork stock = Mlp.classifier(20, CLASSES).hidden(9).optimizer(Optimizer.sgd(0.1)).build();
        MultiLayerNetwork other = stock.clone();
        List<Double> expected = new ArrayList<>();
        List<Double> found = new ArrayList<>();
        CollectScoresIterationListener scores = new CollectScoresIterationListener(1);
        CollectScoresIterationListener found2 = new CollectScoresIterationListener(1);
        stock.setListeners(new Every(3, new Norms(expected)), scores);
        other.setListeners(new Every(3, new Norms(found)), found2);
        EmulatedDevice device = new EmulatedDevice(1);
        try (Accelerated gpu = on(device, other)) {
            gpu.begin(batch("mlp", 0));
            stock.fit(batch("mlp", 0));
            int synchronizations = device.synchronizations;
            for (int i = 1; i < 7; i++) {
                stock.fit(batch("mlp", i));
                gpu.begin(batch("mlp", i));
                // To settle in iterations 0, 3 and 6, and to read the vectors again in the next.
                assertEquals(i < 3 ? 1 : i < 4 ? 2 : i < 6 ? 3 : 4, device.synchronizations - synchronizations, "in iteration " + i);
            }
        }
        assertEquals(3, found.size());
        for (int i = 0; i < 3; i++) assertEquals(expected.get(i), found.get(i), 1e-5);
        assertArrayEquals(scores.getScoreVsIter().getEffectiveIndexes(), found2.getScoreVsIter().getEffectiveIndexes());
        assertEquals(7, found2.getScoreVsIter().getEffectiveScores().length);
        assertArrayEquals(scores.getScoreVsIter().getEffectiveScores(), found2.getScoreVsIter().getEffectiveScores(), 1e-5);
        var e = org.junit.jupiter.api.Assertions.assertThrows(IllegalArgumentException.class, () -> new Every(2, new BaseTrainingListener() {
            @Override public void onGradientCalculation(Model model) {
                throw new IllegalStateException();
            }
        }));
        assertTrue(e.getMessage().contains("looks at activations or gradients"), e.getMessage());
    }

    private static final class Norms extends BaseTrainingListener {
        private final List<Double> to;

        Norms(List<Double> to) {
            this.to = to;
        }

        @Override public void iterationDone(Model model, int iteration, int epoch) {
            to.add(model.params().norm2Number().doubleValue());
        }
    }

    @Test void layerOfDl4jsOwn_isLeftToTheProcessor() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().list().layer(new DenseLayer.Builder().nIn(20).nOut(32).build())
                .layer(new DenseLayer.Builder().nIn(32).nOut(16).hasLayerNorm(true).build()).layer(new OutputLayer.Builder().nIn(16).nOut(CLASSES).activation(Activation.SOFTMAX).build()).build());
        net.init();
        MultiLayerNetwork stock = net.clone();
        try (Accelerated fast = on(new EmulatedDevice(1), net)) {
            assertEquals(1, fast.passedOver().size(), "known before the first step");
            stock.fit(batch("mlp", 0));
            assertEquals(stock.score(), fast.step(batch("mlp", 0)), 1e-5);
            assertEquals(1, fast.fallbacks().size());
            assertTrue(fast.fallbacks().get(0).contains("no layer of DL4J's own can stand between those on a GPU"), fast.fallbacks().toString());
        }
    }

    @Test void token_outsideTheVocabulary_isNamed() {
        try (Accelerated fast = on(new EmulatedDevice(1), net("text"))) {
            DataSet batch = batch("text", 0);
            batch.getFeatures().putScalar(2, 1, 30);
            var e = org.junit.jupiter.api.Assertions.assertThrows(IllegalArgumentException.class, () -> fast.step(batch));
            assertEquals("token 30.0 is outside the vocabulary of 0 to 29", e.getMessage());
        }
    }

    /** Without batch normalisation and dropout: sequences with masks on both sides, and weights of classes. */
    @ParameterizedTest @ValueSource(booleans = {true, false})
    void batchTooLarge_inParts_isAsTheWhole(boolean sequences) {
        MultiLayerNetwork one = smooth(sequences);
        // A clone would not have the listener that bounds the gradient.
        MultiLayerNetwork other = smooth(sequences);
        other.setParams(one.params());
        DataSet batch = sequences ? everyStep() : batch(numbers(1, LARGE_BATCH, 2, 9, 9));
        EmulatedDevice small = new EmulatedDevice(1);
        EmulatedDevice large = new EmulatedDevice(1);
        try (Accelerated whole = on(large, one); Accelerated parts = on(small, other)) {
            double expected = whole.gradient(batch);
            // Vectors, state, the sum, and room for a part of the batch.
            small.memoryLimit = 20L * one.numParams() + whole.bytes() * 4 / 5 + 4096;
            INDArray output = whole.output(batch.getFeatures(), batch.getFeaturesMaskArray());
            assertEquals(expected, parts.gradient(batch), 1e-5);
            assertArrayEquals(one.getFlattenedGradients().toFloatVector(), other.getFlattenedGradients().toFloatVector(), 1e-5f);
            assertArrayEquals(output.data().asFloat(), parts.output(batch.getFeatures(), batch.getFeaturesMaskArray()).data().asFloat(), 1e-5f);
            for (int i = 0; i < 3; i++) assertEquals(whole.step(batch), parts.step(batch), 1e-4);
            assertEquals(List.of(), parts.fallbacks());
            assertTrue(parts.bytes() < whole.bytes(), () -> parts.bytes() + " bytes, whole " + whole.bytes());
        }
        assertArrayEquals(one.params().toFloatVector(), other.params().toFloatVector(), 1e-3f);
    }

    private static MultiLayerNetwork smooth(boolean sequences) {
        return sequences ? Rnn.features(5).lstm(8).perStep().classes(CLASSES).optimizer(Optimizer.sgd(0.1)).build()
                : Cnn.images(9, 9, 2).conv(5, 3).maxPool(2).dense(16).classes(CLASSES).l2(0.01).build();
    }

    private static DataSet everyStep() {
        INDArray labels = Nd4j.zeros(LARGE_BATCH, CLASSES, 4);
        INDArray mask = Nd4j.ones(LARGE_BATCH, 4);
        for (int i = 0; i < LARGE_BATCH; i++) {
            for (int t = 0; t < 4; t++) labels.putScalar(i, (i + t) % CLASSES, t, 1);
            for (int t = 1 + i % 3; t < 4; t++) mask.putScalar(i, t, 0);
        }
        return new DataSet(numbers(3, LARGE_BATCH, 5, 4), labels, mask, mask.dup());
    }

    @Test void batchTooLarge_withBatchNorm_isLeftToTheProcessor() {
        EmulatedDevice small = new EmulatedDevice(1);
        MultiLayerNetwork net = net("cnn");
        try (Accelerated fast = on(small, net)) {
            // The vectors fit, the batch does not.
            small.memoryLimit = 12L * net.numParams() + 8_000;
            fast.step(batch("cnn", 0));
            assertEquals(1, fast.fallbacks().size());
            assertTrue(fast.fallbacks().get(0).matches("layer 1 normalises by the whole batch, which cannot be divided: the GPU has .*MiB more are needed: choose a smaller batch"), fast.fallbacks().toString());
            assertEquals(fast.fallbacks(), fast.passedOver());
        }
    }

    @Test void deviceThatDoesNotOpen_isLeftToTheProcessor() {
        MultiLayerNetwork net = net("mlp");
        try (Accelerated fast = Accelerated.attempt(net, () -> {
            throw new CudaException(CudaException.Library.CUDA, 100, "cudaErrorNoDevice", "choose GPU 0");
        }).accelerated().orElseThrow()) {
            fast.step(batch("mlp", 0));
            assertEquals(List.of("the device cannot be opened: choose GPU 0: CUDA reports cudaErrorNoDevice (100)"), fast.fallbacks());
        }
    }

    @Test void trial_onADeviceThatWorks_findsNothingWrong() {
        try (Device device = new EmulatedDevice(1)) {
            assertEquals("", CudaTrial.compute(device));
        }
    }

    @Test void kernel_wrongArguments_areRefusedByTheEmulator() {
        try (Device device = new EmulatedDevice(1)) {
            org.junit.jupiter.api.Assertions.assertThrows(IllegalArgumentException.class, () -> device.kernel("scale", Device.Grid.elements(1), 0L, 1, 1f));
        }
    }
}
