package io.dl4k.data;

import java.util.Arrays;

/** The line where each row starts. Rows mostly follow line by line, so only where they do not is anything kept. */
final class LineIndex {
    private int[] rows = new int[8];
    private long[] shifts = new long[8];
    private int count;

    /** Rows must come in order. */
    void add(int row, long line) {
        long shift = line - row;
        if (count > 0 && shifts[count - 1] == shift) return;
        if (count == rows.length) {
            rows = Arrays.copyOf(rows, count * 2);
            shifts = Arrays.copyOf(shifts, count * 2);
        }
        rows[count] = row;
        shifts[count++] = shift;
    }

    long line(int row) {
        int at = Arrays.binarySearch(rows, 0, count, row);
        return row + shifts[at >= 0 ? at : -at - 2];
    }
}
