package io.dl4k.kaggle.report;

import io.dl4k.metrics.Metric;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * How far a cross-validated score can be trusted.
 *
 * <p>Two estimates of its standard error: from the scatter of the folds, which sees that training rows matter too but knows only a few folds, and from
 * redrawing the validated rows with replacement (the bootstrap), which sees the luck of the rows alone. The larger one counts.
 *
 * @param metric name of it
 * @param score over all validated rows
 * @param rows validated
 * @param folds validated
 * @param foldMean mean of the folds' scores
 * @param foldError its standard error; empty for one fold
 * @param rowError standard deviation of the score over redrawn rows; empty where the metric could not score them
 * @param testRows to be predicted
 * @param low end of the range to be expected on the test rows, 19 times out of 20; where an {@link Outlook} says so it reaches further
 * @param high end of it
 */
public record Trust(String metric, double score, int rows, int folds, double foldMean, OptionalDouble foldError, OptionalDouble rowError, int testRows, double low,
        double high) {
    private static final int REDRAWS = 200;
    /** Of a normal distribution, 19 of 20 lie within so many standard deviations. */
    private static final double NINETEEN_OF_TWENTY = 1.96;

    /**
     * Estimates.
     *
     * @param foldScores of each validated fold
     * @param predictions of all validated rows, as the metric takes them
     * @param targets of the same rows
     * @param testRows to be predicted, at least 1
     * @param worse how many times as large the error may be on them for reasons that are known, see {@link Outlook}
     * @param seed of the redrawing
     */
    public static Trust of(Metric metric, List<Double> foldScores, float[][] predictions, float[][] targets, int testRows, double worse, long seed) {
        if (testRows < 1) {
            throw new IllegalArgumentException("testRows must be at least 1, got " + testRows);
        }
        Spread spread = Spread.of(foldScores);
        double score = metric.score(predictions, targets);
        OptionalDouble rowError = redrawn(metric, predictions, targets, seed);
        double error = larger(spread.error(), rowError);
        // The test rows are other rows: their luck adds to ours, and grows as they are fewer.
        double luck = rowError.orElse(0) * Math.sqrt(predictions.length / (double) testRows);
        double reach = NINETEEN_OF_TWENTY * Math.sqrt(error * error + luck * luck);
        // Scores that are better when higher end at 1, errors at 0.
        double low = metric.higherIsBetter() ? 1 - (1 - score) * worse - reach : Math.max(0, score - reach);
        double high = metric.higherIsBetter() ? Math.min(1, score + reach) : score * worse + reach;
        return new Trust(metric.name(), score, predictions.length, foldScores.size(), spread.mean(), spread.error(), rowError, testRows, low, high);
    }

    /** The larger of the two standard errors; 0 where neither is known. */
    double error() {
        return larger(foldError, rowError);
    }

    private static double larger(OptionalDouble a, OptionalDouble b) {
        return Math.max(a.orElse(0), b.orElse(0));
    }

    private static OptionalDouble redrawn(Metric metric, float[][] predictions, float[][] targets, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] p = new float[predictions.length][];
        float[][] t = new float[predictions.length][];
        double sum = 0;
        double squares = 0;
        int scored = 0;
        double origin = metric.score(predictions, targets);
        for (int draw = 0; draw < REDRAWS; draw++) {
            for (int i = 0; i < p.length; i++) {
                int row = random.nextInt(p.length);
                p[i] = predictions[row];
                t[i] = targets[row];
            }
            double difference;
            try {
                difference = metric.score(p, t) - origin;
            } catch (IllegalArgumentException e) {
                // Few rows, and none of a class among those drawn: no AUC, for one. The other draws tell.
                continue;
            }
            scored++;
            sum += difference;
            squares += difference * difference;
        }
        if (scored < REDRAWS / 2) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(Math.sqrt(Math.max(0, (squares - sum * sum / scored) / (scored - 1))));
    }
}
