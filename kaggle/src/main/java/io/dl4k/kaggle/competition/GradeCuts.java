package io.dl4k.kaggle.competition;

import io.dl4k.metrics.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds where to cut the mean class number into grades, one cut after the other until none moves.
 *
 * @param labels in their order
 * @param metric that is to be highest
 */
record GradeCuts(List<String> labels, Metric metric) {
    /** Of the class number. */
    private static final double STEP = 0.05;
    /** Steps that a cut may move each way in a round. */
    private static final int REACH = 8;
    private static final int MOST_ROUNDS = 5;
    /** Less is luck. */
    private static final double LEAST_GAIN = 1e-4;
    /** A cut with fewer rows to one side has nothing to be found by. */
    private static final int FEWEST_ROWS = 5;

    /**
     * @param averaged probabilities {@code [rows][classes]} of rows that the networks were not trained on
     * @param actual one-hot, of the same rows
     */
    Answer.Grades find(float[][] averaged, float[][] actual) {
        double[] cuts = IntStream.range(1, labels.size()).mapToDouble(k -> k - 0.5).toArray();
        double[] means = Answer.Grades.means(averaged);
        double best = smooth(cuts, 0, averaged, actual);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            double before = best;
            for (int k = 0; k < cuts.length; k++) {
                double from = cuts[k];
                double chosen = from;
                for (int step = -REACH; step <= REACH; step++) {
                    cuts[k] = from + step * STEP;
                    boolean between = (k == 0 || cuts[k - 1] < cuts[k]) && (k == cuts.length - 1 || cuts[k] < cuts[k + 1]);
                    if (step == 0 || !between || !told(means, cuts[k])) {
                        continue;
                    }
                    double score = smooth(cuts, k, averaged, actual);
                    if (score > best + LEAST_GAIN) {
                        best = score;
                        chosen = cuts[k];
                    }
                }
                cuts[k] = chosen;
                best = smooth(cuts, (k + 1) % cuts.length, averaged, actual);
            }
            if (best <= before + LEAST_GAIN) {
                break;
            }
        }
        return answer(cuts);
    }

    private static boolean told(double[] means, double cut) {
        long above = Arrays.stream(means).filter(mean -> mean > cut).count();
        return above >= FEWEST_ROWS && means.length - above >= FEWEST_ROWS;
    }

    /** The mean score with the cut a little to either side, so that a lucky spike does not win. */
    private double smooth(double[] cuts, int k, float[][] averaged, float[][] actual) {
        double sum = 0;
        for (double aside : new double[] {-STEP / 2, 0, STEP / 2}) {
            double[] moved = cuts.clone();
            moved[k] += aside;
            sum += metric.score(answer(moved).predictions(averaged), actual);
        }
        return sum / 3;
    }

    private Answer.Grades answer(double[] cuts) {
        List<Double> sorted = new ArrayList<>();
        Arrays.stream(cuts).sorted().forEach(sorted::add);
        return new Answer.Grades(labels, sorted);
    }
}
