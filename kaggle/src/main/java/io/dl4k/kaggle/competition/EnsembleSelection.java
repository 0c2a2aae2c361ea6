package io.dl4k.kaggle.competition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Elects voters greedily, with replacement, as Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble selection from libraries of models" (ICML 2004) do: from the first
 * one on, the one whose vote helps most votes once more, until none helps.
 */
public final class EnsembleSelection {
    private static final int MOST_VOTES = 40;
    /** The first voter's at the start: of one vote alone the next would take half at once. */
    private static final int FIRST_VOTES = 5;
    /** A further vote must better the score by this part of it: less is luck. */
    private static final double LEAST_GAIN = 1e-4;

    private EnsembleSelection() {
    }

    /**
     * Elects.
     *
     * @param predictions of the same rows by each voter, {@code [rows][outputs]}
     * @param first who votes first
     * @param score of averaged predictions, larger is better; it must not keep the array it is given
     * @return a voter's number for each vote, in the order of the votes
     */
    public static List<Integer> votes(List<float[][]> predictions, int first, ToDoubleFunction<float[][]> score) {
        List<Integer> votes = new ArrayList<>(Collections.nCopies(FIRST_VOTES, first));
        double[][] sums = Arrays.stream(predictions.get(first)).map(row -> new double[row.length]).toArray(double[][]::new);
        votes.forEach(voter -> add(sums, predictions.get(voter)));
        float[][] mean = Arrays.stream(sums).map(row -> new float[row.length]).toArray(float[][]::new);
        double reached = score.applyAsDouble(predictions.get(first));
        while (votes.size() < MOST_VOTES) {
            int next = -1;
            double gain = Math.abs(reached) * LEAST_GAIN;
            for (int voter = 0; voter < predictions.size(); voter++) {
                average(sums, predictions.get(voter), votes.size() + 1, mean);
                double better = score.applyAsDouble(mean) - reached;
                if (better > gain) {
                    gain = better;
                    next = voter;
                }
            }
            if (next < 0) {
                break;
            }
            votes.add(next);
            add(sums, predictions.get(next));
            reached += gain;
        }
        return votes;
    }

    private static void add(double[][] sums, float[][] prediction) {
        for (int row = 0; row < sums.length; row++) {
            for (int c = 0; c < sums[row].length; c++) {
                sums[row][c] += prediction[row][c];
            }
        }
    }

    private static void average(double[][] sums, float[][] with, int votes, float[][] mean) {
        for (int row = 0; row < sums.length; row++) {
            for (int c = 0; c < sums[row].length; c++) {
                mean[row][c] = (float) ((sums[row][c] + with[row][c]) / votes);
            }
        }
    }
}
