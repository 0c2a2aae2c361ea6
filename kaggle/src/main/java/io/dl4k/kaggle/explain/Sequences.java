package io.dl4k.kaggle.explain;

import java.util.Random;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Sequences made up to be learned. */
final class Sequences {
    private Sequences() {
    }

    /** One number a step; the label is their mean, scaled to a deviation of about 1. {@code [rows, 1, steps]}, labels {@code [rows, 1]}. */
    static DataSet means(int rows, int steps, long seed) {
        Random random = new Random(seed);
        float[][][] x = new float[rows][1][steps];
        float[][] y = new float[rows][1];
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < steps; t++) {
                x[row][0][t] = (float) random.nextGaussian();
                y[row][0] += x[row][0][t] / (float) Math.sqrt(steps);
            }
        }
        return new DataSet(Nd4j.createFromArray(x), Nd4j.createFromArray(y));
    }

    /**
     * What to remember comes first, then nothing but noise. Features: the signal, 1 or -1 at the first step and 0 after it; noise. The label is 1 where the
     * signal was. {@code [rows, 2, steps]}, labels {@code [rows, 1]}.
     */
    static DataSet memory(int rows, int steps, long seed) {
        Random random = new Random(seed);
        float[][][] x = new float[rows][2][steps];
        float[][] y = new float[rows][1];
        for (int row = 0; row < rows; row++) {
            y[row][0] = random.nextInt(2);
            x[row][0][0] = 2 * y[row][0] - 1;
            for (int t = 1; t < steps; t++) {
                x[row][1][t] = (float) random.nextGaussian();
            }
        }
        return new DataSet(Nd4j.createFromArray(x), Nd4j.createFromArray(y));
    }

    /**
     * A value at each step, and now and then a mark. At each step the label is the value at the last mark. Features: value, mark.
     * {@code [rows, 2, steps]}, labels {@code [rows, 1, steps]}.
     */
    static DataSet latch(int rows, int steps, double marks, long seed) {
        Random random = new Random(seed);
        float[][][] x = new float[rows][2][steps];
        float[][][] y = new float[rows][1][steps];
        for (int row = 0; row < rows; row++) {
            float kept = 0;
            for (int t = 0; t < steps; t++) {
                x[row][0][t] = 2 * random.nextFloat() - 1;
                // The first step is marked, so that there is always something to keep.
                if (t == 0 || random.nextDouble() < marks) {
                    x[row][1][t] = 1;
                    kept = x[row][0][t];
                }
                y[row][0][t] = kept;
            }
        }
        return new DataSet(Nd4j.createFromArray(x), Nd4j.createFromArray(y));
    }
}
