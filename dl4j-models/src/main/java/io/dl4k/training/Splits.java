package io.dl4k.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

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
     * K folds that keep groups whole, with the classes' shares as alike as the groups allow: rows of one group (copies of a text,
     * records of one patient) are held out together, so that none is trained on while another is asked. The largest groups are dealt
     * out first, each to the fold that has least of its classes; groups of one row each give folds like {@link #stratified}.
     *
     * @param classes each row's class, any integers; all the same where there are none
     * @param groups each row's group, any integers, at least {@code k} distinct ones
     * @param k folds, in [2, groups]
     * @param seed of the shuffle among groups of the same size
     * @return {@code k} folds, unmodifiable
     * @throws IllegalArgumentException if the arrays differ in length or {@code k} is out of range
     */
    public static List<Fold> grouped(int[] classes, int[] groups, int k, long seed) {
        if (classes.length != groups.length) {
            throw new IllegalArgumentException("there are classes of " + classes.length + " rows and groups of " + groups.length);
        }
        Map<Integer, List<Integer>> rowsOf = rowsBy(groups);
        if (k < 2 || k > rowsOf.size()) {
            throw new IllegalArgumentException("folds must be in [2, groups " + rowsOf.size() + "], got " + k);
        }
        List<List<Integer>> dealt = new ArrayList<>(rowsOf.values());
        Collections.shuffle(dealt, new Random(seed));
        dealt.sort(Comparator.comparingInt(rows -> -rows.size()));
        Map<Integer, Integer> totals = new TreeMap<>();
        for (int label : classes) {
            totals.merge(label, 1, Integer::sum);
        }
        List<Map<Integer, Integer>> counts = new ArrayList<>();
        for (int fold = 0; fold < k; fold++) {
            counts.add(new TreeMap<>());
        }
        int[] sizes = new int[k];
        int[] foldOf = new int[classes.length];
        for (List<Integer> rows : dealt) {
            int chosen = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int fold = 0; fold < k; fold++) {
                Map<Integer, Integer> held = counts.get(fold);
                double share = rows.stream().mapToDouble(row -> held.getOrDefault(classes[row], 0) / (double) totals.get(classes[row])).sum();
                if (share < least || share == least && sizes[fold] < sizes[chosen]) {
                    chosen = fold;
                    least = share;
                }
            }
            for (int row : rows) {
                foldOf[row] = chosen;
                counts.get(chosen).merge(classes[row], 1, Integer::sum);
            }
            sizes[chosen] += rows.size();
        }
        return foldsOf(foldOf, k);
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

    /**
     * Parts rows as told, for splits that the data decides: by time, by group.
     *
     * @param rows number of rows
     * @param training whether a row, from 0, is trained on
     * @param heldOut whether a row is held out; asked of those that are not trained on
     * @return the two parts; a row may be in neither
     * @throws IllegalArgumentException if either part is empty
     */
    public static Fold told(int rows, IntPredicate training, IntPredicate heldOut) {
        int[] trained = IntStream.range(0, rows).filter(training).toArray();
        int[] held = IntStream.range(0, rows).filter(row -> !training.test(row) && heldOut.test(row)).toArray();
        if (trained.length == 0 || held.length == 0) {
            throw new IllegalArgumentException("both parts need rows, got " + trained.length + " to train on and " + held.length + " held out");
        }
        return new Fold(trained, held);
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
        return foldsOf(foldOf, k);
    }

    private static List<Fold> foldsOf(int[] foldOf, int k) {
        List<Fold> folds = new ArrayList<>(k);
        for (int fold = 0; fold < k; fold++) {
            int held = fold;
            folds.add(part(foldOf.length, row -> foldOf[row] == held));
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
        Random random = new Random(seed);
        int[] order = new int[classes.length];
        int filled = 0;
        for (List<Integer> ofClass : rowsBy(classes).values()) {
            for (int row : shuffled(array(ofClass), random)) {
                order[filled++] = row;
            }
        }
        return order;
    }

    /** Row numbers of each label, ascending. */
    private static Map<Integer, List<Integer>> rowsBy(int[] labels) {
        Map<Integer, List<Integer>> rows = new TreeMap<>();
        for (int row = 0; row < labels.length; row++) {
            rows.computeIfAbsent(labels[row], label -> new ArrayList<>()).add(row);
        }
        return rows;
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
