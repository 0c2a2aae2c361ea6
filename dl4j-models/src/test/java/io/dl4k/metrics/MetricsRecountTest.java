package io.dl4k.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each metric on random rows against its definition counted the slow way: pairs for AUC, whole matrices for F1 and kappa. */
class MetricsRecountTest {

    private static final double TOLERANCE = 1e-9;

    /** Random rows with ties, of at least two classes. */
    private static final class Drawn {
        private final int[] actual;
        private final float[][] targets;
        private final float[][] predictions;
        private final int classes;

        Drawn(int classes, int rows, long seed) {
            this.classes = classes;
            Random random = new Random(seed);
            actual = new int[rows];
            targets = new float[rows][classes];
            predictions = new float[rows][classes];
            for (int row = 0; row < rows; row++) {
                // The first two rows are of two classes, so that every metric is defined.
                actual[row] = row < 2 ? row : random.nextInt(classes);
                targets[row][actual[row]] = 1;
                float sum = 0;
                for (int column = 0; column < classes; column++) {
                    // A coarse grid, for ties.
                    predictions[row][column] = 1 + random.nextInt(5) + (column == actual[row] ? random.nextInt(3) : 0);
                    sum += predictions[row][column];
                }
                for (int column = 0; column < classes; column++) {
                    predictions[row][column] /= sum;
                }
            }
        }

        private int predicted(int row) {
            int best = classes - 1;
            for (int column = classes - 1; column >= 0; column--) {
                best = predictions[row][column] >= predictions[row][best] ? column : best;
            }
            return best;
        }

        private long[][] confusion() {
            long[][] counts = new long[classes][classes];
            for (int row = 0; row < actual.length; row++) {
                counts[actual[row]][predicted(row)]++;
            }
            return counts;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void classification_randomDrawn_matchesConfusionMatrix(long seed) {
        Drawn rows = new Drawn(2 + (int) (seed % 4), 5 + (int) seed * 13, seed);
        long[][] counts = rows.confusion();
        int k = rows.classes;
        double n = rows.actual.length;
        double right = 0;
        double sumF1 = 0;
        int occurring = 0;
        double observed = 0;
        double expected = 0;
        for (int i = 0; i < k; i++) {
            long inRow = 0;
            long inColumn = 0;
            for (int j = 0; j < k; j++) {
                inRow += counts[i][j];
                inColumn += counts[j][i];
                long rowTotal = 0;
                long columnTotal = 0;
                for (int m = 0; m < k; m++) {
                    rowTotal += counts[i][m];
                    columnTotal += counts[m][j];
                }
                observed += (i - j) * (i - j) * counts[i][j];
                expected += (i - j) * (i - j) * rowTotal * columnTotal / n;
            }
            right += counts[i][i];
            if (inRow + inColumn > 0) {
                occurring++;
                double precision = inColumn == 0 ? 0 : (double) counts[i][i] / inColumn;
                double recall = inRow == 0 ? 0 : (double) counts[i][i] / inRow;
                sumF1 += precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
            }
        }
        assertEquals(right / n, Metrics.ACCURACY.score(rows.predictions, rows.targets), TOLERANCE);
        assertEquals(sumF1 / occurring, Metrics.MACRO_F1.score(rows.predictions, rows.targets), TOLERANCE);
        assertEquals(1 - observed / expected, Metrics.QUADRATIC_KAPPA.score(rows.predictions, rows.targets), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void auc_randomDrawn_matchesAllPairs(long seed) {
        Drawn rows = new Drawn(2, 2 + (int) (seed * 7 % 60), seed);
        double won = 0;
        long pairs = 0;
        for (int i = 0; i < rows.actual.length; i++) {
            for (int j = 0; j < rows.actual.length; j++) {
                if (rows.actual[i] == 1 && rows.actual[j] == 0) {
                    pairs++;
                    float difference = rows.predictions[i][1] - rows.predictions[j][1];
                    won += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
                }
            }
        }
        assertEquals(won / pairs, Metrics.AUC.score(rows.predictions, rows.targets), TOLERANCE);
        // Only the order counts.
        float[][] stretched = new float[rows.predictions.length][1];
        for (int row = 0; row < stretched.length; row++) {
            stretched[row][0] = 100 * rows.predictions[row][1] - 7;
        }
        assertEquals(won / pairs, Metrics.AUC.score(stretched, rows.targets), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void logLoss_randomDrawn_matchesSumOverColumns(long seed) {
        Drawn rows = new Drawn(3, 40, seed);
        double sum = 0;
        for (int row = 0; row < 40; row++) {
            double total = 0;
            for (float p : rows.predictions[row]) {
                total += p;
            }
            for (int column = 0; column < 3; column++) {
                sum -= rows.targets[row][column] * Math.log(rows.predictions[row][column] / total);
            }
        }
        assertEquals(sum / 40, Metrics.LOG_LOSS.score(rows.predictions, rows.targets), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void regression_randomDrawn_matchesVarianceIdentity(long seed) {
        Random random = new Random(seed);
        int n = 200;
        float[][] p = new float[n][1];
        float[][] y = new float[n][1];
        double errors = 0;
        double squares = 0;
        double sum = 0;
        double targetSquares = 0;
        for (int row = 0; row < n; row++) {
            y[row][0] = random.nextInt(64);
            p[row][0] = y[row][0] + random.nextInt(17) - 8;
            errors += Math.abs(p[row][0] - y[row][0]);
            squares += Math.pow(p[row][0] - y[row][0], 2);
            sum += y[row][0];
            targetSquares += y[row][0] * y[row][0];
        }
        assertEquals(errors / n, Metrics.MAE.score(p, y), TOLERANCE);
        assertEquals(Math.sqrt(squares / n), Metrics.RMSE.score(p, y), TOLERANCE);
        assertEquals(1 - squares / (targetSquares - sum * sum / n), Metrics.R2.score(p, y), TOLERANCE);
        // RMSLE is RMSE of the logarithms.
        float[][] logP = new float[n][1];
        float[][] logY = new float[n][1];
        for (int row = 0; row < n; row++) {
            logP[row][0] = (float) Math.log(1 + Math.max(0, p[row][0]));
            logY[row][0] = (float) Math.log(1 + y[row][0]);
        }
        assertEquals(Metrics.RMSE.score(logP, logY), Metrics.RMSLE.score(p, y), 1e-6);
    }
}
