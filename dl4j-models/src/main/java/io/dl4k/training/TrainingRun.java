package io.dl4k.training;

import io.dl4k.data.BatchSource;
import io.dl4k.models.Schedule;
import io.dl4k.training.EarlyStopping.Watch;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** One training, from its first step to its result; used once. */
final class TrainingRun {

    private static final double NANOS = 1e9;

    private final TrainingPlan plan;
    private final TrainingObserver observer;
    private final Network network;
    private final StepEngine engine;
    private final BatchSource train;
    private final Optional<Validation> validation;
    private final TrainingKeeper keeper;
    private final LongSupplier nanoTime;
    private final LearningRates rates;
    private final Best best;
    private final WeightAverage average;
    private final List<History.Epoch> history = new ArrayList<>();

    private long started;
    private long steps;
    private double lastLoss = Double.NaN;
    private boolean gradientAsked;
    private int passedOver;
    private double learningRate = Double.NaN;
    /** The weights as trained, while the network holds their average for validation; made once. */
    private INDArray trained;

    TrainingRun(TrainingPlan plan, TrainingObserver observer, Network network, StepEngine engine, BatchSource train,
            Optional<Validation> validation, TrainingKeeper keeper, LongSupplier nanoTime) {
        this.plan = plan;
        this.observer = observer;
        this.network = network;
        this.engine = engine;
        this.train = train;
        this.validation = validation;
        this.keeper = keeper;
        this.nanoTime = nanoTime;
        this.rates = new LearningRates(network);
        this.best = new Best(plan.earlyStopping(), validation);
        this.average = plan.averaging().map(WeightAverage::of).orElse(null);
    }

    TrainingResult run() {
        started = nanoTime.getAsLong();
        Optional<TrainingState> found = keeper.found();
        found.ifPresent(this::restore);
        observer.on(new TrainingEvent.Started(plan.epochs(), train.batches(), train.rows(),
                validation.map(held -> held.rows().rows()).orElse(0), network.parameters().length()));
        tellPassedOver();
        StopReason reason;
        boolean restored;
        try {
            reason = trainEpochs(found);
            engine.settle();
            restored = best.restore(network.parameters());
            if (!restored && average != null && average.average() != null) {
                network.parameters().assign(average.average());
            }
        } catch (DivergedException e) {
            engine.settle();
            best.restore(network.parameters());
            throw e;
        } finally {
            rates.restore();
        }
        TrainingResult result = new TrainingResult(
                new History(history), best.epoch, best.score, reason, restored, steps, seconds(started));
        observer.on(new TrainingEvent.Computed(engine.leftToStock(), engine.bytes()));
        observer.on(new TrainingEvent.Finished(result));
        return result;
    }

    private StopReason trainEpochs(Optional<TrainingState> found) {
        int first = found.map(state -> state.progress().epoch()).orElse(1);
        for (int epoch = first; epoch <= plan.epochs(); epoch++) {
            Optional<StopReason> stop = trainEpoch(epoch, epoch == first ? found : Optional.empty());
            if (stop.isPresent()) {
                return stop.get();
            }
            if (best.patienceIsOver()) {
                return StopReason.EARLY_STOPPING;
            }
        }
        return StopReason.COMPLETED;
    }

    /** @param found the state inside this epoch to go on from; empty: from its start */
    private Optional<StopReason> trainEpoch(int epoch, Optional<TrainingState> found) {
        long epochStarted = nanoTime.getAsLong() - found.map(state -> state.progress().epochNanos()).orElse(0L);
        // Anew for each epoch, so that an epoch does not depend on how many random numbers anyone drew before it.
        Nd4j.getRandom().setSeed(seed(plan.seed(), epoch));
        for (TrainingListener listener : network.listeners()) {
            listener.onEpochStart(network.model());
        }
        observer.on(new TrainingEvent.EpochStarted(epoch));

        int batches = train.batches();
        int done = 0;
        EpochSums sums = new EpochSums();
        sums.rows = found.map(state -> state.progress().rows()).orElse(0L);
        sums.lossOfRows = found.map(state -> state.progress().lossOfRows()).orElse(0.0);
        Optional<StepBegun> waiting = Optional.empty();
        int before = found.map(state -> state.progress().batch()).orElse(0);
        Optional<StopReason> stop = Optional.empty();
        try (BatchSource.Cursor cursor = train.open(epoch - 1)) {
            // The order is the epoch's own, so what was trained is passed over.
            for (; done < before; done++) {
                if (next(cursor) == null) {
                    return interrupted().or(() -> {
                        throw new IllegalArgumentException("the state is of " + before + " batches in an epoch, the source has fewer");
                    });
                }
            }
            found.ifPresent(state -> state.random().restore());
            while (stop.isEmpty()) {
                long asked = nanoTime.getAsLong();
                DataSet batch = next(cursor);
                if (batch == null) {
                    stop = interrupted();
                    break;
                }
                network.waited((nanoTime.getAsLong() - asked) / 1_000_000);
                StepBegun begun = begin(epoch, ++done, batch);
                // A device that works by itself has this step to do while the last one's loss is looked at and the next batch is made.
                waiting.ifPresent(step -> finish(step, sums));
                waiting = begun.late ? Optional.of(begun) : Optional.empty();
                if (!begun.late) {
                    finish(begun, sums);
                }
                stop = interrupted().or(() -> overBudget());
                if (stop.isEmpty() && keeper.due()) {
                    waiting.ifPresent(step -> finish(step, sums));
                    waiting = Optional.empty();
                    keeper.keep(state(new TrainingState.Progress(epoch, done, sums.rows, sums.lossOfRows, nanoTime.getAsLong() - epochStarted)));
                }
            }
        }
        waiting.ifPresent(step -> finish(step, sums));
        if (stop.isPresent() && done < batches) {
            return stop;
        }
        if (done != batches) {
            throw new IllegalStateException("the source names " + batches + " batches but gave " + done + " in epoch " + epoch);
        }
        engine.settle();
        double trainingSeconds = seconds(epochStarted);
        for (TrainingListener listener : network.listeners()) {
            listener.onEpochEnd(network.model());
        }
        network.incrementEpochs();
        if (average != null) {
            average.afterEpoch(network.parameters());
        }
        requireFiniteWeights(epoch, done);
        Optional<Scores> scores = validate(epoch, done);
        boolean whole = validation.isEmpty() || scores.isPresent();
        if (!whole) {
            return interrupted();
        }
        History.Epoch finished = new History.Epoch(epoch, sums.lossOfRows / sums.rows,
                scores.map(Scores::loss).orElse(OptionalDouble.empty()),
                scores.map(Scores::metric).map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                learningRate, seconds(epochStarted), sums.rows / trainingSeconds);
        history.add(finished);
        boolean isBest = scores.isPresent() && best.take(epoch, scores.get(), averagedOrTrained());
        observer.on(new TrainingEvent.EpochDone(finished, isBest));
        return epoch == plan.epochs() ? Optional.empty() : interrupted().or(() -> overBudget());
    }

    private TrainingState state(TrainingState.Progress progress) {
        engine.settle();
        return new TrainingState(progress, new TrainingState.Counts(steps, network.iterations(), network.epochs(), nanoTime.getAsLong() - started),
                TrainingState.Generator.now(), lastLoss, learningRate, List.copyOf(history), best.standing(), TrainingState.Vector.of(network.parameters()),
                Optional.ofNullable(network.updater().getStateViewArray()).map(TrainingState.Vector::of),
                average == null ? List.of() : average.memory().stream().map(TrainingState.Vector::of).toList(),
                Optional.ofNullable(best.weights).map(TrainingState.Vector::of));
    }

    private void restore(TrainingState state) {
        state.requireFit(network, plan, train.batches());
        engine.settle();
        state.parameters().copyTo(network.parameters());
        state.updater().ifPresent(updater -> updater.copyTo(network.updater().getStateViewArray()));
        network.counts(state.counts().iterations(), state.counts().epochs());
        steps = state.counts().steps();
        started -= state.counts().nanos();
        lastLoss = state.lastLoss();
        learningRate = state.learningRate();
        history.addAll(state.history());
        if (average != null && !state.averages().isEmpty()) {
            average.remember(state.averages().stream().map(each -> each.copyLike(network.parameters())).toList(), steps);
        }
        best.stand(state.best(), state.bestWeights().map(weights -> weights.copyLike(network.parameters())));
    }

    /** What the steps of an epoch came to so far. */
    private static final class EpochSums {
        private long rows;
        private double lossOfRows;
    }

    /** A step whose loss may not be known yet. @param step over all epochs, from 0 @param late whether the next one may have begun when it is */
    private record StepBegun(int epoch, int batch, long step, int rows, double learningRate, boolean late, DoubleSupplier loss) {}

    private StepBegun begin(int epoch, int batchNumber, DataSet batch) {
        Optional<Schedule> schedule = plan.schedule();
        if (schedule.isPresent()) {
            rates.set(schedule.get().at(steps));
        }
        learningRate = rates.current();
        boolean late = engine.late() && !gradientAsked;
        int rows = Math.toIntExact(batch.getFeatures().size(0));
        StepBegun begun = new StepBegun(epoch, batchNumber, steps, rows, learningRate, late, engine.begin(batch));
        steps++;
        if (average != null) {
            engine.settle();
            average.afterStep(network.parameters());
        }
        return begun;
    }

    private void tellPassedOver() {
        List<String> reasons = engine.passedOver();
        if (reasons.size() > passedOver) {
            observer.on(new TrainingEvent.PassedOver(reasons.subList(passedOver, reasons.size())));
            passedOver = reasons.size();
        }
    }

    /** Waits for a step's loss and tells of it. */
    private void finish(StepBegun step, EpochSums sums) {
        double loss = step.loss.getAsDouble();
        if (!Double.isFinite(loss)) {
            throw diverged(step.epoch, step.batch, "the loss is " + loss, notFinite(step.epoch, step.batch));
        }
        lastLoss = loss;
        tellPassedOver();
        sums.rows += step.rows;
        sums.lossOfRows += loss * step.rows;
        observer.on(new TrainingEvent.StepDone(step.epoch, step.batch, train.batches(), step.step, step.rows, loss, step.learningRate,
                step.late ? this::gradientGone : engine::gradientNorm));
    }

    /** The next step may have overwritten it. Who asks once will ask again: from now on steps are waited for. */
    private OptionalDouble gradientGone() {
        gradientAsked = true;
        return OptionalDouble.empty();
    }

    /** Looks at the batch again, whose memory may hold another by now. */
    private Optional<String> notFinite(int epoch, int number) {
        try (BatchSource.Cursor again = train.open(epoch - 1)) {
            DataSet batch = again.next();
            for (int i = 1; i < number && batch != null; i++) {
                batch = again.next();
            }
            return batch == null ? Optional.empty() : wrong(batch);
        }
    }

    private static Optional<String> wrong(DataSet batch) {
        return notFinite("features", batch.getFeatures()).or(() -> notFinite("labels", batch.getLabels()));
    }

    private DataSet next(BatchSource.Cursor cursor) {
        try {
            return cursor.next();
        } catch (RuntimeException e) {
            // A source that was waiting for its batch has no other way to answer an interrupt.
            if (causedByInterrupt(e)) {
                Thread.currentThread().interrupt();
                return null;
            }
            throw e;
        }
    }

    private static boolean causedByInterrupt(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException || cause instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return false;
    }

    private record Scores(OptionalDouble loss, double metric) {}

    /** {@return nothing without a validation, or if interrupted during it} */
    private Optional<Scores> validate(int epoch, int batches) {
        if (validation.isEmpty()) {
            return Optional.empty();
        }
        INDArray weights = network.parameters();
        boolean swapped = average != null;
        if (swapped) {
            trained = trained == null ? weights.dup() : trained.assign(weights);
            weights.assign(average.average());
        }
        try {
            return score(validation.get(), epoch, batches);
        } finally {
            if (swapped) {
                engine.settle();
                weights.assign(trained);
            }
        }
    }

    private Optional<Scores> score(Validation held, int epoch, int batches) {
        List<float[]> predictions = new ArrayList<>(held.rows().rows());
        double lossOfRows = 0;
        boolean losses = true;
        try (BatchSource.Cursor cursor = held.rows().open(0)) {
            for (DataSet batch = next(cursor); batch != null; batch = next(cursor)) {
                if (Thread.currentThread().isInterrupted()) {
                    return Optional.empty();
                }
                float[][] outputs = Predictor.rows(engine.output(batch));
                requireFinite(outputs, predictions.size(), epoch, batches);
                predictions.addAll(Arrays.asList(outputs));
                losses &= batch.getLabels() != null;
                if (losses) {
                    lossOfRows += engine.loss(batch) * outputs.length;
                }
            }
        }
        if (Thread.currentThread().isInterrupted()) {
            return Optional.empty();
        }
        double metric = held.metric().score(predictions.toArray(new float[0][]), held.targets());
        return Optional.of(new Scores(
                losses ? OptionalDouble.of(lossOfRows / predictions.size()) : OptionalDouble.empty(), metric));
    }

    private INDArray averagedOrTrained() {
        return average == null ? network.parameters() : average.average();
    }

    private void requireFiniteWeights(int epoch, int batches) {
        // The sum of magnitudes in one native pass: NaN and infinities come through it, and finite weights that overflow it have
        // diverged as well.
        if (!Double.isFinite(network.parameters().norm1Number().doubleValue())) {
            throw diverged(epoch, batches, "the loss is finite but a weight is not", Optional.empty());
        }
    }

    private void requireFinite(float[][] outputs, int before, int epoch, int batches) {
        for (int row = 0; row < outputs.length; row++) {
            for (float output : outputs[row]) {
                if (!Float.isFinite(output)) {
                    throw diverged(epoch, batches, "the output for validation row " + (before + row) + " is " + output,
                            Optional.empty());
                }
            }
        }
    }

    private DivergedException diverged(int epoch, int batch, String what, Optional<String> cause) {
        String advice = cause.map(found -> "The batch's " + found + ": clean or fill it before training.")
                .orElse("Lower the learning rate, clip gradients, or check that the features are scaled.");
        return new DivergedException("training diverged in epoch " + epoch + ", batch " + batch + " of " + train.batches() + ": "
                + what + " (last finite loss " + (float) lastLoss + ", learning rate " + (float) learningRate + "). " + advice,
                epoch, batch, lastLoss, learningRate);
    }

    /** {@return where the array has a value that is not finite} */
    private static Optional<String> notFinite(String name, INDArray array) {
        if (array == null) {
            return Optional.empty();
        }
        float[][] rows = Predictor.rows(array);
        for (int row = 0; row < rows.length; row++) {
            for (float value : rows[row]) {
                if (!Float.isFinite(value)) {
                    return Optional.of(name + " hold " + value + " in row " + row);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<StopReason> interrupted() {
        return Thread.currentThread().isInterrupted() ? Optional.of(StopReason.INTERRUPTED) : Optional.empty();
    }

    private Optional<StopReason> overBudget() {
        boolean over = !plan.budget().isZero() && nanoTime.getAsLong() - started >= plan.budget().toNanos();
        return over ? Optional.of(StopReason.BUDGET) : Optional.empty();
    }

    private double seconds(long since) {
        return (nanoTime.getAsLong() - since) / NANOS;
    }

    /** Neighbouring seeds and epochs must not give neighbouring states: the finaliser of SplitMix64. */
    private static long seed(long seed, int epoch) {
        long mixed = seed + epoch * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** The best epoch so far, and how long ago there was an improvement. */
    private static final class Best {
        private final Optional<EarlyStopping> stopping;
        private final Optional<Validation> validation;
        private int epoch;
        private double score = Double.NaN;
        private double improved = Double.NaN;
        private int waited;
        private INDArray weights;

        Best(Optional<EarlyStopping> stopping, Optional<Validation> validation) {
            this.stopping = stopping;
            this.validation = validation;
        }

        /** Takes an epoch's scores and the weights that have them. {@return whether they are the best so far} */
        boolean take(int number, Scores scores, INDArray holder) {
            boolean higherIsBetter = watch() == Watch.METRIC && validation.orElseThrow().metric().higherIsBetter();
            double value = watch() == Watch.METRIC ? scores.metric() : scores.loss().orElseThrow(() -> new IllegalArgumentException(
                    "early stopping watches the loss, but the validation rows have no labels; give them, or watch the metric"));
            if (Double.isNaN(value)) {
                waited++;
                return false;
            }
            double sign = higherIsBetter ? 1 : -1;
            double minDelta = stopping.map(EarlyStopping::minDelta).orElse(0.0);
            if (Double.isNaN(improved) || sign * (value - improved) > minDelta) {
                improved = value;
                waited = 0;
            } else {
                waited++;
            }
            boolean best = Double.isNaN(score) || sign * (value - score) > 0;
            if (best) {
                epoch = number;
                score = value;
                if (stopping.isPresent()) {
                    weights = weights == null ? holder.dup() : weights.assign(holder);
                }
            }
            return best;
        }

        TrainingState.Standing standing() {
            return new TrainingState.Standing(epoch, score, improved, waited);
        }

        void stand(TrainingState.Standing standing, Optional<INDArray> holder) {
            epoch = standing.epoch();
            score = standing.score();
            improved = standing.improved();
            waited = standing.waited();
            weights = holder.orElse(null);
        }

        private Watch watch() {
            return stopping.map(EarlyStopping::watch).orElse(Watch.METRIC);
        }

        boolean patienceIsOver() {
            return stopping.isPresent() && waited >= stopping.get().patience();
        }

        /** {@return whether there were weights to put back} */
        boolean restore(INDArray parameters) {
            if (weights == null) {
                return false;
            }
            parameters.assign(weights);
            return true;
        }
    }
}
