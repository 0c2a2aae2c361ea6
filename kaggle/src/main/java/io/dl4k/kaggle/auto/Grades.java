package io.dl4k.kaggle.auto;

import io.dl4k.data.NumberColumn;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells grades, such as the points of an essay, from classes that happen to be numbered: their frequencies make a hill. */
final class Grades {
    private static final int FEWEST = 4;
    private static final int MOST = 12;
    /** A number may be more frequent than its neighbour nearer the top by so many standard deviations of its own frequency. */
    private static final double CHANCE = 2;
    private static final Pattern NUMBERED = Pattern.compile(".*(class|label|type|categor|species|kind|code|cluster|group).*");

    private Grades() {
    }

    /**
     * Whole numbers of which none is left out between the lowest and the highest; those in the middle are the most frequent, both ends at most half as much.
     *
     * @param name of the column: one that speaks of classes has no grades
     */
    static boolean look(String name, NumberColumn column) {
        double[] all = Arrays.stream(column.toArray()).filter(x -> !Double.isNaN(x)).toArray();
        double least = Arrays.stream(all).min().orElse(0);
        double numbers = Arrays.stream(all).max().orElse(0) - least + 1;
        if (!column.isWhole() || least < 0 || numbers < FEWEST || numbers > MOST || NUMBERED.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
            return false;
        }
        int[] rows = new int[(int) numbers];
        Arrays.stream(all).forEach(x -> rows[(int) (x - least)]++);
        int last = rows.length - 1;
        int top = 0;
        for (int i = 1; i < rows.length; i++) {
            top = rows[i] > rows[top] ? i : top;
        }
        // From 0 on with a long tail are counts.
        boolean tail = least == 0 && last - top > 2 * top;
        return !tail && Arrays.stream(rows).allMatch(n -> n > 0) && 2 * rows[0] <= rows[top] && 2 * rows[last] <= rows[top] && hill(rows, top);
    }

    /** Whether frequencies rise to the top and fall after it, but for chance. */
    private static boolean hill(int[] rows, int top) {
        for (int i = 1; i < rows.length; i++) {
            int nearer = i <= top ? rows[i] : rows[i - 1];
            int farther = i <= top ? rows[i - 1] : rows[i];
            if (farther > nearer + CHANCE * Math.sqrt(farther)) {
                return false;
            }
        }
        return true;
    }
}
