package io.dl4k.kaggle.report;

import io.dl4k.metrics.Metrics;
import io.dl4k.training.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Reports to test with. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private Samples() {
    }

    static History history(double... losses) {
        List<History.Epoch> epochs = new ArrayList<>();
        for (double loss : losses) {
            epochs.add(new History.Epoch(epochs.size() + 1, loss, OptionalDouble.empty(), OptionalDouble.of(1 - loss / 4), 1e-3, 0.5, 1000));
        }
        return new History(epochs);
    }

    /** Two candidates, three folds, as many classes as labels; a third of the predictions wrong, the same for the same labels. */
    static Report report(String title, List<String> labels, Instant finished) {
        int rows = 60;
        int k = labels.size();
        SplittableRandom random = new SplittableRandom(1);
        int[] actual = new int[rows];
        float[][] predictions = new float[rows][k];
        float[][] targets = new float[rows][k];
        for (int row = 0; row < rows; row++) {
            actual[row] = row % k;
            targets[row][actual[row]] = 1;
            predictions[row][random.nextInt(3) == 0 ? random.nextInt(k) : actual[row]] = 1;
        }
        // Twenty rows a fold.
        List<Double> scores = IntStream.range(0, 3).mapToObj(fold -> Metrics.ACCURACY.score(Arrays.copyOfRange(predictions, 20 * fold, 20 * fold + 20),
                Arrays.copyOfRange(targets, 20 * fold, 20 * fold + 20))).toList();
        List<Contender.Member> networks = List.of(new Contender.Member(0, 0, 1234, Optional.of(history(2.0, 1.0, 0.5))),
                new Contender.Member(1, 0, 1234, Optional.of(history(1.8, 1.2))), new Contender.Member(2, 0, 1234, Optional.empty()));
        Contender first = new Contender("mlp", "MLP", Metrics.ACCURACY.score(predictions, targets), scores, rows, networks);
        Contender second = new Contender("cnn", "CNN", 0.5, List.of(0.4, 0.5, 0.6), rows, networks);
        List<Facts> facts = List.of(new Facts("Run", List.of(new Facts.Fact("Data", title + ".zip"), new Facts.Fact("Seed", "42"))));
        return new Report(title, "accuracy", facts, List.of(first, second), 0, 6, Trust.of(Metrics.ACCURACY, scores, predictions, targets, 40, 42),
                Optional.of(Confusion.of(labels, actual, predictions)), new Report.Times(finished, finished.getEpochSecond() % 1000, List.of(1.5, 2.5)));
    }
}
