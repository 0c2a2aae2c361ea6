package io.dl4k.kaggle.competition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Predictions of training rows by the networks that were not trained on them, fold after fold. Arrays are not copied: leave them alone. */
public final class OutOfFold {
    private final List<int[]> folds;
    private final int[] rows;
    private final float[][] averaged;

    /**
     * @param folds row numbers of each validated fold
     * @param averaged outputs {@code [rows][outputs]} on the link's scale, fold after fold
     */
    OutOfFold(List<int[]> folds, float[][] averaged) {
        this.folds = List.copyOf(folds);
        this.rows = folds.stream().flatMapToInt(Arrays::stream).toArray();
        this.averaged = averaged;
        if (rows.length != averaged.length) {
            throw new IllegalArgumentException("there are " + rows.length + " rows and " + averaged.length + " predictions");
        }
    }

    /** Number of rows. */
    public int size() {
        return rows.length;
    }

    /** Row numbers in the training table. */
    public int[] rows() {
        return rows;
    }

    /** Row numbers of each validated fold. */
    List<int[]> folds() {
        return folds;
    }

    /** Probabilities, or numbers on the link's scale, {@code [size][outputs]} in the order of {@link #rows()}: the mean over a fold's networks. */
    public float[][] averaged() {
        return averaged;
    }

    /** Predictions as the metric takes them, in the order of {@link #rows()}. */
    public float[][] predictions(Answer answer) {
        return answer.predictions(averaged);
    }

    /** The metric over all rows. */
    double score(Problem problem, Answer answer, io.dl4k.metrics.Metric metric) {
        return metric.score(predictions(answer), problem.targets().actual(rows));
    }

    /** The metric of each fold. */
    List<Double> foldScores(Problem problem, Answer answer, io.dl4k.metrics.Metric metric) {
        List<Double> scores = new ArrayList<>();
        int at = 0;
        for (int[] fold : folds) {
            float[][] part = Arrays.copyOfRange(averaged, at, at + fold.length);
            scores.add(metric.score(answer.predictions(part), problem.targets().actual(fold)));
            at += fold.length;
        }
        return scores;
    }
}
