package io.dl4k.data;

import java.util.Arrays;

/** Rows of numbers of which most are 0, such as counts of words: of each row the columns that hold something else, and what they hold. Immutable. */
public final class SparseRows {
    private final int width;
    private final int[] starts;
    private final int[] columns;
    private final float[] values;

    private SparseRows(int width, int[] starts, int[] columns, float[] values) {
        this.width = width;
        this.starts = starts;
        this.columns = columns;
        this.values = values;
    }

    /** Gathers rows one after the other. */
    public static final class Builder {
        private final int width;
        private int[] starts = new int[16];
        private int[] columns = new int[256];
        private float[] values = new float[256];
        private int rows;
        private int last = -1;

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
            if (column <= last || column >= width) {
                throw new IllegalArgumentException("column of row " + rows + " must be in [" + (last + 1) + ", " + width + "), got " + column);
            }
            if (!Float.isFinite(value)) throw new IllegalArgumentException("value of row " + rows + ", column " + column + " must be finite, got " + value);
            int at = starts[rows + 1];
            if (at == columns.length) {
                columns = Arrays.copyOf(columns, 2 * at);
                values = Arrays.copyOf(values, 2 * at);
            }
            columns[at] = column;
            values[at] = value;
            starts[rows + 1] = at + 1;
            last = column;
            return this;
        }

        /**
         * Ends the row, which may be empty.
         *
         * @return this
         */
        public Builder endRow() {
            rows++;
            if (rows + 1 == starts.length) starts = Arrays.copyOf(starts, 2 * starts.length);
            starts[rows + 1] = starts[rows];
            last = -1;
            return this;
        }

        /** {@return the rows that were ended} */
        public SparseRows build() {
            return new SparseRows(width, Arrays.copyOf(starts, rows + 1), Arrays.copyOf(columns, starts[rows]), Arrays.copyOf(values, starts[rows]));
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
            for (int i = starts[row]; i < starts[row + 1]; i++) joined.value(denseWidth + columns[i], values[i] * factor);
            joined.endRow();
        }
        return joined.build();
    }

    /** {@return number of rows} */
    public int rows() {
        return starts.length - 1;
    }

    /** {@return columns of a row} */
    public int width() {
        return width;
    }

    /** {@return values that are kept} */
    public int size() {
        return values.length;
    }

    /** {@return bytes of the heap that they take} */
    long bytes() {
        return (long) starts.length * Integer.BYTES + (long) values.length * (Integer.BYTES + Float.BYTES);
    }

    /** {@return the number in a row and column, 0 where none is kept} */
    public float get(int row, int column) {
        int at = Arrays.binarySearch(columns, starts[row], starts[row + 1], column);
        return at < 0 ? 0 : values[at];
    }

    /** Writes every one of the row's {@code width} floats. */
    void write(int row, float[] to, int offset) {
        Arrays.fill(to, offset, offset + width, 0);
        for (int i = starts[row]; i < starts[row + 1]; i++) to[offset + columns[i]] = values[i];
    }
}
