package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.DataException;
import io.dl4k.metrics.Metric;
import io.dl4k.models.Schedule;
import io.dl4k.training.Fold;
import io.dl4k.training.Trainer;
import io.dl4k.training.TrainingEvent;
import io.dl4k.training.TrainingKeeper;
import io.dl4k.training.TrainingPlan;
import io.dl4k.training.TrainingResult;
import io.dl4k.training.Validation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;

/**
 * Takes a competition from its data to an ensemble: every candidate is cross-validated on the same folds, the best one's networks vote.
 *
 * <p>Each network is trained on all folds but one. Its predictions for that fold are the honest score; its predictions for the test rows are
 * averaged with those of the other folds' networks, unless the competition wants networks {@linkplain Competition#trainedAnew trained anew} on all rows for
 * that. Every network has its own seed, derived from the run's, so that one can be left out or read back from a checkpoint without changing the others.
 */
public final class CompetitionRun {
    /** A time budget is divided into epochs after trying the network for this part of its share, but no longer than a few seconds. */
    private static final int TRIAL_PART = 10;
    /** A candidate's first network is tried for longer: Java has not compiled its steps yet, and of slow ones too few would be planned. */
    private static final int FIRST_TRIAL_PART = 4;
    /** One part in so many of a network's time is for its validation and for steps that take longer than the one tried. */
    private static final int SLACK_PART = 10;
    /** Part of the steps in which the learning rate rises to its peak. */
    private static final int WARM_UP_PART = 10;
    /** Networks on all rows may be trained shorter than those of the folds by this factor, before those of the folds predict. */
    private static final int HURRIED = 2;
    private static final Duration LONGEST_TRIAL = Duration.ofSeconds(3);
    /** Threads that bend, shuffle and gather the next batches: one beside two that compute; where a GPU computes, or many cores do, one would keep them waiting. */
    static final int PREPARING = Math.min(8, Math.max(1, Runtime.getRuntime().availableProcessors() / 4));

    private final Competition competition;
    private final Problem problem;
    private final RunOptions options;
    private final Checkpoints checkpoints;
    private final RunObserver observer;

    /**
     * @param checkpoints where finished networks are kept and found again
     * @param observer told what happens
     */
    public CompetitionRun(Competition competition, Problem problem, RunOptions options, Checkpoints checkpoints, RunObserver observer) {
        this.competition = competition;
        this.problem = problem;
        this.options = options;
        this.checkpoints = checkpoints;
        this.observer = observer;
    }

    /**
     * What a run ends with.
     *
     * @param ensemble that predicts
     * @param validated the networks of the same candidates that the folds were held out from; the ensemble itself unless its networks were {@linkplain Competition#trainedAnew trained anew}
     * @param scores of all candidates, in the competition's order
     * @param best the best candidate's
     * @param submitted what votes, one candidate or several
     * @param planned networks that were to be trained; a time budget may have left some out
     */
    public record Result(Ensemble ensemble, Ensemble validated, List<CandidateScore> scores, CandidateScore best, Submitted submitted, int planned) {
        public Result {
            scores = List.copyOf(scores);
        }
    }

    /**
     * What is submitted and how it did, each row predicted by the networks that were not trained on it.
     *
     * @param weights of the candidates that vote, by name, summing to 1
     * @param score over all validated rows
     * @param foldScores of each validated fold
     * @param rows that were validated, by their numbers in the training table
     * @param averaged outputs for these rows: probabilities as they are, whatever the threshold, or numbers on the link's scale
     * @param predictions of these rows as the metric takes them
     */
    public record Submitted(Map<String, Double> weights, double score, List<Double> foldScores, int[] rows, float[][] averaged, float[][] predictions) {
        public Submitted {
            weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
            foldScores = List.copyOf(foldScores);
        }
    }

    /** One network to be trained. */
    private record Job(Candidate candidate, int fold, int member) {
        /** Differs for every job of a run, and from one run's seed to the next. */
        long seed(long run) {
            return run * 1_000_003 + (member * 1_009L + fold) * 31 + candidate.name().hashCode();
        }
    }

    /** What a candidate's finished networks said about the rows they were not trained on. */
    private static final class Votes {
        private final List<TrainedNetwork> networks = new ArrayList<>();
        private final List<NetworkScore> scores = new ArrayList<>();
        private final Map<Integer, List<float[][]>> byFold = new HashMap<>();
        private double seconds;
    }

    /** A network and how it came to be; a network from a checkpoint does not tell. */
    private record Fit(TrainedNetwork network, Optional<TrainingResult> training) {
    }

    /**
     * Trains until everything is done or the time budget is spent; the first network of the first fold is always finished, however short the budget.
     *
     * @throws io.dl4k.training.DivergedException if a network's loss stops being a number
     * @throws java.io.UncheckedIOException if a checkpoint cannot be written
     */
    public Result execute() {
        try {
            return run();
        } catch (RuntimeException | Error e) {
            // What is finished is not lost with what failed.
            try {
                checkpoints.flush();
            } catch (RuntimeException unwritten) {
                e.addSuppressed(unwritten);
            }
            throw e;
        }
    }

    private Result run() {
        Decisions decisions = checkpoints.decisions();
        Deadline deadline = decisions.deadline();
        List<Fold> folds = folds();
        List<Job> jobs = jobs(folds.size());
        List<Job> anew = anew(folds.size());
        int waiting = anew.size() / members();
        observer.on(new RunEvent.RunStarted(jobs.size() + anew.size(), competition.info().metric().higherIsBetter()));
        Map<String, Votes> votes = new HashMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            boolean before = checkpoints.has(job.candidate(), job.fold(), job.member());
            // The first network of every candidate and fold shares the time; further ones are trained as long, or not at all.
            Duration share = deadline.share(waiting + (job.member() == 0 ? jobs.size() / members() - i : 1));
            Duration needed = job.member() == 0 ? Duration.ZERO : decisions.longest(job.candidate());
            boolean late = i > 0 && deadline.passed() || tooShort(share, needed);
            if (!before && (late || decisions.isLeftOut(i + 1))) {
                decisions.leaveOut(i + 1);
                continue;
            }
            long start = System.nanoTime();
            train(job, i + 1, folds, share, votes.computeIfAbsent(job.candidate().name(), c -> new Votes()));
            decisions.took(job.candidate(), Duration.ofNanos(System.nanoTime() - start));
        }
        if (!decisions.budget().isZero()) {
            // What the clock decided cannot be had again.
            checkpoints.flush();
        }
        List<CandidateScore> scores = new ArrayList<>();
        for (Candidate candidate : competition.candidates()) {
            if (votes.containsKey(candidate.name())) {
                scores.add(score(candidate, votes.get(candidate.name()), folds));
            }
        }
        CandidateScore best = best(scores, competition.info().metric());
        Blend.Chosen chosen = new Blend(problem, competition.info().metric()).choose(scores, best);
        List<TrainedNetwork> voters = chosen.weights().keySet().stream().flatMap(name -> votes.get(name).networks.stream()).toList();
        Ensemble validated = new Ensemble(competition, chosen.answer(), problem.sample().idColumn(), problem.sample().targetColumns(), chosen.weights(), voters);
        List<TrainedNetwork> onAll = trainAnew(anew.stream().filter(job -> chosen.weights().containsKey(job.candidate().name())).toList(), anew, jobs.size(), decisions);
        Ensemble ensemble = onAll.isEmpty() ? validated
                : new Ensemble(competition, chosen.answer(), problem.sample().idColumn(), problem.sample().targetColumns(), chosen.weights(), onAll);
        Submitted submitted = new Submitted(chosen.weights(), chosen.score(), chosen.foldScores(), chosen.outOfFold().rows(),
                chosen.outOfFold().averaged(), chosen.outOfFold().predictions(chosen.answer()));
        return new Result(ensemble, validated, scores, best, submitted, jobs.size());
    }

    private static boolean tooShort(Duration share, Duration needed) {
        return !share.isZero() && share.compareTo(needed) < 0;
    }

    /**
     * Trains networks on all rows.
     *
     * @param voting those that are wanted, the first of every candidate before any second one
     * @param all that could have been, by which they are numbered
     * @param before networks numbered before them
     * @return at least one of each candidate, or none where there is no time for that
     */
    private List<TrainedNetwork> trainAnew(List<Job> voting, List<Job> all, int before, Decisions decisions) {
        Deadline deadline = decisions.deadline();
        List<TrainedNetwork> networks = new ArrayList<>();
        long firsts = voting.stream().filter(job -> job.member() == 0).count();
        for (int i = 0; i < voting.size(); i++) {
            Job job = voting.get(i);
            int number = before + all.indexOf(job) + 1;
            Duration share = deadline.share((int) Math.max(1, firsts - i));
            Duration needed = i > 0 && job.member() == 0 ? Duration.ZERO : decisions.longest(job.candidate()).dividedBy(i == 0 ? HURRIED : 1);
            boolean kept = checkpoints.has(job.candidate(), job.fold(), job.member());
            if (!kept && (tooShort(share, needed) || decisions.isLeftOut(number))) {
                decisions.leaveOut(number);
                if (i == 0) {
                    break;
                }
                continue;
            }
            long start = System.nanoTime();
            Fit fit = keptOrFit(job, number, all(problem.train().rows()), Optional.empty(), job.fold(), share, networks);
            networks.add(fit.network());
            decisions.took(job.candidate(), Duration.ofNanos(System.nanoTime() - start));
            observer.on(new RunEvent.NetworkFinished(number, job.candidate().name(), RunEvent.ALL_ROWS, Double.NaN, fit.training().isEmpty()));
        }
        if (!decisions.budget().isZero()) {
            checkpoints.flush();
        }
        return networks;
    }

    /** The first of those with the best score; one without a score, such as AUC where all rows have one class, comes last. */
    static CandidateScore best(List<CandidateScore> scores, Metric metric) {
        double sign = metric.higherIsBetter() ? 1 : -1;
        return scores.stream().max(Comparator.comparingDouble(s -> Double.isNaN(s.score()) ? Double.NEGATIVE_INFINITY : sign * s.score())).orElseThrow();
    }

    private List<Fold> folds() {
        return folds(competition, problem, options);
    }

    static List<Fold> folds(Competition competition, Problem problem, RunOptions options) {
        options.requirePossible(competition.info(), problem.targets().rows());
        return competition.split(problem.train(), problem.targets(), options.folds().orElse(competition.info().defaultFolds()), options.seed());
    }

    /**
     * Checks what can be checked before anything is trained or written.
     *
     * @throws IllegalArgumentException if there are more folds than training rows, or more networks than a model file holds
     * @throws DataException if the rows cannot be split so, or a fold holds out rows that the metric cannot score, such as rows of one class by AUC
     */
    public static void requirePossible(Competition competition, Problem problem, RunOptions options) {
        List<Fold> folds = folds(competition, problem, options);
        for (int f = 0; f < folds.size(); f++) {
            float[][] actual = problem.targets().actual(folds.get(f).validation());
            try {
                // What a metric cannot score, it cannot score by the truth.
                competition.info().metric().score(actual, actual);
            } catch (IllegalArgumentException e) {
                throw DataException.in(problem.train().name(), "fold " + (f + 1) + " of " + folds.size() + " holds out rows that cannot be scored, " + e.getMessage()
                        + ". Use fewer folds with --folds, or another metric.");
            }
        }
    }

    /** All first members before any second one, so that a short budget still sees every candidate and fold. */
    private List<Job> jobs(int folds) {
        return jobs(IntStream.range(0, folds).toArray());
    }

    /** Those on all rows: the fold after the last holds nothing out. */
    private List<Job> anew(int folds) {
        return competition.trainedAnew() ? jobs(new int[] {folds}) : List.of();
    }

    private List<Job> jobs(int[] folds) {
        List<Job> jobs = new ArrayList<>();
        for (int member = 0; member < members(); member++) {
            for (Candidate candidate : competition.candidates()) {
                for (int fold : folds) {
                    jobs.add(new Job(candidate, fold, member));
                }
            }
        }
        return jobs;
    }

    private int members() {
        return options.ensemble().orElse(competition.info().defaultEnsemble());
    }

    private void train(Job job, int number, List<Fold> folds, Duration share, Votes votes) {
        long start = System.nanoTime();
        Fold fold = folds.get(job.fold());
        Candidate candidate = job.candidate();
        Fit fit = keptOrFit(job, number, fold.training(), Optional.of(fold.validation()), folds.size(), share, votes.networks);
        TrainedNetwork trained = fit.network();
        float[][] validated = trained.predict(problem.train(), fold.validation());
        double score = competition.info().metric().score(problem.answer().predictions(validated), problem.targets().actual(fold.validation()));
        votes.networks.add(trained);
        votes.scores.add(new NetworkScore(job.fold(), job.member(), trained.network().numParams(), score, fit.training()));
        votes.byFold.computeIfAbsent(job.fold(), f -> new ArrayList<>()).add(validated);
        votes.seconds += (System.nanoTime() - start) / 1e9;
        observer.on(new RunEvent.NetworkFinished(number, candidate.name(), job.fold(), score, fit.training().isEmpty()));
    }

    /** The network from a checkpoint, or trained and kept; with the encoder of one of those before that was fitted on the same rows: one with a vocabulary takes megabytes. */
    private Fit keptOrFit(Job job, int number, int[] rows, Optional<int[]> held, int folds, Duration share, List<TrainedNetwork> before) {
        Optional<TrainedNetwork> kept = checkpoints.find(job.candidate(), job.fold(), job.member());
        Fit fit = kept.map(network -> new Fit(network, Optional.empty())).orElseGet(() -> fit(job, number, rows, held, folds, share));
        TrainedNetwork own = fit.network();
        TrainedNetwork network = before.stream().map(TrainedNetwork::encoder).filter(own.encoder()::equals).findFirst()
                .map(encoder -> new TrainedNetwork(own.candidate(), own.fold(), own.member(), encoder, own.scale(), own.network())).orElse(own);
        if (kept.isEmpty()) {
            checkpoints.keep(network);
        }
        return new Fit(network, fit.training());
    }

    /** @param rows that are trained on  @param held rows that the network is scored on; empty: none  @param folds of the cross-validation */
    private Fit fit(Job job, int number, int[] rows, Optional<int[]> held, int folds, Duration share) {
        Deadline deadline = Deadline.in(share);
        Optional<Checkpoints.Begun> begun = checkpoints.begun(job.candidate(), job.fold(), job.member());
        long seed = job.seed(options.seed());
        Candidate candidate = job.candidate();
        FoldTargets targets = problem.targets().fit(rows);
        Preparation.Fitted fitted = candidate.preparation().fit(problem.train(), rows, targets);
        Candidate.Recipe recipe = candidate.recipe();
        int outputs = problem.targets().outputs();
        BatchSource batches = ahead(fitted, recipe, seed);
        int epochs = options.epochs().orElse(recipe.epochs());
        NetworkPlan decided = begun.map(Checkpoints.Begun::plan).orElseGet(() -> share.isZero() ? new NetworkPlan(epochs, (long) epochs * batches.batches(), Duration.ZERO)
                : within(deadline, share.dividedBy(job.fold() + job.member() == 0 ? FIRST_TRIAL_PART : TRIAL_PART), candidate.architecture().build(fitted.encoder(), outputs, seed), batches, epochs));
        observer.on(new RunEvent.NetworkStarted(number, candidate.name(), held.isPresent() ? job.fold() : RunEvent.ALL_ROWS, folds, decided.epochs()));
        int end = (int) Math.min(Integer.MAX_VALUE, decided.steps());
        TrainingPlan plan = TrainingPlan.epochs(decided.epochs()).withSeed(seed).withWorkers(options.workers()).withPrecision(options.precision()).withBudget(decided.budget())
                .withSchedule(new Schedule.Cosine(recipe.learningRate(), end / WARM_UP_PART, end, recipe.learningRate() / 1000));
        if (recipe.averaging().isPresent()) {
            plan = plan.withAveraging(recipe.averaging().get());
        }
        Model network = candidate.architecture().build(fitted.encoder(), outputs, seed);
        Metric metric = new OutputMetric(competition.info().metric(), targets.scale(), problem.answer());
        Optional<Validation> validation = held.map(some -> new Validation(fitted.encoder().batches(problem.train(), some, TrainedNetwork.predictionBatch(fitted.encoder())),
                problem.targets().actual(some), metric));
        TrainingKeeper keeper = checkpoints.keeper(candidate, job.fold(), job.member(), decided, begun.map(Checkpoints.Begun::state));
        TrainingResult training = new Trainer(plan, event -> observer.on(new RunEvent.Training(event))).train(network, batches, validation, keeper);
        return new Fit(new TrainedNetwork(candidate, job.fold(), job.member(), fitted.encoder(), targets.scale(), network), Optional.of(training));
    }

    /** The batches of an epoch, some of them prepared before they are asked for. */
    static BatchSource ahead(Preparation.Fitted fitted, Candidate.Recipe recipe, long seed) {
        return Batches.prefetch(fitted.training().batches(recipe.batchSize(), seed), PREPARING + 1, PREPARING);
    }

    /** @param trial time to try it for, at most  @param scratch a network to try steps on */
    private NetworkPlan within(Deadline deadline, Duration trial, Model scratch, BatchSource batches, int most) {
        Duration step = stepTime(scratch, batches, trial, options);
        Duration left = deadline.share(1);
        // The learning rate falls to the end within the time, even if that is not an epoch away.
        long possible = left.dividedBy(SLACK_PART).multipliedBy(SLACK_PART - 1L).toNanos() / Math.max(1, step.toNanos());
        long steps = Math.max(1, Math.min((long) most * batches.batches(), possible));
        int epochs = (int) Math.max(1, steps / batches.batches());
        return new NetworkPlan(epochs, Math.min(steps, (long) epochs * batches.batches()), left);
    }

    /** Time of one step: the median of the later steps of a network that is thrown away, since the first ones warm up. */
    private static Duration stepTime(Model scratch, BatchSource batches, Duration most, RunOptions options) {
        List<Long> ends = new ArrayList<>();
        Duration trial = most.compareTo(LONGEST_TRIAL) < 0 ? most : LONGEST_TRIAL;
        TrainingPlan plan = TrainingPlan.epochs(1).withBudget(trial.plusNanos(1)).withWorkers(options.workers()).withPrecision(options.precision());
        new Trainer(plan, event -> {
            if (event instanceof TrainingEvent.StepDone) {
                ends.add(System.nanoTime());
            }
        }).train(scratch, batches, Optional.empty());
        long[] steps = IntStream.range(Math.max(1, ends.size() / 2), ends.size()).mapToLong(i -> ends.get(i) - ends.get(i - 1)).sorted().toArray();
        return steps.length == 0 ? trial : Duration.ofNanos(steps[steps.length / 2]);
    }

    private CandidateScore score(Candidate candidate, Votes votes, List<Fold> folds) {
        List<float[]> averaged = new ArrayList<>();
        List<int[]> validated = new ArrayList<>();
        for (int f = 0; f < folds.size(); f++) {
            if (votes.byFold.containsKey(f)) {
                averaged.addAll(List.of(Ensemble.mean(votes.byFold.get(f))));
                validated.add(folds.get(f).validation());
            }
        }
        OutOfFold outOfFold = new OutOfFold(validated, averaged.toArray(float[][]::new));
        Metric metric = competition.info().metric();
        return new CandidateScore(candidate, outOfFold.score(problem, problem.answer(), metric), outOfFold.foldScores(problem, problem.answer(), metric), outOfFold,
                votes.scores, votes.seconds);
    }

    /** A metric of what a network gives, before that is brought to the file's units. */
    private record OutputMetric(Metric metric, TargetScale scale, Answer answer) implements Metric {
        @Override
        public String name() {
            return metric.name();
        }

        @Override
        public boolean higherIsBetter() {
            return metric.higherIsBetter();
        }

        @Override
        public boolean ofLabels() {
            return metric.ofLabels();
        }

        @Override
        public double score(float[][] outputs, float[][] targets) {
            return metric.score(answer.predictions(scale.linked(outputs)), targets);
        }
    }

    /** All row numbers of a table with that many rows. */
    static int[] all(int rows) {
        return IntStream.range(0, rows).toArray();
    }
}
