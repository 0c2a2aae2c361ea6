package io.dl4k.kaggle.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well the probability of one class tells its rows from the others, at every threshold: receiver operating characteristic and precision against
 * recall. A row is taken for the class where its probability is at least the threshold; rows of equal probability go over it together.
 *
 * @param label of the class
 * @param rows of the class
 * @param others all other rows
 * @param cuts from the highest threshold, where nothing is taken, to the lowest, where everything is; thinned to what a chart can show
 * @param area under the receiver operating characteristic, by all rows: the chance that a row of the class is more probable than another one
 * @param averagePrecision sum over the thresholds of precision times the recall gained there, by all rows
 * @param chosen the threshold that was submitted with
 */
public record Roc(String label, int rows, int others, List<Cut> cuts, double area, double averagePrecision, Cut chosen) {
    /** More points than this are not told apart on a screen. */
    private static final int MOST_CUTS = 240;

    /**
     * One threshold.
     *
     * @param threshold from which on a row is taken for the class; infinite where none is
     * @param hits rows of the class that are taken for it
     * @param falseAlarms other rows that are
     * @param recall share of the class's rows that are
     * @param fallout share of the other rows that are
     * @param precision share of those taken that are of the class; 1 where none is
     */
    record Cut(double threshold, int hits, int falseAlarms, double recall, double fallout, double precision) {
        static Cut of(double threshold, int hits, int falseAlarms, int rows, int others) {
            int taken = hits + falseAlarms;
            return new Cut(threshold, hits, falseAlarms, hits / (double) rows, falseAlarms / (double) others, taken == 0 ? 1 : hits / (double) taken);
        }

        /** Harmonic mean of precision and recall. */
        double f1() {
            return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
        }
    }

    /**
     * Counts.
     *
     * @param label how the class is written
     * @param probabilities of the class, one a row, no NaN
     * @param isOfClass one a row, both kinds among them
     * @param threshold submitted with
     * @throws IllegalArgumentException if the lengths differ or all rows are of one kind
     */
    public static Roc of(String label, float[] probabilities, boolean[] isOfClass, double threshold) {
        if (probabilities.length != isOfClass.length) {
            throw new IllegalArgumentException(probabilities.length + " probabilities for " + isOfClass.length + " rows");
        }
        int[] order = IntStream.range(0, probabilities.length).boxed().sorted(Comparator.comparingDouble(row -> -probabilities[row])).mapToInt(row -> row).toArray();
        int rows = (int) IntStream.range(0, isOfClass.length).filter(row -> isOfClass[row]).count();
        int others = isOfClass.length - rows;
        if (rows == 0 || others == 0) {
            throw new IllegalArgumentException("there must be rows of the class and others, got " + rows + " and " + others);
        }
        List<Cut> cuts = new ArrayList<>(List.of(Cut.of(Double.POSITIVE_INFINITY, 0, 0, rows, others)));
        int hits = 0;
        int falseAlarms = 0;
        double area = 0;
        double averagePrecision = 0;
        for (int i = 0; i < order.length; i++) {
            if (isOfClass[order[i]]) {
                hits++;
            } else {
                falseAlarms++;
            }
            boolean last = i + 1 == order.length || probabilities[order[i + 1]] != probabilities[order[i]];
            if (last) {
                Cut before = cuts.get(cuts.size() - 1);
                Cut cut = Cut.of(probabilities[order[i]], hits, falseAlarms, rows, others);
                area += (cut.fallout() - before.fallout()) * (cut.recall() + before.recall()) / 2;
                averagePrecision += (cut.recall() - before.recall()) * cut.precision();
                cuts.add(cut);
            }
        }
        int[] taken = Arrays.stream(order).filter(row -> probabilities[row] >= (float) threshold).toArray();
        int hit = (int) Arrays.stream(taken).filter(row -> isOfClass[row]).count();
        return new Roc(label, rows, others, thinned(cuts), area, averagePrecision, Cut.of(threshold, hit, taken.length - hit, rows, others));
    }

    public Roc {
        cuts = List.copyOf(cuts);
    }

    private static List<Cut> thinned(List<Cut> cuts) {
        if (cuts.size() <= MOST_CUTS) {
            return cuts;
        }
        return IntStream.range(0, MOST_CUTS).mapToObj(i -> cuts.get((int) ((long) i * (cuts.size() - 1) / (MOST_CUTS - 1)))).toList();
    }
}
