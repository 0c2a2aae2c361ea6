package io.dl4k.metrics;

import java.util.Arrays;
import java.util.Comparator;

/** See {@link Metrics#AUC}. */
final class Auc {

    private Auc() {}

    static double score(String name, float[][] predictions, float[][] targets) {
        Rows.checkBinary(name, predictions, targets);
        int[] actual = Rows.actual(name, targets);
        int column = predictions[0].length - 1;
        Integer[] order = new Integer[actual.length];
        Arrays.setAll(order, row -> row);
        Arrays.sort(order, Comparator.comparingDouble(row -> predictions[row][column]));
        long positives = 0;
        // Twice the sum of mid-ranks is an integer: exact for any number of rows that fits in memory.
        long doubledRanks = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            int ofClass1 = 0;
            // Compared with ==, not by the sort: 0.0 and -0.0 are a tie, and the sort keeps them next to each other.
            while (to < order.length && predictions[order[to]][column] == predictions[order[from]][column]) {
                ofClass1 += actual[order[to]];
                to++;
            }
            positives += ofClass1;
            doubledRanks += (long) ofClass1 * (from + 1 + to);
            from = to;
        }
        long negatives = actual.length - positives;
        if (positives == 0 || negatives == 0) {
            throw new IllegalArgumentException(name + ": needs rows of both classes, all " + actual.length
                    + " are of class " + (positives == 0 ? 0 : 1));
        }
        return (doubledRanks - positives * (positives + 1)) / (2.0 * positives * negatives);
    }
}
