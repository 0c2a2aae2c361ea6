package io.dl4k.kaggle.competition;

import io.dl4k.data.Table;
import io.dl4k.kaggle.report.Importance;
import io.dl4k.metrics.Metric;
import io.dl4k.training.Fold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
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
    private static final Duration LONGEST = Duration.ofSeconds(20);

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
        this.ensemble = result.ensemble();
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
        long end = System.nanoTime() + LONGEST.toNanos();
        double sign = metric.higherIsBetter() ? 1 : -1;
        double score;
        try {
            score = score(problem.train());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        List<String> inputs = Inputs.of(problem);
        Optional<Inputs.Image> image = Inputs.image(problem.train(), inputs);
        int side = image.map(i -> parts(i.side())).orElse(0);
        Map<String, Set<String>> groups = image.isPresent() ? patches(image.get(), inputs, side) : columns(inputs);
        List<Importance.Input> measured = new ArrayList<>();
        for (Map.Entry<String, Set<String>> group : groups.entrySet()) {
            if (System.nanoTime() > end) {
                break;
            }
            double shuffled = score(problem.train().moved(group.getValue(), permutation(group.getKey())));
            measured.add(new Importance.Input(group.getKey(), sign * (score - shuffled)));
        }
        Optional<Importance.Grid> grid = image.map(i -> new Importance.Grid(side,
                IntStream.range(0, side * side).mapToObj(part -> part < measured.size() ? measured.get(part).loss() : Double.NaN).toList()));
        int predicted = rows.values().stream().mapToInt(fold -> fold.length).sum();
        return Optional.of(new Importance(metric.name(), score, predicted, measured, groups.size() - measured.size(), grid));
    }

    private double score(Table table) {
        List<float[]> predictions = new ArrayList<>();
        rows.forEach((fold, held) -> Collections.addAll(predictions, predict(table, fold, held)));
        int[] all = rows.values().stream().flatMapToInt(Arrays::stream).toArray();
        return metric.score(ensemble.answer().predictions(predictions.toArray(float[][]::new)), problem.targets().actual(all));
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
