package io.dl4k.metrics;

import java.util.Arrays;

/** What every metric asks of its input, and how rows of outputs and targets are read as classes. */
final class Rows {

    /** Softmax rows in single precision sum to 1 within a few units in the last place. */
    private static final float ROUNDING = 1e-4f;

    private Rows() {}

    /** Refuses input that no metric can score: no rows, unequal numbers of rows, ragged rows, NaN and infinities. */
    static void check(String metric, float[][] predictions, float[][] targets) {
        if (predictions.length != targets.length) {
            throw new IllegalArgumentException(metric + ": " + predictions.length + " rows of predictions for " + targets.length
                    + " rows of targets");
        }
        if (predictions.length == 0) {
            throw new IllegalArgumentException(metric + ": there are no rows to score");
        }
        check(metric, "prediction", predictions);
        check(metric, "target", targets);
    }

    private static void check(String metric, String what, float[][] rows) {
        int width = rows[0].length;
        if (width == 0) {
            throw new IllegalArgumentException(metric + ": " + what + " rows have no columns");
        }
        for (int row = 0; row < rows.length; row++) {
            if (rows[row].length != width) {
                throw new IllegalArgumentException(metric + ": " + what + " row " + row + " has " + rows[row].length
                        + " columns, row 0 has " + width);
            }
            for (int column = 0; column < width; column++) {
                if (!Float.isFinite(rows[row][column])) {
                    throw new IllegalArgumentException(metric + ": " + what + " row " + row + ", column " + column + " is "
                            + rows[row][column]);
                }
            }
        }
    }

    /** Refuses predictions that have not as many columns as the targets. */
    static void checkSameWidth(String metric, float[][] predictions, float[][] targets) {
        if (predictions[0].length != targets[0].length) {
            throw new IllegalArgumentException(metric + ": predictions have " + predictions[0].length + " columns, targets "
                    + targets[0].length);
        }
    }

    /** {@return how many classes rows of this width tell apart: one column is the probability of class 1 of two} */
    static int classes(float[][] rows) {
        return Math.max(2, rows[0].length);
    }

    /** Refuses predictions of another number of classes than the targets have. */
    static int checkSameClasses(String metric, float[][] predictions, float[][] targets) {
        int classes = classes(targets);
        if (classes(predictions) != classes) {
            throw new IllegalArgumentException(metric + ": predictions have " + classes(predictions) + " classes, targets "
                    + classes);
        }
        return classes;
    }

    /** Refuses all but two classes. */
    static void checkBinary(String metric, float[][] predictions, float[][] targets) {
        int classes = checkSameClasses(metric, predictions, targets);
        if (classes != 2) {
            throw new IllegalArgumentException(metric + ": is for two classes, got " + classes);
        }
    }

    /** {@return the class each row of outputs is for: the first largest column, or with one column 1 if it exceeds 0.5} */
    static int[] predicted(float[][] predictions) {
        int[] classes = new int[predictions.length];
        for (int row = 0; row < classes.length; row++) {
            float[] outputs = predictions[row];
            if (outputs.length == 1) {
                classes[row] = outputs[0] > 0.5f ? 1 : 0;
            } else {
                int best = 0;
                for (int column = 1; column < outputs.length; column++) {
                    if (outputs[column] > outputs[best]) {
                        best = column;
                    }
                }
                classes[row] = best;
            }
        }
        return classes;
    }

    /** {@return the class of each target row: its value 0 or 1 with one column, else the column of the single 1} */
    static int[] actual(String metric, float[][] targets) {
        int[] classes = new int[targets.length];
        for (int row = 0; row < classes.length; row++) {
            float[] target = targets[row];
            int ones = 0;
            int zeros = 0;
            for (int column = 0; column < target.length; column++) {
                if (target[column] == 1) {
                    ones++;
                    classes[row] = target.length == 1 ? 1 : column;
                } else if (target[column] == 0) {
                    zeros++;
                }
            }
            if (target.length == 1 ? ones + zeros != 1 : ones != 1 || ones + zeros != target.length) {
                throw new IllegalArgumentException(metric + ": target row " + row + " must be "
                        + (target.length == 1 ? "0 or 1" : "one-hot") + ", got " + Arrays.toString(target));
            }
        }
        return classes;
    }

    /** Refuses predictions outside [0, 1], give or take the rounding of a softmax. */
    static void checkProbabilities(String metric, float[][] predictions) {
        for (int row = 0; row < predictions.length; row++) {
            for (int column = 0; column < predictions[row].length; column++) {
                float p = predictions[row][column];
                if (p < 0 || p > 1 + ROUNDING) {
                    throw new IllegalArgumentException(metric + ": prediction row " + row + ", column " + column
                            + " must be a probability, got " + p);
                }
            }
        }
    }
}
