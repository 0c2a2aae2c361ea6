package io.dl4k.data;

import java.util.Arrays;

/** Columns that grow in equal chunks, so that growing copies next to nothing; the first chunk starts small, for tables of a few rows and many columns. */
final class Chunks {
    private static final int SHIFT = 12;
    private static final int ROWS = 1 << SHIFT;
    private static final int MASK = ROWS - 1;
    private static final int FIRST_ROWS = 16;

    private Chunks() { }

    /** Length of a chunk that must hold the row. */
    private static int lengthFor(int row) {
        return row >= ROWS ? ROWS : Math.max(FIRST_ROWS, Integer.highestOneBit(row) * 2);
    }

    /** Ints. */
    static final class OfInt {
        private int[][] chunks = new int[4][];

        void set(int row, int value) {
            int chunk = row >> SHIFT;
            if (chunk >= chunks.length) chunks = Arrays.copyOf(chunks, Math.max(chunk + 1, chunks.length * 2));
            int[] values = chunks[chunk];
            if (values == null) chunks[chunk] = values = new int[lengthFor(row)];
            else if ((row & MASK) >= values.length) chunks[chunk] = values = Arrays.copyOf(values, lengthFor(row));
            values[row & MASK] = value;
        }

        /** 0 where nothing was set. */
        int get(int row) {
            int chunk = row >> SHIFT;
            return chunk >= chunks.length || chunks[chunk] == null || (row & MASK) >= chunks[chunk].length ? 0 : chunks[chunk][row & MASK];
        }
    }

    /** Doubles, each with the form that gives back its text ({@link NumberParser#form()}). */
    static final class OfDouble {
        private double[][] chunks = new double[4][];
        private byte[][] forms = new byte[4][];

        void set(int row, double value, byte form) {
            int chunk = row >> SHIFT;
            if (chunk >= chunks.length) {
                int length = Math.max(chunk + 1, chunks.length * 2);
                chunks = Arrays.copyOf(chunks, length);
                forms = Arrays.copyOf(forms, length);
            }
            if (chunks[chunk] == null) {
                chunks[chunk] = new double[lengthFor(row)];
                forms[chunk] = new byte[lengthFor(row)];
            } else if ((row & MASK) >= chunks[chunk].length) {
                chunks[chunk] = Arrays.copyOf(chunks[chunk], lengthFor(row));
                forms[chunk] = Arrays.copyOf(forms[chunk], lengthFor(row));
            }
            chunks[chunk][row & MASK] = value;
            forms[chunk][row & MASK] = form;
        }

        double get(int row) {
            int chunk = row >> SHIFT;
            return holds(chunk, row) ? chunks[chunk][row & MASK] : 0;
        }

        byte form(int row) {
            int chunk = row >> SHIFT;
            return holds(chunk, row) ? forms[chunk][row & MASK] : 0;
        }

        private boolean holds(int chunk, int row) {
            return chunk < chunks.length && chunks[chunk] != null && (row & MASK) < chunks[chunk].length;
        }
    }
}
