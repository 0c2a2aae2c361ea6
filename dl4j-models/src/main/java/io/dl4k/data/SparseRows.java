package io.dl4k.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of numbers of which most are 0, such as counts of words: of each row the columns that hold something else, and what they hold. Immutable. */
public final class SparseRows {
    /** Bytes of two arrays beside what they hold, and of what refers to them. */
    private static final int ROW_OVERHEAD = 40;

    private final int width;
    private final int[][] columns;
    private final float[][] values;
    private final int size;

    private SparseRows(int width, int[][] columns, float[][] values, int size) {
        this.width = width;
        this.columns = columns;
        this.values = values;
        this.size = size;
    }

    /** Gathers rows one after the other. */
    public static final class Builder {
        private final int width;
        /** Rows are arrays of their own: a few long ones would have to be copied to grow, which takes three times the memory. */
        private final List<int[]> columns = new ArrayList<>();
        private final List<float[]> values = new ArrayList<>();
        private int[] rowColumns = new int[256];
        private float[] rowValues = new float[256];
        private int length;
        private int size;

        private Builder(int width) {
            this.width = width;
        }

        /**
         * The next value of the row that is being gathered.
         *
         * @param column above the row's columns so far, below the width
         * @return this
         * @throws IllegalArgumentException if the column is out of range or order, or the value not finite
         */
        public Builder value(int column, float value) {
            int last = length == 0 ? -1 : rowColumns[length - 1];
            if (column <= last || column >= width) {
                throw new IllegalArgumentException("column of row " + columns.size() + " must be in [" + (last + 1) + ", " + width + "), got " + column);
            }
            if (!Float.isFinite(value)) throw new IllegalArgumentException("value of row " + columns.size() + ", column " + column + " must be finite, got " + value);
            if (length == rowColumns.length) {
                rowColumns = Arrays.copyOf(rowColumns, 2 * length);
                rowValues = Arrays.copyOf(rowValues, 2 * length);
            }
            rowColumns[length] = column;
            rowValues[length] = value;
            length++;
            return this;
        }

        /**
         * Ends the row, which may be empty.
         *
         * @return this
         */
        public Builder endRow() {
            columns.add(Arrays.copyOf(rowColumns, length));
            values.add(Arrays.copyOf(rowValues, length));
            size = Math.addExact(size, length);
            length = 0;
            return this;
        }

        /** {@return the rows that were ended} */
        public SparseRows build() {
            return new SparseRows(width, columns.toArray(int[][]::new), values.toArray(float[][]::new), size);
        }
    }

    /**
     * @param width columns of a row, at least 1
     * @return a builder without rows
     * @throws IllegalArgumentException if {@code width} is below 1
     */
    public static Builder builder(int width) {
        if (width < 1) throw new IllegalArgumentException("width must be at least 1, got " + width);
        return new Builder(width);
    }

    /**
     * These rows with further columns before theirs.
     *
     * @param dense values row after row, as many rows as here
     * @param denseWidth values of one row, at least 1
     * @param factor that these rows are multiplied by
     * @return rows of {@code denseWidth + width()} columns
     * @throws IllegalArgumentException if the numbers of rows differ or a value is not finite
     */
    public SparseRows after(float[] dense, int denseWidth, float factor) {
        if (dense.length != (long) rows() * denseWidth) {
            throw new IllegalArgumentException(rows() + " rows of " + denseWidth + " values are wanted, got " + dense.length + " values");
        }
        Builder joined = builder(denseWidth + width);
        for (int row = 0; row < rows(); row++) {
            for (int column = 0; column < denseWidth; column++) {
                float value = dense[row * denseWidth + column];
                if (value != 0) joined.value(column, value);
            }
            for (int i = 0; i < columns[row].length; i++) joined.value(denseWidth + columns[row][i], values[row][i] * factor);
            joined.endRow();
        }
        return joined.build();
    }

    /** {@return number of rows} */
    public int rows() {
        return columns.length;
    }

    /** {@return columns of a row} */
    public int width() {
        return width;
    }

    /** {@return values that are kept} */
    public int size() {
        return size;
    }

    /** {@return bytes of the heap that they take} */
    long bytes() {
        return (long) rows() * ROW_OVERHEAD + (long) size * (Integer.BYTES + Float.BYTES);
    }

    /** {@return the number in a row and column, 0 where none is kept} */
    public float get(int row, int column) {
        int at = Arrays.binarySearch(columns[row], column);
        return at < 0 ? 0 : values[row][at];
    }

    /** Writes every one of the row's {@code width} floats. */
    void write(int row, float[] to, int offset) {
        Arrays.fill(to, offset, offset + width, 0);
        for (int i = 0; i < columns[row].length; i++) to[offset + columns[row][i]] = values[row][i];
    }
}
