package io.dl4k.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** Parts rows at random into folds or into a training and a held-out part. The same arguments give the same parts anywhere. */
public final class Splits {

    private Splits() {}

    /**
     * K folds: each row is held out in exactly one, and fold sizes differ by at most 1.
     *
     * @param rows number of rows
     * @param k folds, in [2, rows]
     * @param seed of the shuffle
     * @return {@code k} folds, unmodifiable
     * @throws IllegalArgumentException if {@code k} is out of range
     */
    public static List<Fold> kFold(int rows, int k, long seed) {
        checkFolds(rows, k);
        return folds(shuffled(count(rows), new Random(seed)), k);
    }

    /**
     * K folds with the classes' shares alike: each row is held out in exactly one, and between folds neither the size nor any class's
     * count differs by more than 1. A class with fewer rows than {@code k} is held out in that many folds, one row each, and missing
     * from the validation of the others; a class with a single row is missing from the training rows of the fold that holds it out.
     *
     * @param classes each row's class, any integers
     * @param k folds, in [2, rows]
     * @param seed of the shuffle within classes
     * @return {@code k} folds, unmodifiable
     * @throws IllegalArgumentException if {@code k} is out of range
     */
    public static List<Fold> stratified(int[] classes, int k, long seed) {
        checkFolds(classes.length, k);
        return folds(byClass(classes, seed), k);
    }

    /**
     * Holds a share of the rows out.
     *
     * @param rows number of rows, at least 2
     * @param share to hold out, in (0, 1); the number is rounded, and leaves at least one row on either side
     * @param seed of the shuffle
     * @return the two parts
     * @throws IllegalArgumentException if {@code rows} or {@code share} is out of range
     */
    public static Fold holdOut(int rows, double share, long seed) {
        checkShare(rows, share);
        return holdOut(shuffled(count(rows), new Random(seed)), share);
    }

    /**
     * Holds a share of the rows out, of each class alike: its number held out differs from its part of all held out by less than 1.
     *
     * @param classes each row's class, any integers, at least 2 rows
     * @param share to hold out, in (0, 1); the number is rounded, and leaves at least one row on either side
     * @param seed of the shuffle within classes
     * @return the two parts
     * @throws IllegalArgumentException if there are too few rows or {@code share} is out of range
     */
    public static Fold holdOut(int[] classes, double share, long seed) {
        checkShare(classes.length, share);
        return holdOut(byClass(classes, seed), share);
    }

    private static void checkFolds(int rows, int k) {
        if (k < 2 || k > rows) {
            throw new IllegalArgumentException("folds must be in [2, rows " + rows + "], got " + k);
        }
    }

    private static void checkShare(int rows, double share) {
        if (rows < 2) {
            throw new IllegalArgumentException("rows to hold some out of must be at least 2, got " + rows);
        }
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("share to hold out must be in (0, 1), got " + share);
        }
    }

    /** Deals the rows out in turn, so that consecutive ones (those of a class) spread over all folds. */
    private static List<Fold> folds(int[] order, int k) {
        int[] foldOf = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            foldOf[order[i]] = i % k;
        }
        List<Fold> folds = new ArrayList<>(k);
        for (int fold = 0; fold < k; fold++) {
            int held = fold;
            folds.add(part(order.length, row -> foldOf[row] == held));
        }
        return List.copyOf(folds);
    }

    /** Takes every {@code 1/share}-th of the order, evenly spaced, so that each run of rows (a class) gives its share. */
    private static Fold holdOut(int[] order, double share) {
        long held = Math.max(1, Math.min(order.length - 1, Math.round(order.length * share)));
        boolean[] out = new boolean[order.length];
        for (int i = 0; i < order.length; i++) {
            out[order[i]] = heldBefore(i + 1, held, order.length) > heldBefore(i, held, order.length);
        }
        return part(order.length, row -> out[row]);
    }

    /** {@return i * held / rows rounded, halves up: steps up {@code held} times while i runs through the rows} */
    private static long heldBefore(int i, long held, int rows) {
        return (2L * i * held + rows) / (2L * rows);
    }

    private static Fold part(int rows, IntPredicate heldOut) {
        List<Integer> training = new ArrayList<>();
        List<Integer> validation = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            (heldOut.test(row) ? validation : training).add(row);
        }
        return new Fold(array(training), array(validation));
    }

    private static int[] array(List<Integer> rows) {
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int[] count(int rows) {
        int[] order = new int[rows];
        for (int row = 0; row < rows; row++) {
            order[row] = row;
        }
        return order;
    }

    /** Rows class after class, shuffled within each. */
    private static int[] byClass(int[] classes, long seed) {
        Map<Integer, List<Integer>> rows = new TreeMap<>();
        for (int row = 0; row < classes.length; row++) {
            rows.computeIfAbsent(classes[row], label -> new ArrayList<>()).add(row);
        }
        Random random = new Random(seed);
        int[] order = new int[classes.length];
        int filled = 0;
        for (List<Integer> ofClass : rows.values()) {
            for (int row : shuffled(array(ofClass), random)) {
                order[filled++] = row;
            }
        }
        return order;
    }

    private static int[] shuffled(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
