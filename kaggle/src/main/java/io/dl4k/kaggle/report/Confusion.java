package io.dl4k.kaggle.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How often rows of one class were taken for another. */
public final class Confusion {
    private final List<String> labels;
    private final int[][] counts;

    private Confusion(List<String> labels, int[][] counts) {
        this.labels = labels;
        this.counts = counts;
    }

    /**
     * Counts.
     *
     * @param labels how each class is written, by its number
     * @param actual class of each row
     * @param probabilities {@code [rows][classes]}; the first most probable class is the predicted one
     * @throws IllegalArgumentException if the numbers of rows or classes do not fit
     */
    public static Confusion of(List<String> labels, int[] actual, float[][] probabilities) {
        if (actual.length != probabilities.length) {
            throw new IllegalArgumentException(probabilities.length + " rows of probabilities for " + actual.length + " rows");
        }
        int[][] counts = new int[labels.size()][labels.size()];
        for (int row = 0; row < actual.length; row++) {
            float[] p = probabilities[row];
            if (p.length != labels.size()) {
                throw new IllegalArgumentException("row " + row + " has " + p.length + " probabilities for " + labels.size() + " classes");
            }
            counts[actual[row]][mostProbable(p)]++;
        }
        return new Confusion(List.copyOf(labels), counts);
    }

    /** The first class of the highest probability. */
    static int mostProbable(float[] probabilities) {
        int best = 0;
        for (int c = 1; c < probabilities.length; c++) {
            best = probabilities[c] > probabilities[best] ? c : best;
        }
        return best;
    }

    /** How each class is written, by its number. */
    List<String> labels() {
        return labels;
    }

    /** Rows of class {@code actual} that were taken for {@code predicted}. */
    int count(int actual, int predicted) {
        return counts[actual][predicted];
    }

    /** Rows of a class. */
    int rowsOf(int actual) {
        int sum = 0;
        for (int count : counts[actual]) {
            sum += count;
        }
        return sum;
    }

    /** Rows taken for a class. */
    int takenFor(int predicted) {
        int sum = 0;
        for (int[] row : counts) {
            sum += row[predicted];
        }
        return sum;
    }

    /** Share of the rows taken for the class that are of it; NaN if none is taken for it. */
    double precision(int c) {
        return counts[c][c] / (double) takenFor(c);
    }

    /** Share of the class's rows that are taken for it; NaN if it has no row. */
    double recall(int c) {
        return counts[c][c] / (double) rowsOf(c);
    }

    /** Harmonic mean of precision and recall, as twice the hits over rows of and rows taken for the class; NaN if there is neither. */
    double f1(int c) {
        return 2.0 * counts[c][c] / (rowsOf(c) + takenFor(c));
    }

    /** One kind of mistake. */
    record Mistake(int actual, int predicted, int count) {
    }

    /** The most frequent mistakes, the first class first where two are equal. */
    List<Mistake> mistakes(int atMost) {
        List<Mistake> all = new ArrayList<>();
        for (int a = 0; a < counts.length; a++) {
            for (int p = 0; p < counts.length; p++) {
                if (a != p && counts[a][p] > 0) {
                    all.add(new Mistake(a, p, counts[a][p]));
                }
            }
        }
        all.sort(Comparator.comparingInt(Mistake::count).reversed());
        return List.copyOf(all.subList(0, Math.min(atMost, all.size())));
    }
}
