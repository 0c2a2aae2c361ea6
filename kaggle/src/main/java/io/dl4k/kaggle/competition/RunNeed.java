package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.hardware.MemoryLimits;
import io.dl4k.hardware.MemoryNeed;
import io.dl4k.hardware.MemoryNeed.Place;
import io.dl4k.hardware.OffHeap;
import io.dl4k.training.Fold;
import io.dl4k.training.Trainer;
import io.dl4k.training.TrainingEvent;
import io.dl4k.training.TrainingPlan;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.DataSet;

/**
 * What a run will hold in memory at most, found out before it begins: each candidate prepares a few rows, then some more, and what that took is carried on to all rows;
 * its network makes a step on them. Where the tables are so small that nothing made of them could fill the heap, nothing is tried;
 * where the estimate is not far below it, a fold is prepared.
 *
 * <p>Estimates are rather too low than too high: a run that would have fitted is not refused. One that does not fit for all that ends with Java's or ND4J's own limit.
 */
public final class RunNeed {
    /** Tables larger than one part in so many of the heap are looked into: pairs of words take some twenty times as much as the text they are made of. */
    private static final int SMALL_PART = 32;
    private static final int FEW_ROWS = 64;
    private static final int MORE_ROWS = 256;
    /** Of what is allocated for columns of the whole table, this share is in use at once: 154 of 287 MiB in a table of 20,000 rows of 300 numbers. */
    private static final double IN_USE = 0.5;
    /** Parameters, gradients and Adam's two averages. */
    private static final int VECTORS = 4;
    /** Batches that are prepared ahead, in preparation, in use, and the last, shorter one. */
    private static final int BATCHES = 2 * CompetitionRun.PREPARING + 3;
    /** Bytes of a row's outputs beside the outputs. */
    private static final int ROW_OVERHEAD = 24;
    private static final double MEBIBYTE = 1L << 20;
    /** Where an estimate is within this factor of the heap, a fold is prepared to be sure: texts of 27 MiB by the few rows took over 128. */
    private static final int UNSURE = 8;
    /** Bytes of an array that takes room: small, so that none needs to lie apart. */
    private static final int ROOM = 1 << 16;
    /** A run holds more than what it prepares: one part in so many of the heap must be left. */
    private static final int SPARE_PART = 8;
    private static final String ENCODERS = "the words and levels of finished networks";

    private final Competition competition;
    private final Problem problem;
    private final RunOptions options;

    private RunNeed(Competition competition, Problem problem, RunOptions options) {
        this.competition = competition;
        this.problem = problem;
        this.options = options;
    }

    /**
     * Why a run does not fit.
     *
     * @return one line for people; empty if it fits
     */
    public static Optional<String> refusal(Competition competition, Problem problem, RunOptions options, MemoryLimits limits) {
        if (used() < limits.heap() / SMALL_PART) {
            return Optional.empty();
        }
        System.gc();
        long tables = used();
        if (tables < limits.heap() / SMALL_PART) {
            return Optional.empty();
        }
        RunNeed run = new RunNeed(competition, problem, options);
        // Of the networks that are there already.
        long encoders = 0;
        for (Candidate candidate : competition.candidates()) {
            Optional<String> refusal;
            try {
                MemoryNeed need = run.of(candidate, tables).plus(ENCODERS, encoders, Place.HEAP);
                refusal = need.refusal(limits);
                if (refusal.isEmpty() && need.bytes(Place.HEAP) > limits.heap() / UNSURE) {
                    long own = run.encoders(candidate, encoders + limits.heap() / SPARE_PART);
                    refusal = need.plus(ENCODERS, own, Place.HEAP).refusal(limits);
                    encoders += own;
                }
            } catch (OutOfMemoryError e) {
                refusal = Optional.of(full(tables, limits));
            }
            if (refusal.isPresent()) {
                return Optional.of(problem.train().name() + ": for '" + candidate.name() + "' " + refusal.get());
            }
        }
        return Optional.empty();
    }

    /**
     * What the words of texts take grows with the rows in no simple way: a fold is prepared as it will be, in the room that will be left.
     *
     * @param held bytes that will be in use by then
     * @return bytes of this candidate's encoders, one a fold
     * @throws OutOfMemoryError if there is not so much room
     */
    private long encoders(Candidate candidate, long held) {
        List<Fold> folds = CompetitionRun.folds(competition, problem, options);
        System.gc();
        long before = used();
        byte[][] room = new byte[(int) (held / ROOM)][ROOM];
        Encoder encoder = prepared(candidate, folds.get(0));
        System.gc();
        long taken = used() - before - (long) room.length * ROOM;
        Reference.reachabilityFence(room);
        Reference.reachabilityFence(encoder);
        return folds.size() * Math.max(0, taken);
    }

    private Encoder prepared(Candidate candidate, Fold fold) {
        Preparation.Fitted fitted = candidate.preparation().fit(problem.train(), fold.training(), problem.targets().fit(fold.training()));
        BatchSource training = CompetitionRun.ahead(fitted, candidate.recipe(), options.seed());
        BatchSource validation = fitted.encoder().batches(problem.train(), fold.validation(), TrainedNetwork.predictionBatch(fitted.encoder()));
        try (BatchSource.Cursor some = training.open(0); BatchSource.Cursor held = validation.open(0)) {
            some.next();
            held.next();
        }
        return fitted.encoder();
    }

    /** Not even the few rows could be prepared, for which columns of all rows are made. */
    private static String full(long tables, MemoryLimits limits) {
        return String.format(Locale.ROOT, "more than Java's heap of %,.0f MiB is needed: the tables take %,.0f of it, and their features do not fit beside them. "
                + "Give Java more with DL4K_JAVA_OPTS=-Xmx, use a machine with more memory, or fewer rows or columns.", limits.heap() / MEBIBYTE, tables / MEBIBYTE);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** @param tables bytes of the heap that are in use already */
    static MemoryNeed of(Competition competition, Problem problem, RunOptions options, Candidate candidate, long tables) {
        return new RunNeed(competition, problem, options).of(candidate, tables);
    }

    private MemoryNeed of(Candidate candidate, long tables) {
        int rows = problem.train().rows();
        int folds = options.folds().orElse(competition.info().defaultFolds());
        int held = rows / (folds == 1 ? Competition.HOLD_OUT_PART : folds);
        Sample few = sample(candidate, Math.min(FEW_ROWS, rows));
        Sample more = sample(candidate, Math.min(MORE_ROWS, rows));
        int between = Math.max(1, more.rows - few.rows);
        double keptPerRow = Math.max(0, (double) (more.kept - few.kept) / between);
        double takenPerRow = Math.max(keptPerRow, (double) (more.taken - few.taken) / between);
        // Columns of the whole table, whichever rows of it are prepared. What else is taken for a row is mostly garbage at once.
        long whole = Math.max(0, (long) (IN_USE * (few.taken - takenPerRow * few.rows)));
        long wholeKept = Math.max(0, (long) (few.kept - keptPerRow * few.rows));
        long training = (long) (keptPerRow * (rows - held)) + wholeKept;
        long validating = (long) (keptPerRow * held) + whole;
        int networks = folds * options.ensemble().orElse(competition.info().defaultEnsemble());
        int outputs = problem.targets().outputs();
        long rowOfOutputs = ROW_OVERHEAD + (long) outputs * Float.BYTES;
        long predictions = rowOfOutputs * (2L * rows + (long) networks * problem.test().rows());
        Trial trial = trial(candidate, more.fitted);
        return new MemoryNeed(List.of()).plus("the tables", tables, Place.HEAP).plus("the features of a fold's rows", training, Place.HEAP)
                .plus("preparing and validating", validating, Place.HEAP).plus("predictions", predictions, Place.HEAP).plus("batches", BATCHES * trial.batch, Place.HEAP)
                .plus("batches", BATCHES * trial.batch, Place.OUTSIDE).plus("a network in training and its step", trial.step, Place.OUTSIDE)
                .plus("the " + networks + " networks", VECTORS * Float.BYTES * trial.parameters * (networks - 1), Place.OUTSIDE);
    }

    /** @param kept bytes of the features  @param taken bytes that making them allocated */
    private record Sample(int rows, long kept, long taken, Preparation.Fitted fitted) {
    }

    private Sample sample(Candidate candidate, int count) {
        int rows = problem.train().rows();
        int[] some = IntStream.range(0, count).map(i -> (int) ((long) i * rows / count)).toArray();
        long before = allocated();
        Preparation.Fitted fitted = candidate.preparation().fit(problem.train(), some, problem.targets().fit(some));
        BatchSource source = fitted.training().batches(candidate.recipe().batchSize(), options.seed());
        return new Sample(count, source.bytes(), allocated() - before, fitted);
    }

    private static long allocated() {
        return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads ? threads.getThreadAllocatedBytes(Thread.currentThread().getId()) : 0;
    }

    /** @param step bytes outside the heap while a network is trained  @param batch bytes of a batch on either side */
    private record Trial(long parameters, long step, long batch) {
    }

    /** A step on the few rows. */
    private Trial trial(Candidate candidate, Preparation.Fitted fitted) {
        BatchSource source = fitted.training().batches(candidate.recipe().batchSize(), options.seed());
        long batch;
        try (BatchSource.Cursor cursor = source.open(0)) {
            DataSet first = cursor.next();
            batch = Stream.of(first.getFeatures(), first.getLabels(), first.getFeaturesMaskArray()).filter(Objects::nonNull).mapToLong(a -> a.length() * Float.BYTES).sum();
        }
        long before = OffHeap.used();
        AtomicLong most = new AtomicLong();
        Model network = candidate.architecture().build(fitted.encoder(), problem.targets().outputs(), options.seed());
        new Trainer(TrainingPlan.epochs(1).withBudget(Duration.ofNanos(1)).withWorkers(options.workers()), event -> {
            if (event instanceof TrainingEvent.StepDone) {
                most.set(OffHeap.used() - before);
            }
        }).train(network, source, Optional.empty());
        return new Trial(network.numParams(), Math.max(0, most.get()), batch);
    }
}
