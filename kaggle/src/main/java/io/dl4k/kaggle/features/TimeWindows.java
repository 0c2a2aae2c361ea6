package io.dl4k.kaggle.features;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The rows before each row, by the clock: of every row the last {@code steps} moments up to its own, never a later one. Where a table has no row for a moment, the
 * next row of the window stands in its place, so that a window at the start of the data, or after a gap, repeats its first known row.
 */
public final class TimeWindows {
    private TimeWindows() {
    }

    /**
     * All windows whole.
     *
     * @param moments of the rows in steps of the series, such as hours since some day; rows may be in any order; of rows at one moment the last stands for it
     * @param steps of a window with the row itself, at least 1
     * @return row numbers, oldest first, window after window: {@code [moments.length * steps]}
     * @throws IllegalArgumentException if {@code steps} is below 1
     */
    public static int[] before(long[] moments, int steps) {
        if (steps < 1) throw new IllegalArgumentException("a window has at least 1 step, got " + steps);
        Map<Long, Integer> rows = new HashMap<>();
        for (int row = 0; row < moments.length; row++) rows.put(moments[row], row);
        int[] windows = new int[Math.multiplyExact(moments.length, steps)];
        for (int row = 0; row < moments.length; row++) {
            int known = row;
            for (int t = steps - 1; t >= 0; t--) {
                // The row itself, whoever shares its moment.
                if (t < steps - 1) known = rows.getOrDefault(moments[row] - (steps - 1 - t), known);
                windows[row * steps + t] = known;
            }
        }
        return windows;
    }

    /**
     * The same for training, some windows cut as those at the start of test rows are: of one row in {@code oneIn}, drawn at random, only a random number of the last
     * steps is known.
     *
     * @param oneIn at least 1
     */
    public static int[] cut(int[] windows, int steps, int oneIn, long seed) {
        int[] cut = windows.clone();
        SplittableRandom random = new SplittableRandom(seed);
        for (int row = 0; row < cut.length / steps; row++) {
            boolean chosen = random.nextInt(oneIn) == 0;
            int known = 1 + random.nextInt(steps);
            if (!chosen) continue;
            int first = row * steps + steps - known;
            for (int at = row * steps; at < first; at++) cut[at] = cut[first];
        }
        return cut;
    }
}
