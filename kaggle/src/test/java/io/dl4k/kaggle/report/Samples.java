package io.dl4k.kaggle.report;

import io.dl4k.kaggle.page.Png;
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
        List<Contender.Member> networks = List.of(new Contender.Member(0, 0, 1234, 0.70, Optional.of(history(2.0, 1.0, 0.5))),
                new Contender.Member(1, 0, 1234, 0.71, Optional.of(history(1.8, 1.2))), new Contender.Member(2, 0, 1234, 0.72, Optional.empty()));
        Contender first = new Contender("mlp", "MLP", Metrics.ACCURACY.score(predictions, targets), scores, rows, 0.75, networks);
        Contender second = new Contender("cnn", "CNN", 0.5, List.of(0.4, 0.5, 0.6), rows, 0.25, networks);
        List<Facts> facts = List.of(new Facts("Run", List.of(new Facts.Fact("Data", title + ".zip"), new Facts.Fact("Seed", "42"))));
        return new Report(title, "accuracy", facts, List.of(first, second), 0, 6, 0, Trust.of(Metrics.ACCURACY, scores, predictions, targets, 40, 1, 42), Optional.empty(),
                k == 2 ? ofTwo(labels, actual, predictions) : ofMany(labels, actual, predictions), new Report.Times(finished, finished.getEpochSecond() % 1000, finished.getEpochSecond() % 1000 + " MiB resident at most", List.of(1.5, 2.5)));
    }

    /** Texts and columns: what a competition of two classes shows. */
    private static Findings ofTwo(List<String> labels, int[] actual, float[][] predictions) {
        SplittableRandom random = new SplittableRandom(2);
        float[] yes = new float[actual.length];
        boolean[] is = new boolean[actual.length];
        for (int row = 0; row < yes.length; row++) {
            is[row] = actual[row] == 1;
            yes[row] = (float) Math.min(1, Math.max(0, 0.5 + (is[row] ? 0.2 : -0.2) + 0.25 * random.nextGaussian()));
        }
        Importance importance = new Importance("accuracy", 0.8, 60, List.of(new Importance.Input(labels.get(0), 0.01), new Importance.Input("Age", 0.12), new Importance.Input("Ticket", -0.02)),
                Optional.empty());
        List<WorstErrors.Value> values = List.of(new WorstErrors.Value(labels.get(0), labels.get(1)), new WorstErrors.Value("Cabin", ""));
        List<WorstErrors.Case> cases = List.of(
                new WorstErrors.Case(12, labels.get(0), labels.get(1), "2.1% for what it is", new WorstErrors.Text("forest fire near la ronge sask. canada #fire t.co/" + "x".repeat(60), values)),
                new WorstErrors.Case(1234, labels.get(1), labels.get(0), "4.0% for what it is", new WorstErrors.Values(values)));
        return new Findings(Optional.of(Confusion.of(labels, actual, predictions)), Optional.of(Roc.of(labels.get(1), yes, is, 0.43)), Optional.of(Calibration.of(labels.get(1), yes, is)), List.of(),
                Optional.of(importance), Optional.of(new WorstErrors("The wrong rows whose true class seemed least probable.", cases)));
    }

    /** Images: what a competition of many classes shows. */
    private static Findings ofMany(List<String> labels, int[] actual, float[][] predictions) {
        byte[] image = new byte[64];
        for (int i = 0; i < image.length; i++) {
            image[i] = (byte) (i * 4);
        }
        List<Importance.Input> inputs = IntStream.range(0, 16).mapToObj(i -> new Importance.Input("part " + i, (i % 4 - 0.5) / 20)).toList();
        Importance importance = new Importance("accuracy", 0.8, 60, inputs, Optional.of(new Importance.Grid(4, inputs.stream().map(Importance.Input::loss).toList())));
        List<WorstErrors.Case> cases = IntStream.range(0, 8).mapToObj(i -> new WorstErrors.Case(i + 2, labels.get(i % labels.size()), labels.get((i + 1) % labels.size()), "0.1% for what it is",
                (WorstErrors.Exhibit) new WorstErrors.Image(8, Png.grey(image, 8)))).toList();
        return new Findings(Optional.of(Confusion.of(labels, actual, predictions)), Optional.empty(), Optional.of(Calibration.ofMostProbable(predictions, actual)), List.of(),
                Optional.of(importance), Optional.of(new WorstErrors("The wrong rows whose true class seemed least probable.", cases)));
    }

    /** What a competition of numbers shows: prices over three powers of ten. */
    static Report numbers(String title) {
        int rows = 400;
        SplittableRandom random = new SplittableRandom(3);
        double[] actual = new double[rows];
        double[] predicted = new double[rows];
        float[][] targets = new float[rows][1];
        float[][] predictions = new float[rows][1];
        for (int row = 0; row < rows; row++) {
            actual[row] = Math.exp(7 + 5 * random.nextDouble());
            predicted[row] = actual[row] * Math.exp(0.2 * random.nextGaussian() + (row == 7 ? 2 : 0));
            targets[row][0] = (float) actual[row];
            predictions[row][0] = (float) predicted[row];
        }
        List<Contender.Member> networks = List.of(new Contender.Member(0, 0, 99, 0.70, Optional.of(history(2.0, 1.0, 0.5))));
        Contender only = new Contender("mlp", "MLP", Metrics.RMSLE.score(predictions, targets), List.of(0.2, 0.22), rows, 1, networks);
        Findings findings = new Findings(Optional.empty(), Optional.empty(), Optional.empty(), List.of(Residuals.of("SalePrice", predicted, actual, true),
                Residuals.of("count", predicted, actual, false)), Optional.empty(), Optional.empty());
        return new Report(title, "rmsle", List.of(), List.of(only), 0, 1, 0, Trust.of(Metrics.RMSLE, only.foldScores(), predictions, targets, 100, 1, 1), Optional.empty(), findings,
                new Report.Times(NOON, 1, "77 MiB resident at most", List.of(1.0)));
    }
}
