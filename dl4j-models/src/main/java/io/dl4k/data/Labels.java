package io.dl4k.data;

import java.util.Objects;

/** Targets of rows, expanded to floats only when a batch is made. Immutable; arrays given are not copied: leave them alone afterwards. */
public final class Labels {
    private static final Labels NONE = new Labels(null, null, 0, 1, -1);

    private final int[] classes;
    private final float[] values;
    private final int width;
    private final int time;
    private final int rows;

    private Labels(int[] classes, float[] values, int width, int time, int rows) {
        this.classes = classes;
        this.values = values;
        this.width = width;
        this.time = time;
        this.rows = rows;
    }

    /**
     * One class per row, one-hot in a batch {@code [batch, k]}.
     *
     * @param y classes, each in [0, k)
     * @param k how many classes there are, at least 2
     * @throws IllegalArgumentException if a class is outside [0, k)
     */
    public static Labels classes(int[] y, int k) {
        if (k < 2) throw new IllegalArgumentException("k must be at least 2 classes, got " + k);
        for (int row = 0; row < y.length; row++)
            if (y[row] < 0 || y[row] >= k) throw new IllegalArgumentException("class of row " + row + " must be in [0, " + k + "), got " + y[row]);
        return new Labels(y, null, k, 1, y.length);
    }

    /**
     * {@code width} values per row, {@code [batch, width]} in a batch.
     *
     * @param y values row after row
     * @throws IllegalArgumentException if {@code y} does not hold whole rows
     */
    public static Labels values(float[] y, int width) {
        return steps(y, 1, width, "rows of " + width + " values");
    }

    /**
     * {@code width} values for each of {@code time} steps of a sequence, {@code [batch, width, time]} in a batch, masked as the sequence is.
     *
     * @param y values as {@code [row][time][width]}
     * @throws IllegalArgumentException if {@code y} does not hold whole sequences, or {@code time} is below 2
     */
    public static Labels steps(float[] y, int time, int width) {
        if (time < 2) throw new IllegalArgumentException("time must be at least 2 steps, got " + time);
        return steps(y, time, width, "sequences of " + time + " steps of " + width + " values");
    }

    private static Labels steps(float[] y, int time, int width, String what) {
        if (width < 1) throw new IllegalArgumentException("width must be at least 1, got " + width);
        int row = Math.multiplyExact(time, width);
        if (y.length % row != 0) throw new IllegalArgumentException(y.length + " values are no whole number of " + what);
        return new Labels(null, Objects.requireNonNull(y), width, time, y.length / row);
    }

    /** No targets: rows to predict. */
    public static Labels none() {
        return NONE;
    }

    /** Whether there are no targets. */
    public boolean isNone() {
        return rows < 0;
    }

    /** Values per row, or per step; 0 if there are no targets. */
    public int width() {
        return width;
    }

    /**
     * The targets of these rows as a network sees them: one-hot or values; steps as {@code [width][time]}, one after the other.
     *
     * @throws IllegalArgumentException if there are no targets
     */
    public float[][] toRows(int[] wanted) {
        if (isNone()) throw new IllegalArgumentException("there are no targets");
        float[][] all = new float[wanted.length][width * time];
        for (int i = 0; i < wanted.length; i++) write(wanted[i], all[i], 0);
        return all;
    }

    /** How many rows have targets; -1: none. */
    int rows() {
        return rows;
    }

    /** Steps of a row; 1: the row has one target for all its steps. */
    int time() {
        return time;
    }

    /** Writes every one of the row's {@code width * time} floats. */
    void write(int row, float[] to, int offset) {
        if (classes != null) {
            for (int c = 0; c < width; c++) to[offset + c] = 0;
            to[offset + classes[row]] = 1;
            return;
        }
        int from = row * time * width;
        for (int t = 0; t < time; t++) for (int v = 0; v < width; v++) to[offset + v * time + t] = values[from + t * width + v];
    }
}
