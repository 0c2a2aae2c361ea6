package io.dl4k.kaggle.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** What is a weighted sum of standardised inputs, nearly: least squares with a small penalty. */
final class Ridge {
    /** Inputs of the regression: those that go with the targets most. */
    private static final int MOST_INPUTS = 200;
    /** Penalty of a weight, as a part of the rows. */
    private static final double RIDGE = 1e-3;

    private final double[][] inputs;
    private final double[][] lower;

    Ridge(List<double[]> columns, int n) {
        inputs = columns.toArray(double[][]::new);
        lower = new double[inputs.length][];
        for (int i = 0; i < inputs.length; i++) {
            lower[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                lower[i][j] = dot(inputs[i], inputs[j]) + (i == j ? RIDGE * n : 0);
            }
        }
        // Cholesky, in place.
        for (int i = 0; i < lower.length; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = lower[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= lower[i][k] * lower[j][k];
                }
                lower[i][j] = i == j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[j][j];
            }
        }
    }

    /** Number of inputs. */
    int inputs() {
        return inputs.length;
    }

    /** Takes from a column, in place, what the inputs tell of it. */
    void take(double[] column) {
        double[] x = Arrays.stream(inputs).mapToDouble(input -> dot(input, column)).toArray();
        forward(x);
        for (int i = x.length - 1; i >= 0; i--) {
            for (int k = i + 1; k < x.length; k++) {
                x[i] -= lower[k][i] * x[k];
            }
            x[i] /= lower[i][i];
        }
        for (int i = 0; i < x.length; i++) {
            subtract(column, inputs[i], x[i]);
        }
    }

    /** {@return how much of each row's fit is due to its own target, from 0 to 1} */
    double[] leverages(int rows) {
        double[] leverages = new double[rows];
        double[] x = new double[inputs.length];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < x.length; i++) {
                x[i] = inputs[i][row];
            }
            forward(x);
            leverages[row] = dot(x, x);
        }
        return leverages;
    }

    /** Solves the lower triangle, in place. */
    private void forward(double[] x) {
        for (int i = 0; i < x.length; i++) {
            double sum = x[i];
            for (int k = 0; k < i; k++) {
                sum -= lower[i][k] * x[k];
            }
            x[i] = sum / lower[i][i];
        }
    }

    /** Standardised columns of the regression, those first that go with a target most. */
    static List<double[]> inputs(FeatureMatrix matrix, double[][] y) {
        List<double[]> all = new ArrayList<>();
        for (int c = 0; c < matrix.width(); c++) {
            double[] column = new double[matrix.rows()];
            for (int row = 0; row < column.length; row++) {
                column[row] = matrix.value(row, c);
            }
            centre(column);
            double length = Math.sqrt(dot(column, column) / column.length);
            if (length > 1e-9) {
                all.add(Arrays.stream(column).map(x -> x / length).toArray());
            }
        }
        if (all.size() > MOST_INPUTS) {
            all.sort(Comparator.comparingDouble((double[] column) -> -Arrays.stream(y).mapToDouble(output -> Math.abs(dot(column, output))).max().orElse(0)));
            return all.subList(0, MOST_INPUTS);
        }
        return all;
    }

    static void centre(double[] x) {
        double mean = Arrays.stream(x).filter(v -> !Double.isNaN(v)).average().orElse(0);
        for (int i = 0; i < x.length; i++) {
            x[i] = Double.isNaN(x[i]) ? 0 : x[i] - mean;
        }
    }

    /** Four sums at once: one alone would wait for each addition, and finding pairs is little else. */
    static double dot(double[] a, double[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            sum0 += a[i] * b[i];
            sum1 += a[i + 1] * b[i + 1];
            sum2 += a[i + 2] * b[i + 2];
            sum3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            sum0 += a[i] * b[i];
        }
        return sum0 + sum1 + sum2 + sum3;
    }

    static void subtract(double[] from, double[] what, double times) {
        for (int i = 0; i < from.length; i++) {
            from[i] -= times * what[i];
        }
    }
}
