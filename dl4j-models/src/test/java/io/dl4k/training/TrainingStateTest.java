package io.dl4k.training;

import static io.dl4k.training.Fixtures.classifier;
import static io.dl4k.training.Fixtures.initialised;
import static io.dl4k.training.Fixtures.twoClasses;
import static io.dl4k.training.Fixtures.weights;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.Augmentation;
import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.ImageLayout;
import io.dl4k.data.Labels;
import io.dl4k.data.Pixels;
import io.dl4k.metrics.Metrics;
import io.dl4k.models.Cnn;
import io.dl4k.models.Rnn;
import io.dl4k.models.Schedule;
import io.dl4k.training.Fixtures.Rows;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

@Timeout(120)
class TrainingStateTest {
    private static final Rows ROWS = twoClasses(60, 8, 3L);
    private static final TrainingPlan PLAN = TrainingPlan.epochs(4).withSeed(11).withSchedule(new Schedule.Cosine(0.02, 3, 30, 1e-4));

    /** Keeps the bytes of every state; the process dies after one of them. */
    private static final class Kept implements TrainingKeeper {
        private final List<byte[]> states = new ArrayList<>();
        private final Optional<byte[]> before;

        Kept(Optional<byte[]> before) {
            this.before = before;
        }

        @Override
        public Optional<TrainingState> found() {
            return before.map(bytes -> {
                try {
                    return TrainingState.read(new ByteArrayInputStream(bytes));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        @Override
        public boolean due() {
            return true;
        }

        @Override
        public void keep(TrainingState state) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try {
                state.write(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            states.add(out.toByteArray());
        }
    }

    /** A network, its rows and how it is trained. */
    private record Case(String name, Supplier<Model> network, BatchSource rows, TrainingPlan plan, boolean stock) {
        @Override
        public String toString() {
            return name;
        }

        TrainingResult train(Model net, TrainingKeeper keeper) {
            Function<Network, StepEngine> engines = stock ? StockEngine::new : StepEngine::of;
            float[][] targets = new float[rows.rows()][];
            try (BatchSource.Cursor cursor = rows.open(0)) {
                int at = 0;
                for (var batch = cursor.next(); batch != null; batch = cursor.next()) {
                    for (float[] row : batch.getLabels().toFloatMatrix()) {
                        targets[at++] = row;
                    }
                }
            }
            // Rows in the order of epoch 0, which is the one that validation opens.
            Optional<Validation> validation = Optional.of(new Validation(rows, targets, Metrics.LOG_LOSS));
            return new Trainer(plan, TrainingObserver.none(), engines, System::nanoTime).train(net, rows, validation, keeper);
        }
    }

    private static BatchSource images() {
        return Batches.prefetch(preparedHere(), 2, 2);
    }

    private static BatchSource preparedHere() {
        Random random = new Random(1);
        byte[] bytes = new byte[40 * 64];
        random.nextBytes(bytes);
        int[] classes = IntStream.range(0, 40).map(row -> row % 3).toArray();
        return Batches.ofImages(Pixels.of(bytes, 64), Labels.classes(classes, 3), IntStream.range(0, 40).toArray(), 8, 8, 1, 7, OptionalLong.of(5),
                new Augmentation(10, 0.1, 0.1, 0), ImageLayout.NCHW);
    }

    private static BatchSource tokens() {
        Random random = new Random(2);
        int[][] tokens = IntStream.range(0, 40).mapToObj(row -> random.ints(1 + random.nextInt(12), 0, 20).toArray()).toArray(int[][]::new);
        int[] classes = IntStream.range(0, 40).map(row -> row % 3).toArray();
        return Batches.ofTokensByLength(tokens, 12, Labels.classes(classes, 3), IntStream.range(0, 40).toArray(), 7, OptionalLong.of(5), 0.1);
    }

    private static Model perceptron() {
        return initialised(classifier(new Adam(0.02), 0.7));
    }

    static Stream<Case> cases() {
        return Stream.of(new Case("mlp", TrainingStateTest::perceptron, ROWS, PLAN, false),
                new Case("mlp, moving average", TrainingStateTest::perceptron, ROWS, PLAN.withAveraging(new Averaging.Exponential(0.9)), false),
                new Case("mlp, last epochs", TrainingStateTest::perceptron, ROWS, PLAN.withAveraging(new Averaging.LastEpochs(2)), false),
                new Case("mlp, early stopping", TrainingStateTest::perceptron, ROWS, PLAN.withEarlyStopping(EarlyStopping.onLoss(1)), false),
                new Case("mlp, two workers", TrainingStateTest::perceptron, ROWS, PLAN.withWorkers(2), false),
                new Case("mlp of stock layers", TrainingStateTest::perceptron, ROWS, PLAN, true),
                new Case("graph without updater state", () -> initialised(classifier(new Sgd(0.1), 0.7)).toComputationGraph(), ROWS, PLAN, true),
                new Case("cnn", () -> Cnn.images(8, 8, 1).conv(4, 3).batchNorm().maxPool(2).dense(8).dropout(0.3).classes(3).seed(3).build(), images(), PLAN, false),
                new Case("lstm", () -> Rnn.tokens(20, 6).lstm(5).maxOverTime().dropout(0.2).clipGradients(1).classes(3).seed(3).build(), tokens(), PLAN, false));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void train_fromAStateWithinAnEpoch_endsInTheSameBytes(Case trained) {
        Model whole = trained.network().get();
        Kept kept = new Kept(Optional.empty());
        TrainingResult result = trained.train(whole, kept);
        int n = kept.states.size();
        assertTrue(n > 10, "states: " + n);
        // Of the first epoch, of a later one, before a validation, of the last step.
        for (int at : new int[] {0, trained.rows().batches() - 1, n / 2, n - 1}) {
            Model resumed = trained.network().get();
            Nd4j.getRandom().setSeed(999);
            Kept rest = new Kept(Optional.of(kept.states.get(at)));
            TrainingResult again = trained.train(resumed, rest);
            assertArrayEquals(weights(whole), weights(resumed), "weights after a stop at step " + (at + 1));
            assertEquals(result.steps(), again.steps());
            assertEquals(result.bestEpoch(), again.bestEpoch());
            assertEquals(result.bestScore(), again.bestScore());
            assertEquals(result.reason(), again.reason());
            assertEquals(result.history().epochs().stream().map(History.Epoch::trainingLoss).toList(), again.history().epochs().stream().map(History.Epoch::trainingLoss).toList());
            assertEquals(n - at - 1, rest.states.size(), "steps that were left");
        }
    }

    @Test
    void train_preparedInParallel_isThatOfOneThread() {
        Supplier<Model> cnn = () -> Cnn.images(8, 8, 1).conv(4, 3).batchNorm().maxPool(2).dense(8).dropout(0.3).classes(3).seed(3).build();
        Model one = cnn.get();
        new Trainer(PLAN).train(one, preparedHere());
        for (int threads : new int[] {1, 4}) {
            Model several = cnn.get();
            new Trainer(PLAN).train(several, Batches.prefetch(preparedHere(), 4, threads));
            assertArrayEquals(weights(one), weights(several), threads + " threads");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 40, 200, 500})
    void read_cutOff_isAnIOException(int length) {
        Kept kept = new Kept(Optional.empty());
        new Trainer(PLAN).train(perceptron(), ROWS, Optional.empty(), kept);
        byte[] bytes = Arrays.copyOf(kept.states.get(9), length);
        assertThrows(IOException.class, () -> TrainingState.read(new ByteArrayInputStream(bytes)));
    }

    @Test
    void train_stateOfAnotherNetworkOrPlan_isRefused() {
        Kept kept = new Kept(Optional.empty());
        new Trainer(PLAN).train(perceptron(), ROWS, Optional.empty(), kept);
        Kept last = new Kept(Optional.of(kept.states.get(kept.states.size() - 1)));
        MultiLayerNetwork line = Fixtures.line(new Sgd(0.1));
        assertEquals("the state is of another network: it has 82 parameters, this one 1",
                assertThrows(IllegalArgumentException.class, () -> new Trainer(PLAN).train(line, ROWS, Optional.empty(), last)).getMessage());
        assertEquals("the state is of another plan: it is in epoch 4, batch 8, this one ends with epoch 2 of 8 batches",
                assertThrows(IllegalArgumentException.class, () -> new Trainer(PLAN.withEpochs(2)).train(perceptron(), ROWS, Optional.empty(), last)).getMessage());
    }
}
