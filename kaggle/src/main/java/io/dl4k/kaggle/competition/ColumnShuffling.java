package io.dl4k.kaggle.competition;

import io.dl4k.data.Table;
import io.dl4k.kaggle.report.Importance;
import io.dl4k.metrics.Metric;
import io.dl4k.training.Fold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Measures how much the submitted networks need each input column: each fold's held-out rows are predicted again with the column's values shuffled among
 * them, by the networks that were not trained on them. Of several networks of a candidate and fold the first one predicts.
 */
final class ColumnShuffling {
    /** More rows than this change the answer little. */
    private static final int MOST_ROWS = 3_000;
    /** An image is parted into at most so many pieces in each direction. */
    private static final int MOST_PARTS = 8;
    /** Rows predicted in all, counted once for each input: some seconds. A number and no time, so that the report of a busy machine is that of an idle one. */
    private static final int MOST_PREDICTED = 200_000;
    /** Of a fold, even if the inputs are so many that more than {@link #MOST_PREDICTED} are predicted. */
    private static final int FEWEST_ROWS = 20;

    private final Problem problem;
    private final Metric metric;
    private final Ensemble ensemble;
    private final long seed;
    /** The rows predicted, by fold; a fold without networks of each voter is left out. */
    private final Map<Integer, int[]> rows = new LinkedHashMap<>();
    private final List<Fold> folds;

    private ColumnShuffling(Competition competition, Problem problem, RunOptions options, CompetitionRun.Result result) {
        this.problem = problem;
        this.metric = competition.info().metric();
        this.ensemble = result.validated();
        this.seed = options.seed();
        this.folds = competition.split(problem.train(), problem.targets(), options.folds().orElse(competition.info().defaultFolds()), options.seed());
        for (int f = 0; f < folds.size(); f++) {
            int fold = f;
            long voters = ensemble.networks().stream().filter(network -> network.fold() == fold).map(network -> network.candidate().name()).distinct().count();
            if (voters == ensemble.weights().size()) {
                rows.put(f, some(folds.get(f).validation(), MOST_ROWS / folds.size(), seed + f));
            }
        }
    }

    static ColumnShuffling of(Competition competition, Problem problem, RunOptions options, CompetitionRun.Result result) {
        return new ColumnShuffling(competition, problem, options, result);
    }

    /** Nothing if the metric cannot score the rows, such as AUC where all have one class. */
    Optional<Importance> measure() {
        List<String> inputs = Inputs.of(problem);
        Optional<Inputs.Image> image = Inputs.image(problem.train(), inputs);
        int side = image.map(i -> parts(i.side())).orElse(0);
        Map<String, Set<String>> groups = image.isPresent() ? patches(image.get(), inputs, side) : columns(inputs);
        List<Pass> passes = passes(groups);
        List<Importance.Input> measured = new ArrayList<>();
        double score;
        try {
            double sign = metric.higherIsBetter() ? 1 : -1;
            score = score(passes, Pass::asTheyAre);
            List<String> names = List.copyOf(groups.keySet());
            for (int g = 0; g < names.size(); g++) {
                int group = g;
                measured.add(new Importance.Input(names.get(g), sign * (score - score(passes, pass -> pass.shuffled().get(group)))));
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        Optional<Importance.Grid> grid = image.map(i -> new Importance.Grid(side,
                IntStream.range(0, side * side).mapToObj(part -> measured.get(part).loss()).toList()));
        int predicted = passes.stream().mapToInt(pass -> pass.held().length).sum();
        return Optional.of(new Importance(metric.name(), score, predicted, measured, grid));
    }

    /**
     * A fold's held-out rows, predicted once as they are and once with each input shuffled.
     *
     * @param shuffled in the inputs' order
     */
    private record Pass(int[] held, float[][] asTheyAre, List<float[][]> shuffled) {
    }

    /** Fold after fold as long as they are not too many; of the first one fewer rows, if need be, so that every input is measured. */
    private List<Pass> passes(Map<String, Set<String>> groups) {
        List<Pass> passes = new ArrayList<>();
        int left = MOST_PREDICTED / (groups.size() + 1);
        for (Map.Entry<Integer, int[]> fold : rows.entrySet()) {
            if (!passes.isEmpty() && fold.getValue().length > left) {
                break;
            }
            int[] held = Arrays.copyOf(fold.getValue(), Math.min(fold.getValue().length, Math.max(FEWEST_ROWS, left)));
            float[][] asTheyAre = predict(problem.train(), fold.getKey(), held);
            List<float[][]> shuffled = groups.entrySet().stream()
                    .map(group -> predict(problem.train().moved(group.getValue(), permutation(group.getKey())), fold.getKey(), held)).toList();
            passes.add(new Pass(held, asTheyAre, shuffled));
            left -= held.length;
        }
        return passes;
    }

    private double score(List<Pass> passes, Function<Pass, float[][]> predictions) {
        int[] all = passes.stream().flatMapToInt(pass -> Arrays.stream(pass.held())).toArray();
        float[][] outputs = passes.stream().flatMap(pass -> Arrays.stream(predictions.apply(pass))).toArray(float[][]::new);
        return metric.score(ensemble.answer().predictions(outputs), problem.targets().actual(all));
    }

    private float[][] predict(Table table, int fold, int[] held) {
        List<float[][]> votes = new ArrayList<>();
        for (String name : ensemble.weights().keySet()) {
            TrainedNetwork first = ensemble.networks().stream().filter(network -> network.fold() == fold && network.candidate().name().equals(name)).findFirst().orElseThrow();
            votes.add(first.glance(table, held));
        }
        return Ensemble.mean(votes, List.copyOf(ensemble.weights().values()));
    }

    /** Shuffles all held-out rows of each fold among themselves; other rows, the training rows of a fold left out, stay as they are. */
    private int[] permutation(String input) {
        int[] from = CompetitionRun.all(problem.train().rows());
        SplittableRandom random = new SplittableRandom(seed ^ input.hashCode());
        for (int fold : rows.keySet()) {
            int[] held = folds.get(fold).validation();
            int[] shuffled = some(held, held.length, random.nextLong());
            for (int i = 0; i < held.length; i++) {
                from[held[i]] = shuffled[i];
            }
        }
        return from;
    }

    /** The first of the rows in random order, all of them if there are no more. */
    private static int[] some(int[] rows, int most, long seed) {
        int[] shuffled = rows.clone();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = shuffled.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int row = shuffled[i];
            shuffled[i] = shuffled[j];
            shuffled[j] = row;
        }
        return Arrays.copyOf(shuffled, Math.min(Math.max(1, most), shuffled.length));
    }

    private static Map<String, Set<String>> columns(List<String> inputs) {
        Map<String, Set<String>> groups = new LinkedHashMap<>();
        inputs.forEach(name -> groups.put(name, Set.of(name)));
        return groups;
    }

    /** As many pieces as part the side evenly, where there is such a number. */
    private static int parts(int side) {
        int most = Math.min(side, MOST_PARTS);
        return IntStream.iterate(most, n -> n >= most / 2 && n > 0, n -> n - 1).filter(n -> side % n == 0).findFirst().orElse(most);
    }

    /** Squares of the image, row after row from the top. */
    private static Map<String, Set<String>> patches(Inputs.Image image, List<String> inputs, int parts) {
        List<String> pixels = inputs.stream().filter(image.columns()::contains).toList();
        Map<String, Set<String>> groups = new LinkedHashMap<>();
        for (int y = 0; y < parts; y++) {
            for (int x = 0; x < parts; x++) {
                groups.put("part " + (y + 1) + "," + (x + 1), new LinkedHashSet<>());
            }
        }
        for (int pixel = 0; pixel < pixels.size(); pixel++) {
            int y = pixel / image.side() * parts / image.side();
            int x = pixel % image.side() * parts / image.side();
            groups.get("part " + (y + 1) + "," + (x + 1)).add(pixels.get(pixel));
        }
        return groups;
    }
}
