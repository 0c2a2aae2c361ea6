package io.dl4k.kaggle.auto;

import io.dl4k.data.CsvSource;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Answer;
import io.dl4k.kaggle.competition.Candidate;
import io.dl4k.kaggle.competition.CandidateScore;
import io.dl4k.kaggle.competition.Checkpoints;
import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.competition.CompetitionRun;
import io.dl4k.kaggle.competition.EnsembleSelection;
import io.dl4k.kaggle.competition.Guide;
import io.dl4k.kaggle.competition.NumberTargets;
import io.dl4k.kaggle.competition.OutOfFold;
import io.dl4k.kaggle.competition.Problem;
import io.dl4k.kaggle.competition.RunOptions;
import io.dl4k.kaggle.competition.Targets;
import io.dl4k.kaggle.recipe.CandidateSpec;
import io.dl4k.kaggle.recipe.NetworkSpec;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.submission.SampleSubmission;
import io.dl4k.metrics.Metric;
import io.dl4k.training.DivergedException;
import io.dl4k.training.Fold;
import io.dl4k.training.Splits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Chooses among candidates by successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016): all
 * are trained for a third of their epochs on one fold, the better half for all of them, and the best few are what is cross-validated and blended. Since they will vote, it is
 * not only the best by themselves that are good, but those that help these.
 */
public final class Search {
    /** Rows that a candidate is tried on, and scored on: what is better on so many is better on all. */
    private static final int MOST_TRAINED = 20_000;
    private static final int MOST_SCORED = 10_000;
    /** A candidate of another kind errs elsewhere, and is worth a place if its error is no larger than the best one's by this factor. */
    private static final double NEAR = 1.15;
    /** Candidates that are left, or rather so many if there is time, and at most: many that err apart vote better than many networks of one. */
    private static final int LEFT = 3;
    private static final int ENOUGH = 5;
    private static final int MOST_LEFT = 10;
    /** The rest of the time is for further networks of the same. */
    private static final double SHARE_OF_FIRST = 0.7;
    private static final int FEW_FOLDS = 5;
    private static final int FEWEST_FOLDS = 3;
    /** With so many rows a tenth of them tells enough. */
    private static final int ROWS_OF_ONE_FOLD = 10_000;
    private static final int FIRST_RUNG = 3;
    /** Shares of the time that one candidate may take: the first ones are measured while Java is still warming up, and most take far less. */
    private static final int GENEROUS = 3;
    /** One small fold says little: below so many training rows the search looks at two. */
    private static final int FEW_ROWS = 5_000;
    /** Networks may be trained shorter than they were tried, by this factor, before folds or candidates are given up. */
    private static final double HURRIED = 1.5;
    private static final String LINEAR = "linear";

    private final Competition competition;
    private final Recipe recipe;
    private final Problem problem;
    private final RunOptions options;
    private final Duration rest;
    private final Set<String> reached = new HashSet<>();
    private final Consumer<String> lines;

    /**
     * How a candidate did.
     *
     * @param spec with the epochs it was trained for
     * @param score metric, for people
     * @param loss by which candidates are compared, smaller is better; infinite where there is none
     * @param seconds that one network took
     * @param outOfFold what it predicted
     */
    private record Tried(CandidateSpec spec, double score, double loss, double seconds, OutOfFold outOfFold) {
    }

    /**
     * @param recipe complete, with all candidates
     * @param problem read by the recipe's competition
     * @param options of the run: seed, epochs, and the time the search may take
     * @param rest time for the networks of what is left; zero: no limit, or the folds are settled
     * @param lines told how each candidate did, for people
     */
    public Search(Recipe recipe, Problem problem, RunOptions options, Duration rest, Consumer<String> lines) {
        this.competition = new AutoCompetition(recipe);
        this.recipe = recipe;
        this.problem = problem;
        this.options = options;
        this.rest = rest;
        this.lines = lines;
    }

    /**
     * Searches.
     *
     * @return the recipe with the candidates that are left, the best first
     * @throws DivergedException if the loss of every candidate stops being a number
     */
    public Recipe run() {
        List<CandidateSpec> all = recipe.candidates();
        if (all.size() <= 1) {
            return recipe;
        }
        List<Tried> tried = rung(oneOfEachKindFirst(all), FIRST_RUNG, options.timeBudget().dividedBy(2));
        List<CandidateSpec> unreached = oneOfEachKindFirst(all).stream().filter(spec -> !reached.contains(spec.name())).toList();
        if (!unreached.isEmpty()) {
            // Time ran out: rather a look at the others than a longer one at the same.
            List<Tried> looked = new ArrayList<>(tried);
            looked.addAll(rung(unreached, FIRST_RUNG, options.timeBudget().dividedBy(2)));
            looked.sort(Comparator.comparingDouble(Tried::loss));
            return within(looked.stream().map(this::whole).toList());
        }
        List<Tried> better = byHelp(tried).subList(0, Math.min(tried.size(), Math.max(LEFT, (tried.size() + 1) / 2)));
        List<String> half = Stream.concat(better.stream(), ofOtherKinds(better, tried).stream()).map(t -> t.spec().name()).toList();
        List<Tried> both = new ArrayList<>(rung(all.stream().filter(spec -> half.contains(spec.name())).toList(), 1, options.timeBudget().dividedBy(2)));
        // A candidate that was better after a third of its epochs is not trained for longer.
        both.addAll(tried.stream().filter(t -> half.contains(t.spec().name())).toList());
        both.sort(Comparator.comparingDouble(Tried::loss));
        Map<String, Tried> best = new LinkedHashMap<>();
        both.forEach(t -> best.putIfAbsent(t.spec().name(), t));
        return within(List.copyOf(best.values()));
    }

    /** The best one, those that better its predictions when they vote with it, the others by themselves. */
    private List<Tried> byHelp(List<Tried> sorted) {
        int[] rows = sorted.get(0).outOfFold().rows();
        // Where time ran out not all saw the same rows.
        List<Tried> voters = sorted.stream().filter(t -> Arrays.equals(t.outOfFold().rows(), rows)).toList();
        Stream<Tried> elected = EnsembleSelection.votes(voters.stream().map(t -> t.outOfFold().averaged()).toList(), 0, averaged -> -loss(averaged, rows)).stream().map(voters::get);
        return Stream.concat(elected, sorted.stream()).distinct().toList();
    }

    /** To be trained for all of its epochs, though it was tried for a part of them only. */
    private Tried whole(Tried tried) {
        CandidateSpec all = recipe.candidates().stream().filter(spec -> spec.name().equals(tried.spec().name())).findFirst().orElseThrow();
        return new Tried(all, tried.score(), tried.loss(), tried.seconds() * FIRST_RUNG, tried.outOfFold());
    }

    /** The best few, on fewer folds where there is no time for all: of networks that are hardly trained many are worse than few that are. */
    private Recipe within(List<Tried> sorted) {
        List<Tried> ranked = byHelp(sorted);
        int asked = recipe.folds().orElseThrow();
        Way way = rest.isZero() ? new Way(asked, Math.min(LEFT, ranked.size())) : way(ranked, asked);
        int folds = way.folds();
        if (folds < asked) {
            lines.accept("folds:   " + (folds == 1 ? "one" : folds) + " in place of " + asked + ": there is no time for more");
        }
        List<Tried> left = new ArrayList<>(ranked.subList(0, way.candidates()));
        if (left.size() > 1) {
            // One of another kind, if it is nearly as good.
            ofOtherKinds(left, sorted).stream().findFirst().filter(other -> error(other) <= NEAR * error(left.get(0))).ifPresent(other -> left.set(left.size() - 1, other));
        }
        return recipe.withCandidates(left.stream().map(Tried::spec).toList()).withFolds(OptionalInt.of(folds), OptionalInt.empty());
    }

    /** How the rest of the time is spent. */
    private record Way(int folds, int candidates) {
    }

    private Way way(List<Tried> ranked, int asked) {
        int size = ranked.size();
        int all = fitting(ranked, SHARE_OF_FIRST, asked);
        if (all >= Math.min(ENOUGH, size)) {
            return new Way(asked, all);
        }
        // Few rows: as many folds as can be, since each network needs the rows that they leave it. Many: as many candidates.
        if (problem.targets().rows() >= ROWS_OF_ONE_FOLD) {
            return new Way(1, Math.max(1, Math.max(fitting(ranked, SHARE_OF_FIRST, 1), Math.min(ENOUGH, fitting(ranked, HURRIED, 1)))));
        }
        int folds = Math.min(asked, FEW_FOLDS);
        int hurried = fitting(ranked, HURRIED, folds);
        if (hurried < Math.min(LEFT, size)) {
            folds = Math.min(asked, FEWEST_FOLDS);
            hurried = fitting(ranked, HURRIED, folds);
        }
        return new Way(folds, Math.max(1, Math.max(fitting(ranked, SHARE_OF_FIRST, folds), Math.min(LEFT, hurried))));
    }

    /** How many of them take no longer than that share of the rest for a network each on so many folds. */
    private int fitting(List<Tried> ranked, double share, int folds) {
        double seconds = share * rest.toMillis() / 1000 / (folds + (competition.trainedAnew() ? 1 : 0));
        int n = 0;
        double sum = 0;
        while (n < Math.min(MOST_LEFT, ranked.size()) && sum + ranked.get(n).seconds() <= seconds) {
            sum += ranked.get(n).seconds();
            n++;
        }
        return n;
    }

    /** The best one of each kind that is not among those. */
    private static List<Tried> ofOtherKinds(List<Tried> those, List<Tried> sorted) {
        Set<String> kinds = those.stream().map(t -> kind(t.spec())).collect(Collectors.toSet());
        return sorted.stream().filter(t -> kinds.add(kind(t.spec()))).toList();
    }

    /** Where time runs out, what is left out is like something that was tried. Linear ones, the quickest, go before all others. */
    private static List<CandidateSpec> oneOfEachKindFirst(List<CandidateSpec> all) {
        Set<String> kinds = new HashSet<>();
        Map<Boolean, List<CandidateSpec>> first = all.stream().collect(Collectors.partitioningBy(spec -> kinds.add(kind(spec))));
        Stream<CandidateSpec> ones = first.get(true).stream().sorted(Comparator.comparing(spec -> !kind(spec).equals(LINEAR)));
        return Stream.concat(ones, first.get(false).stream()).toList();
    }

    private static String kind(CandidateSpec spec) {
        NetworkSpec network = spec.network().orElseThrow();
        return network instanceof NetworkSpec.Mlp mlp && mlp.hidden().isEmpty() ? LINEAR : network.getClass().getSimpleName();
    }

    /** How far from perfect: metrics of which more is better are 1 at best. */
    private static double error(Tried tried) {
        return tried.loss() < 0 ? 1 + tried.loss() : tried.loss();
    }

    /** @param part of the epochs that are trained: one in so many */
    private List<Tried> rung(List<CandidateSpec> specs, int part, Duration budget) {
        List<Tried> tried = new ArrayList<>();
        DivergedException diverged = null;
        long end = System.nanoTime() + budget.toNanos();
        for (int i = 0; i < specs.size(); i++) {
            CandidateSpec spec = specs.get(i);
            long rest = end - System.nanoTime();
            if (!budget.isZero() && rest <= 0 && !tried.isEmpty()) {
                lines.accept("search:  no time left for " + String.join(", ", specs.subList(i, specs.size()).stream().map(CandidateSpec::name).toList()));
                break;
            }
            reached.add(spec.name());
            Duration share = budget.isZero() ? Duration.ZERO : Duration.ofNanos(Math.max(1, Math.min(rest, GENEROUS * rest / (specs.size() - i))));
            try {
                Tried result = tried(spec, part, share);
                tried.add(result);
                lines.accept(String.format(Locale.ROOT, "search:  %-16s %3d epochs  %s %.4f", spec.name(), result.spec().epochs().orElse(0), competition.info().metric().name(),
                        result.score()));
            } catch (DivergedException e) {
                diverged = e;
                lines.accept(String.format(Locale.ROOT, "search:  %-16s left out, its loss stopped being a number", spec.name()));
            }
        }
        if (tried.isEmpty() && diverged != null) {
            throw diverged;
        }
        tried.sort(Comparator.comparingDouble(Tried::loss));
        return tried;
    }

    private Tried tried(CandidateSpec spec, int part, Duration budget) {
        Candidate candidate = competition.candidates().stream().filter(c -> c.name().equals(spec.name())).findFirst().orElseThrow();
        int epochs = Math.max(1, options.epochs().orElse(candidate.recipe().epochs()) / part);
        Competition alone = new Alone(competition, candidate, problem.targets().rows() < FEW_ROWS ? 2 : 1);
        // Fewer rows make fewer steps: half of that is made up for.
        int thinned = (int) (epochs * Math.sqrt(Math.max(1, (double) problem.targets().rows() / MOST_TRAINED)));
        RunOptions run = new RunOptions(OptionalInt.empty(), OptionalInt.of(1), OptionalInt.of(thinned), budget, options.seed(), options.workers(), options.precision());
        CandidateScore score = new CompetitionRun(alone, problem, run, Checkpoints.none(budget), event -> { }).execute().best();
        CandidateSpec shorter = new CandidateSpec(spec.name(), spec.network(), spec.features(), OptionalInt.of(epochs), spec.batch(), spec.learningRate());
        double whole = Math.sqrt(Math.max(1, (double) problem.targets().rows() / MOST_TRAINED));
        return new Tried(shorter, score.score(), loss(score.outOfFold().averaged(), score.outOfFold().rows()), whole * score.seconds() / score.networks().size(), score.outOfFold());
    }

    /** @param averaged outputs for those rows */
    private double loss(float[][] averaged, int[] rows) {
        Metric metric = competition.info().metric();
        float[][] predictions = problem.answer().predictions(averaged);
        float[][] actual = problem.targets().actual(rows);
        // On a fold or two a single odd row would choose.
        Metric guide = problem.targets() instanceof NumberTargets && !metric.higherIsBetter() ? Guide.trimmed(metric) : Guide.of(metric, problem.targets());
        double x = guide.score(predictions, actual);
        return Double.isNaN(x) ? Double.POSITIVE_INFINITY : guide.higherIsBetter() ? -x : x;
    }

    /** One candidate on the first folds. */
    private record Alone(Competition competition, Candidate candidate, int first) implements Competition {
        @Override
        public Info info() {
            return competition.info();
        }

        @Override
        public Optional<String> definition() {
            return competition.definition();
        }

        @Override
        public List<Candidate> candidates() {
            return List.of(candidate);
        }

        @Override
        public Table read(CsvSource csv) {
            return competition.read(csv);
        }

        @Override
        public Targets targets(Table train) {
            return competition.targets(train);
        }

        @Override
        public Answer answer(Targets targets, SampleSubmission sample) {
            return competition.answer(targets, sample);
        }

        @Override
        public List<Fold> split(Table train, Targets targets, int folds, long seed) {
            List<Fold> all = competition.split(train, targets, folds, seed);
            return all.subList(0, Math.min(first, all.size())).stream().map(Alone::thinned).toList();
        }

        /** Every so many rows of a large fold. */
        private static Fold thinned(Fold fold) {
            BitSet trained = some(fold.training(), MOST_TRAINED);
            BitSet scored = some(fold.validation(), MOST_SCORED);
            return Splits.told(Math.max(trained.length(), scored.length()), trained::get, scored::get);
        }

        private static BitSet some(int[] rows, int most) {
            int n = Math.min(rows.length, most);
            BitSet some = new BitSet();
            IntStream.range(0, n).forEach(i -> some.set(rows[(int) ((long) i * rows.length / n)]));
            return some;
        }
    }
}
