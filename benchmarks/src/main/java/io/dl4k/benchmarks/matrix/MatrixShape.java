package io.dl4k.benchmarks.matrix;

import java.util.SplittableRandom;

/**
 * A product of {@code [rows, inner]} and {@code [inner, columns]}.
 *
 * @param rows at least 1, as the others
 */
public record MatrixShape(int rows, int inner, int columns) {
    private static final long SEED = 42;

    /** Checks. */
    public MatrixShape {
        if (rows < 1 || inner < 1 || columns < 1) throw new IllegalArgumentException("sizes must be at least 1, got " + rows + "x" + inner + "x" + columns);
    }

    /**
     * Reads {@code 128x784x512}.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static MatrixShape parse(String text) {
        if (!text.matches("\\d{1,6}x\\d{1,6}x\\d{1,6}")) throw new IllegalArgumentException("expected rows x inner x columns such as 128x784x512, got '" + text + "'");
        String[] sizes = text.split("x");
        return new MatrixShape(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]), Integer.parseInt(sizes[2]));
    }

    /** Additions and multiplications of one product. */
    public double operations() {
        return 2.0 * rows * inner * columns;
    }

    /** Row-major values in [-1, 1). */
    float[] left() {
        return values((long) rows * inner, SEED);
    }

    float[] right() {
        return values((long) inner * columns, SEED + 1);
    }

    private static float[] values(long n, long seed) {
        var random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(n)];
        for (int i = 0; i < values.length; i++) values[i] = (float) (2 * random.nextDouble() - 1);
        return values;
    }
}
