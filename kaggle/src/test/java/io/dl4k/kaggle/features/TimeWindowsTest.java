package io.dl4k.kaggle.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimeWindowsTest {
    @Test
    void before_gapsAndStart_repeatTheNextKnownRow() {
        // Hours 6, 8 and 5; 7 is missing.
        assertArrayEquals(new int[] {2, 2, 0, 0, 1, 1, 2, 2, 2}, TimeWindows.before(new long[] {6, 8, 5}, 3));
    }

    @Test
    void before_everyWindow_endsWithItsRowAndHoldsNothingLater() {
        long[] moments = {3, 9, 4, 4, 1, 7, 8, 2, 30};
        int steps = 4;
        int[] windows = TimeWindows.before(moments, steps);
        for (int row = 0; row < moments.length; row++) {
            assertEquals(row, windows[row * steps + steps - 1]);
            for (int t = 0; t < steps; t++) {
                long moment = moments[windows[row * steps + t]];
                assertTrue(moment <= moments[row] && moment >= moments[row] - (steps - 1), "row " + row + " sees " + moment);
            }
        }
    }

    @Test
    void cut_oneInSoMany_keepsTheEndAndRepeatsItsFirst() {
        int steps = 5;
        int rows = 4000;
        int[] windows = TimeWindows.before(IntStream.range(0, rows).mapToLong(i -> i).toArray(), steps);
        int[] cut = TimeWindows.cut(windows, steps, 8, 3);
        int changed = 0;
        for (int row = steps; row < rows; row++) {
            int[] whole = Arrays.copyOfRange(windows, row * steps, (row + 1) * steps);
            int[] left = Arrays.copyOfRange(cut, row * steps, (row + 1) * steps);
            if (Arrays.equals(whole, left)) continue;
            changed++;
            int first = left[0];
            for (int t = 0; t < steps; t++) assertEquals(Math.max(first, whole[t]), left[t]);
        }
        // One in eight, of which one in five keeps all five steps.
        assertEquals(rows / 8.0 * 4 / 5, changed, 60);
        assertArrayEquals(cut, TimeWindows.cut(windows, steps, 8, 3));
        assertEquals("a window has at least 1 step, got 0", assertThrows(IllegalArgumentException.class, () -> TimeWindows.before(new long[1], 0)).getMessage());
    }
}
