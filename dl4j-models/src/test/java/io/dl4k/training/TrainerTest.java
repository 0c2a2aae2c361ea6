package io.dl4k.training;

import static io.dl4k.training.Fixtures.classifier;
import static io.dl4k.training.Fixtures.column;
import static io.dl4k.training.Fixtures.initialised;
import static io.dl4k.training.Fixtures.line;
import static io.dl4k.training.Fixtures.twoClasses;
import static io.dl4k.training.Fixtures.weights;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.BatchSource;
import io.dl4k.metrics.Metrics;
import io.dl4k.models.Schedule;
import io.dl4k.training.EarlyStopping.Watch;
import io.dl4k.training.Fixtures.Rows;
import io.dl4k.training.Fixtures.Scripted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

class TrainerTest {

    private static final double TOLERANCE = 1e-6;
    private static final Rows THREE = new Rows(column(1, 2, 1), column(1, 2, 3), 1);
    private static final Rows ONE = new Rows(column(1), column(1), 1);

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private static Optional<Validation> scripted(boolean higherIsBetter, double... scores) {
        return Optional.of(new Validation(ONE, column(1), new Scripted(higherIsBetter, scores)));
    }

    /** Trains and notes the weights after each epoch. */
    private static List<float[]> trainNoting(Model net, TrainingPlan plan, BatchSource rows, Optional<Validation> validation) {
        List<float[]> noted = new ArrayList<>();
        new Trainer(plan, event -> {
            if (event instanceof TrainingEvent.EpochDone) {
                noted.add(weights(net));
            }
        }).train(net, rows, validation);
        return noted;
    }

    @Test
    void train_events_comeInOrder() {
        List<String> events = new ArrayList<>();
        MultiLayerNetwork net = line(new Sgd(0.1));
        Rows rows = new Rows(column(1, 2, 1), column(1, 2, 3), 2);
        new Trainer(TrainingPlan.epochs(2), event -> {
            if (event instanceof TrainingEvent.Started started) {
                events.add("started " + started.epochs() + " " + started.batches() + " " + started.rows() + " "
                        + started.validationRows() + " " + started.parameters());
            } else if (event instanceof TrainingEvent.EpochStarted epoch) {
                events.add("epoch " + epoch.epoch());
            } else if (event instanceof TrainingEvent.StepDone step) {
                events.add("step " + step.epoch() + " " + step.batch() + "/" + step.batches() + " " + step.step() + " "
                        + step.rows() + " " + step.learningRate());
            } else if (event instanceof TrainingEvent.EpochDone done) {
                events.add("done " + done.epoch().number() + " " + done.epoch().metric().orElseThrow() + " " + done.best());
            } else if (event instanceof TrainingEvent.Computed computed) {
                events.add("computed " + computed.leftToStock() + (computed.bytes() > 0 ? " fast" : " stock"));
            } else if (event instanceof TrainingEvent.Finished finished) {
                events.add("finished " + finished.result().reason());
            }
        }).train(net, rows, scripted(true, 0.5, 0.25));
        assertEquals(List.of(
                "started 2 2 3 1 1",
                "epoch 1", "step 1 1/2 0 2 0.1", "step 1 2/2 1 1 0.1", "done 1 0.5 true",
                "epoch 2", "step 2 1/2 2 2 0.1", "step 2 2/2 3 1 0.1", "done 2 0.25 false",
                "computed [] fast", "finished COMPLETED"), events);
    }

    @Test
    void train_withSchedule_usesEachStepsRate() {
        MultiLayerNetwork net = line(new Sgd(77));
        TrainingPlan plan = TrainingPlan.epochs(1).withSchedule(new Schedule.Step(0.1, 0.5, 1));
        TrainingResult result = new Trainer(plan).train(net, THREE);
        // w: 0 -> 0 - 0.1 * 2(0-1)1 = 0.2 -> 0.2 - 0.05 * 2(0.4-2)2 = 0.52 -> 0.52 - 0.025 * 2(0.52-3)1 = 0.644
        assertEquals(0.644, weights(net)[0], TOLERANCE);
        History.Epoch epoch = result.history().epochs().get(0);
        assertEquals(0.025, epoch.learningRate(), 0);
        // The loss of each row before its step: 1, 1.6^2, 2.48^2.
        assertEquals((1 + 2.56 + 6.1504) / 3, epoch.trainingLoss(), TOLERANCE);
    }

    @Test
    void train_withSchedule_goesOnOverEpochs() {
        MultiLayerNetwork net = line(new Sgd(1));
        TrainingPlan plan = TrainingPlan.epochs(3).withSchedule(new Schedule.Step(0.1, 0.5, 1));
        new Trainer(plan).train(net, ONE);
        // 1 - w: 1 -> 0.8 -> 0.8 * 0.9 -> 0.72 * 0.95
        assertEquals(1 - 0.684, weights(net)[0], TOLERANCE);
    }

    @Test
    void train_withoutValidation_keepsLastWeights() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingResult result = new Trainer(TrainingPlan.epochs(2)).train(net, ONE);
        assertEquals(1 - 0.64, weights(net)[0], TOLERANCE);
        assertEquals(0, result.bestEpoch());
        assertTrue(Double.isNaN(result.bestScore()));
        assertEquals(StopReason.COMPLETED, result.reason());
        assertFalse(result.bestRestored());
        assertEquals(2, result.steps());
        assertEquals(OptionalDouble.empty(), result.history().epochs().get(1).metric());
        assertEquals(OptionalDouble.empty(), result.history().epochs().get(1).validationLoss());
    }

    @Test
    void train_validation_scoresAfterTheEpoch() {
        MultiLayerNetwork net = line(new Sgd(0.25));
        // w after an epoch: 0.5, then 0.75. Validation wants 2 for input 1 and 0 for input 2.
        Rows held = new Rows(column(1, 2, 1), column(2, 0, 2), 2);
        TrainingResult result = new Trainer(TrainingPlan.epochs(2))
                .train(net, ONE, Optional.of(new Validation(held, held.labels(), Metrics.MAE)));
        History.Epoch first = result.history().epochs().get(0);
        History.Epoch second = result.history().epochs().get(1);
        assertEquals((1.5 + 1 + 1.5) / 3, first.metric().orElseThrow(), TOLERANCE);
        assertEquals((1.5 * 1.5 + 1 + 1.5 * 1.5) / 3, first.validationLoss().orElseThrow(), TOLERANCE);
        assertEquals((1.25 + 1.5 + 1.25) / 3, second.metric().orElseThrow(), TOLERANCE);
        assertEquals(1, result.bestEpoch(), "equal scores: the earlier one stays the best");
        assertEquals(0.75, weights(net)[0], TOLERANCE);
    }

    @Test
    void train_unlabelledValidation_hasNoLoss() {
        Rows held = new Rows(column(1), null, 1);
        TrainingResult result = new Trainer(TrainingPlan.epochs(1))
                .train(line(new Sgd(0.25)), ONE, Optional.of(new Validation(held, column(1), Metrics.MAE)));
        assertEquals(OptionalDouble.empty(), result.history().epochs().get(0).validationLoss());
        assertEquals(0.5, result.bestScore(), TOLERANCE);
    }

    @Test
    void earlyStopping_onMetric_restoresBestEpoch() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingPlan plan = TrainingPlan.epochs(10).withEarlyStopping(EarlyStopping.onMetric(2));
        List<float[]> noted = new ArrayList<>();
        TrainingResult result = new Trainer(plan, event -> {
            if (event instanceof TrainingEvent.EpochDone) {
                noted.add(weights(net));
            }
        }).train(net, ONE, scripted(true, 0.3, 0.6, 0.5, 0.6, 0.9));
        assertEquals(4, noted.size());
        assertEquals(StopReason.EARLY_STOPPING, result.reason());
        assertEquals(2, result.bestEpoch());
        assertEquals(0.6, result.bestScore());
        assertTrue(result.bestRestored());
        assertArrayEquals(noted.get(1), weights(net));
        assertNotEquals(noted.get(3)[0], noted.get(1)[0]);
    }

    @Test
    void earlyStopping_lowerIsBetter_followsTheMetric() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingPlan plan = TrainingPlan.epochs(4).withEarlyStopping(EarlyStopping.onMetric(2));
        List<float[]> noted = trainNoting(net, plan, ONE, scripted(false, 3, 1, 2, 0.5));
        assertEquals(4, noted.size());
        assertArrayEquals(noted.get(3), weights(net));
    }

    @Test
    void earlyStopping_minDelta_countsSmallGainsAsNone() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingPlan plan = TrainingPlan.epochs(9).withEarlyStopping(new EarlyStopping(Watch.METRIC, 2, 0.125));
        List<float[]> noted = trainNoting(net, plan, ONE, scripted(true, 0.5, 0.625, 0.5625, 0.875));
        // Neither 0.625 nor 0.5625 exceeds 0.5 by more than 0.125; the best weights are still those of 0.625.
        assertEquals(3, noted.size());
        assertArrayEquals(noted.get(1), weights(net));
    }

    @Test
    void earlyStopping_onLoss_stopsWhereItRises() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        // w runs 0.2, 0.36, 0.488, 0.5904 towards 1; the validation's best is 0.5.
        Rows held = new Rows(column(1), column(0.5), 1);
        TrainingResult result = new Trainer(TrainingPlan.epochs(9).withEarlyStopping(EarlyStopping.onLoss(1)))
                .train(net, ONE, Optional.of(new Validation(held, held.labels(), Metrics.MAE)));
        assertEquals(3, result.bestEpoch());
        assertEquals(0.012 * 0.012, result.bestScore(), TOLERANCE);
        assertEquals(4, result.history().epochs().size());
        assertEquals(0.488, weights(net)[0], TOLERANCE);
    }

    @Test
    void earlyStopping_onLossWithoutLabels_isRefused() {
        Rows held = new Rows(column(1), null, 1);
        Trainer trainer = new Trainer(TrainingPlan.epochs(1).withEarlyStopping(EarlyStopping.onLoss(1)));
        var e = assertThrows(IllegalArgumentException.class,
                () -> trainer.train(line(new Sgd(0.1)), ONE, Optional.of(new Validation(held, column(1), Metrics.MAE))));
        assertEquals("early stopping watches the loss, but the validation rows have no labels; give them, or watch the metric",
                e.getMessage());
    }

    @Test
    void earlyStopping_batchNorm_restoresStatistics() {
        MultiLayerNetwork net = initialised(classifier(new Adam(0.05), 1));
        Rows rows = twoClasses(40, 10, 3L);
        TrainingPlan plan = TrainingPlan.epochs(3).withEarlyStopping(EarlyStopping.keepBest(Watch.METRIC));
        List<float[]> means = new ArrayList<>();
        new Trainer(plan, event -> {
            if (event instanceof TrainingEvent.EpochDone) {
                means.add(net.getParam("1_mean").dup().data().asFloat());
            }
        }).train(net, rows, Optional.of(new Validation(rows, rows.labels(), new Scripted(true, 0.9, 0.5, 0.7))));
        assertArrayEquals(means.get(0), net.getParam("1_mean").dup().data().asFloat());
        assertFalse(Arrays.equals(means.get(0), means.get(2)));
    }

    @Test
    void averaging_lastEpochs_isTheirMean() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingPlan plan = TrainingPlan.epochs(3).withAveraging(new Averaging.LastEpochs(2));
        TrainingResult result = new Trainer(plan).train(net, ONE, Optional.of(new Validation(ONE, column(0), Metrics.MAE)));
        // w after the epochs: 0.2, 0.36, 0.488. Against target 0 the error is the weight that validation sees.
        double[] seen = result.history().epochs().stream().mapToDouble(epoch -> epoch.metric().orElseThrow()).toArray();
        assertArrayEquals(new double[] {0.2, 0.28, 0.424}, seen, TOLERANCE);
        assertEquals(0.424, weights(net)[0], TOLERANCE);
    }

    @Test
    void averaging_exponential_weighsStepsByAge() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingPlan plan = TrainingPlan.epochs(1).withAveraging(new Averaging.Exponential(0.5));
        new Trainer(plan).train(net, new Rows(column(1, 1, 1), column(1, 1, 1), 1));
        // Steps end at 0.2, 0.36, 0.488 and weigh 1/4, 1/2, 1 over 7/4.
        assertEquals((0.2 / 4 + 0.36 / 2 + 0.488) / 1.75, weights(net)[0], TOLERANCE);
    }

    @Test
    void averaging_withEarlyStopping_keepsBestAverage() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingPlan plan = TrainingPlan.epochs(3).withAveraging(new Averaging.LastEpochs(2))
                .withEarlyStopping(EarlyStopping.keepBest(Watch.METRIC));
        List<float[]> noted = trainNoting(net, plan, ONE, scripted(true, 1, 2, 0));
        assertEquals(0.28, weights(net)[0], TOLERANCE);
        // Training went on from the weights themselves.
        assertEquals(0.488, noted.get(2)[0], TOLERANCE);
    }

    @Test
    void averaging_batchNorm_averagesStatistics() {
        MultiLayerNetwork net = initialised(classifier(new Sgd(0.1), 1));
        Rows rows = twoClasses(40, 10, 3L);
        TrainingPlan plan = TrainingPlan.epochs(2).withAveraging(new Averaging.LastEpochs(2));
        List<INDArray> means = new ArrayList<>();
        new Trainer(plan, event -> {
            if (event instanceof TrainingEvent.EpochDone) {
                means.add(net.getParam("1_mean").dup());
            }
        }).train(net, rows);
        float[] expected = means.get(0).add(means.get(1)).divi(2).data().asFloat();
        assertArrayEquals(expected, net.getParam("1_mean").dup().data().asFloat(), 1e-7f);
    }

    @Test
    void budget_spent_stopsAfterTheStep() {
        AtomicLong now = new AtomicLong();
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingPlan plan = TrainingPlan.epochs(9).withBudget(Duration.ofMillis(3500));
        Trainer trainer = new Trainer(plan, event -> {
            if (event instanceof TrainingEvent.StepDone) {
                now.addAndGet(1_000_000_000L);
            }
        }, StepEngine::of, now::get);
        TrainingResult result = trainer.train(net, new Rows(column(1, 1, 1), column(1, 1, 1), 1));
        assertEquals(StopReason.BUDGET, result.reason());
        assertEquals(4, result.steps());
        assertEquals(1 - Math.pow(0.8, 4), weights(net)[0], TOLERANCE);
        assertEquals(1, result.history().epochs().size());
        assertEquals(3.0, result.history().epochs().get(0).seconds(), 0);
        assertEquals(1.0, result.history().epochs().get(0).rowsPerSecond(), 0);
        assertEquals(4.0, result.seconds(), 0);
        assertEquals(1, net.getEpochCount());
    }

    @Test
    void budget_spentInLaterEpoch_keepsBest() {
        AtomicLong now = new AtomicLong();
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingPlan plan = TrainingPlan.epochs(9).withBudget(Duration.ofSeconds(5))
                .withEarlyStopping(EarlyStopping.keepBest(Watch.METRIC));
        TrainingResult result = new Trainer(plan, event -> {
            if (event instanceof TrainingEvent.StepDone) {
                now.addAndGet(1_000_000_000L);
            }
        }, StepEngine::of, now::get).train(net, new Rows(column(1, 1), column(1, 1), 1), scripted(true, 0.9, 0.5));
        assertEquals(StopReason.BUDGET, result.reason());
        assertEquals(5, result.steps());
        assertEquals(1, result.bestEpoch());
        assertEquals(1 - 0.64, weights(net)[0], TOLERANCE);
    }

    @Test
    void budget_spentWithTheEpoch_validatesIt() {
        AtomicLong now = new AtomicLong();
        TrainingPlan plan = TrainingPlan.epochs(9).withBudget(Duration.ofSeconds(2));
        TrainingResult result = new Trainer(plan, event -> {
            if (event instanceof TrainingEvent.StepDone) {
                now.addAndGet(1_000_000_000L);
            }
        }, StepEngine::of, now::get)
                .train(line(new Sgd(0.1)), new Rows(column(1, 1), column(1, 1), 1), scripted(true, 0.9));
        assertEquals(StopReason.BUDGET, result.reason());
        assertEquals(1, result.bestEpoch());
        assertEquals(2, result.steps());
    }

    @Test
    void interrupt_duringStep_stopsAfterItWithFlagKept() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        TrainingResult result = new Trainer(TrainingPlan.epochs(5), event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == 3) {
                Thread.currentThread().interrupt();
            }
        }).train(net, THREE, scripted(true, 0.5));
        assertTrue(Thread.interrupted());
        assertEquals(StopReason.INTERRUPTED, result.reason());
        assertEquals(4, result.steps());
        assertEquals(1, result.history().epochs().size());
    }

    @Test
    void interrupt_whileWaitingForBatch_stopsWithFlagKept() {
        BatchSource waiting = new BatchSource() {
            @Override
            public int rows() {
                return 2;
            }

            @Override
            public int batchSize() {
                return 1;
            }

            @Override
            public int batches() {
                return 2;
            }

            @Override
            public Cursor open(int epoch) {
                Cursor cursor = ONE.open(epoch);
                return new Cursor() {
                    @Override
                    public DataSet next() {
                        DataSet batch = cursor.next();
                        if (batch == null) {
                            throw new IllegalStateException("interrupted", new InterruptedException());
                        }
                        return batch;
                    }

                    @Override
                    public void close() {
                        cursor.close();
                    }
                };
            }
        };
        TrainingResult result = new Trainer(TrainingPlan.epochs(1)).train(line(new Sgd(0.1)), waiting);
        assertTrue(Thread.interrupted());
        assertEquals(StopReason.INTERRUPTED, result.reason());
        assertEquals(1, result.steps());
    }

    @Test
    void diverged_lossOverflows_namesTheBatch() {
        // w: 0 -> 2e10 -> about -4e20, whose square is beyond single precision.
        MultiLayerNetwork net = line(new Sgd(1e10));
        var e = assertThrows(DivergedException.class, () -> new Trainer(TrainingPlan.epochs(1))
                .train(net, new Rows(column(1, 1, 1, 1), column(1, 1, 1, 1), 1)));
        assertEquals("training diverged in epoch 1, batch 3 of 4: the loss is Infinity (last finite loss 4.0E20, learning rate"
                + " 1.0E10). Lower the learning rate, clip gradients, or check that the features are scaled.", e.getMessage());
        assertEquals(1, e.epoch());
        assertEquals(3, e.batch());
        assertEquals(4e20, e.lastLoss(), 1e14);
        assertEquals(1e10, e.learningRate());
    }

    @Test
    void diverged_nanInFeatures_namesThem() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        Rows rows = new Rows(column(1, 1, 1, Double.NaN), column(1, 1, 1, 1), 2);
        var e = assertThrows(DivergedException.class, () -> new Trainer(TrainingPlan.epochs(3)).train(net, rows));
        assertEquals("training diverged in epoch 1, batch 2 of 2: the loss is NaN (last finite loss 1.0, learning rate 0.1)."
                + " The batch's features hold NaN in row 1: clean or fill it before training.", e.getMessage());
    }

    @Test
    void diverged_weightOverflowsInLastStep_isFoundAtTheEpochsEnd() {
        MultiLayerNetwork net = line(new Sgd(1e39));
        var e = assertThrows(DivergedException.class, () -> new Trainer(TrainingPlan.epochs(3)).train(net, ONE));
        assertEquals("training diverged in epoch 1, batch 1 of 1: the loss is finite but a weight is not (last finite loss 1.0,"
                + " learning rate Infinity). Lower the learning rate, clip gradients, or check that the features are scaled.",
                e.getMessage());
    }

    @Test
    void diverged_validationOutput_namesTheRow() {
        MultiLayerNetwork net = line(new Sgd(0.25));
        Rows held = new Rows(column(1, Double.POSITIVE_INFINITY), column(1, 1), 2);
        var e = assertThrows(DivergedException.class, () -> new Trainer(TrainingPlan.epochs(1))
                .train(net, ONE, Optional.of(new Validation(held, held.labels(), Metrics.MAE))));
        assertTrue(e.getMessage().startsWith(
                "training diverged in epoch 1, batch 1 of 1: the output for validation row 1 is Infinity ("), e.getMessage());
    }

    @Test
    void diverged_afterGoodEpoch_keepsBestWeightsAndConfiguration() {
        MultiLayerNetwork net = line(new Sgd(0.5));
        TrainingPlan plan = TrainingPlan.epochs(40).withSchedule(new Schedule.Step(0.1, 1, 1))
                .withEarlyStopping(EarlyStopping.onMetric(5));
        BatchSource turning = new BatchSource() {
            @Override
            public int rows() {
                return 1;
            }

            @Override
            public int batchSize() {
                return 1;
            }

            @Override
            public int batches() {
                return 1;
            }

            @Override
            public Cursor open(int epoch) {
                return (epoch == 0 ? ONE : new Rows(column(1), column(Double.NaN), 1)).open(epoch);
            }
        };
        var e = assertThrows(DivergedException.class, () -> new Trainer(plan).train(net, turning, scripted(true, 0.5)));
        assertEquals(2, e.epoch());
        assertTrue(e.getMessage().endsWith("The batch's labels hold NaN in row 0: clean or fill it before training."), e.getMessage());
        assertEquals(0.2, weights(net)[0], TOLERANCE);
        assertEquals(0.5, net.getLearningRate(0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void train_sameSeed_sameBytesEvenWithDropout(boolean graph) {
        Rows rows = twoClasses(64, 16, 9L);
        float[] first = trained(graph, rows, 42);
        Nd4j.rand(10, 10); // whatever else draws random numbers in between
        float[] second = trained(graph, rows, 42);
        float[] other = trained(graph, rows, 43);
        assertArrayEquals(first, second, 0f);
        assertFalse(Arrays.equals(first, other), "dropout must depend on the seed");
    }

    private static float[] trained(boolean graph, Rows rows, long seed) {
        MultiLayerNetwork layers = initialised(classifier(new Adam(0.01), 0.5));
        Model net = graph ? layers.toComputationGraph() : layers;
        new Trainer(TrainingPlan.epochs(3).withSeed(seed)).train(net, rows);
        return weights(net);
    }

    /** Notes what DL4J tells its listeners. */
    private static final class Noting extends BaseTrainingListener {
        private final List<String> calls = new ArrayList<>();

        @Override
        public void onEpochStart(Model model) {
            calls.add("start");
        }

        @Override
        public void onEpochEnd(Model model) {
            calls.add("end");
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            calls.add("iteration " + iteration + " epoch " + epoch);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void train_layers_doesWhatFitDoes(boolean accelerated) {
        Rows rows = twoClasses(30, 10, null);
        MultiLayerNetwork ours = initialised(classifier(new Adam(0.01), 1));
        MultiLayerNetwork stock = initialised(classifier(new Adam(0.01), 1));
        Noting ourCalls = new Noting();
        Noting stockCalls = new Noting();
        ours.setListeners(ourCalls);
        stock.setListeners(stockCalls);
        Function<Network, StepEngine> engine = accelerated ? StepEngine::of : StockEngine::new;
        new Trainer(TrainingPlan.epochs(2), TrainingObserver.none(), engine, System::nanoTime).train(ours, rows, Optional.empty());
        stock.fit(new StockIterator(rows), 2);
        assertEquals(stockCalls.calls, ourCalls.calls);
        assertEquals(10, ourCalls.calls.size());
        assertEquals(stock.getIterationCount(), ours.getIterationCount());
        assertEquals(stock.getEpochCount(), ours.getEpochCount());
        // Other kernels round otherwise; with DL4J's own the bytes are the same.
        assertArrayEquals(weights(stock), weights(ours), accelerated ? 1e-5f : 0f);
        assertEquals(stock.getLayerWiseConfigurations().toJson(), ours.getLayerWiseConfigurations().toJson());
    }

    @Test
    void train_graph_doesWhatFitDoes() {
        Rows rows = twoClasses(30, 10, null);
        ComputationGraph ours = initialised(classifier(new Adam(0.01), 1)).toComputationGraph();
        ComputationGraph stock = initialised(classifier(new Adam(0.01), 1)).toComputationGraph();
        Noting ourCalls = new Noting();
        Noting stockCalls = new Noting();
        ours.setListeners(ourCalls);
        stock.setListeners(stockCalls);
        new Trainer(TrainingPlan.epochs(2)).train(ours, rows);
        stock.fit(new StockIterator(rows), 2);
        assertEquals(stockCalls.calls, ourCalls.calls);
        assertEquals(stock.getIterationCount(), ours.getIterationCount());
        assertEquals(stock.getEpochCount(), ours.getEpochCount());
        assertArrayEquals(weights(stock), weights(ours), 1e-3f);
        assertEquals(withoutSeed(stock), withoutSeed(ours));
    }

    /** A graph made from layers draws a new seed for its default configuration. */
    private static String withoutSeed(ComputationGraph graph) {
        return graph.getConfiguration().toJson().replaceAll("\"seed\" : -?\\d+", "");
    }

    @Test
    void train_wrongArguments_areRefused() {
        MultiLayerNetwork net = line(new Sgd(0.1));
        var stopping = new Trainer(TrainingPlan.epochs(1).withEarlyStopping(EarlyStopping.onMetric(1)));
        assertEquals("the plan stops early, for which it needs a validation; give one, or train without early stopping",
                assertThrows(IllegalArgumentException.class, () -> stopping.train(net, ONE)).getMessage());
        var trainer = new Trainer(TrainingPlan.epochs(1));
        assertEquals("there are no rows to train on",
                assertThrows(IllegalArgumentException.class, () -> trainer.train(net, new Rows(new float[0][], null, 1)))
                        .getMessage());
        assertEquals("the network has no weights yet; call init() on it first",
                assertThrows(IllegalArgumentException.class,
                        () -> trainer.train(new MultiLayerNetwork(classifier(new Sgd(1), 1)), ONE)).getMessage());
        assertEquals("network must be a MultiLayerNetwork or a ComputationGraph, got null",
                assertThrows(IllegalArgumentException.class, () -> trainer.train(null, ONE)).getMessage());
    }

    @Test
    void train_observerThrows_configurationIsPutBack() {
        MultiLayerNetwork net = line(new Sgd(0.5));
        var trainer = new Trainer(TrainingPlan.epochs(1).withSchedule(new Schedule.Step(0.1, 1, 1)), event -> {
            if (event instanceof TrainingEvent.StepDone) {
                throw new IllegalStateException("front end is gone");
            }
        });
        assertThrows(IllegalStateException.class, () -> trainer.train(net, ONE));
        assertEquals(0.5, net.getLearningRate(0));
        assertNull(((Sgd) net.getLayer(0).conf().getLayer().getUpdaterByParam("W")).getLearningRateSchedule());
    }
}
