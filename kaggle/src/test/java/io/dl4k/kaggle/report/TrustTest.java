package io.dl4k.kaggle.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TrustTest {
    /** Rows of two classes of which so many are right. */
    private static float[][][] rows(int right, int wrong) {
        float[][] predictions = new float[right + wrong][];
        float[][] targets = new float[right + wrong][];
        for (int i = 0; i < predictions.length; i++) {
            targets[i] = i % 2 == 0 ? new float[] {1, 0} : new float[] {0, 1};
            boolean first = i % 2 == 0 == i < right;
            predictions[i] = first ? new float[] {1, 0} : new float[] {0, 1};
        }
        return new float[][][] {predictions, targets};
    }

    @Test
    void spread_byHand() {
        Spread spread = Spread.of(List.of(0.7, 0.8, 0.9));
        assertEquals(0.8, spread.mean(), 1e-12);
        assertEquals(0.1, spread.deviation().orElseThrow(), 1e-12);
        assertEquals(0.1 / Math.sqrt(3), spread.error().orElseThrow(), 1e-12);
        assertEquals(new Spread(0.7, OptionalDouble.empty(), OptionalDouble.empty()), Spread.of(List.of(0.7)));
    }

    @Test
    void of_accuracy_rowErrorIsTheBinomialOne() {
        float[][][] rows = rows(800, 200);
        Trust trust = Trust.of(Metrics.ACCURACY, List.of(0.8), rows[0], rows[1], 500, 1, 1);
        assertEquals(0.8, trust.score(), 1e-12);
        double binomial = Math.sqrt(0.8 * 0.2 / 1000);
        // Two hundred draws know a standard deviation to a twentieth; four times that is never seen.
        assertEquals(binomial, trust.rowError().orElseThrow(), binomial / 5);
        assertEquals(OptionalDouble.empty(), trust.foldError());
        double error = trust.rowError().orElseThrow();
        double reach = 1.96 * Math.sqrt(error * error + error * error * 2);
        assertEquals(0.8 - reach, trust.low(), 1e-12);
        assertEquals(0.8 + reach, trust.high(), 1e-12);
    }

    @Test
    void of_foldsThatScatterMoreThanRows_theFoldsCount() {
        float[][][] rows = rows(800, 200);
        Trust trust = Trust.of(Metrics.ACCURACY, List.of(0.6, 1.0), rows[0], rows[1], 1000, 1, 1);
        assertEquals(0.2, trust.foldError().orElseThrow(), 1e-12);
        assertEquals(0.2, trust.error(), 1e-12);
        double luck = trust.rowError().orElseThrow();
        assertEquals(0.8 - 1.96 * Math.sqrt(0.04 + luck * luck), trust.low(), 1e-12);
        assertEquals(1, trust.high(), "no accuracy is above 1");
    }

    @Test
    void of_error_doesNotFallBelowZero() {
        float[][] predictions = {{1}, {2}, {3}, {9}};
        float[][] targets = {{1}, {2}, {3}, {4}};
        Trust trust = Trust.of(Metrics.RMSE, List.of(0.0, 3.5), predictions, targets, 4, 1, 1);
        assertEquals(2.5, trust.score(), 1e-9);
        assertEquals(0, trust.low());
        assertTrue(trust.high() > 2.5);
    }

    @Test
    void of_knownReason_widensTheWorseSideAlone() {
        float[][][] rows = rows(800, 200);
        Trust plain = Trust.of(Metrics.ACCURACY, List.of(0.8), rows[0], rows[1], 500, 1, 1);
        Trust warned = Trust.of(Metrics.ACCURACY, List.of(0.8), rows[0], rows[1], 500, 1.5, 1);
        assertEquals(plain.low() - 0.1, warned.low(), 1e-12);
        assertEquals(plain.high(), warned.high(), 1e-12);
        float[][] predictions = {{1}, {2}, {3}, {9}};
        float[][] targets = {{1}, {2}, {3}, {4}};
        Trust error = Trust.of(Metrics.RMSE, List.of(2.5), predictions, targets, 4, 1, 1);
        Trust warnedError = Trust.of(Metrics.RMSE, List.of(2.5), predictions, targets, 4, 1.2, 1);
        assertEquals(error.high() + 0.5, warnedError.high(), 1e-9);
        assertEquals(error.low(), warnedError.low());
        assertEquals("worse must be at least 1 and finite, got 0.9", assertThrows(IllegalArgumentException.class, () -> new Outlook("Why.", 0.9)).getMessage());
    }

    @Test
    void of_sameSeed_sameEstimate() {
        float[][][] rows = rows(40, 10);
        assertEquals(Trust.of(Metrics.ACCURACY, List.of(0.8), rows[0], rows[1], 20, 1, 7), Trust.of(Metrics.ACCURACY, List.of(0.8), rows[0], rows[1], 20, 1, 7));
    }

    @Test
    void of_metricThatMostDrawsCannotScore_saysNothingOfTheRows() {
        Metric onlyAsGiven = new Metric() {
            @Override
            public String name() {
                return "picky";
            }

            @Override
            public boolean higherIsBetter() {
                return true;
            }

            @Override
            public double score(float[][] predictions, float[][] targets) {
                if (!asGiven(predictions)) {
                    throw new IllegalArgumentException("picky");
                }
                return 0.5;
            }

            private boolean asGiven(float[][] predictions) {
                for (int i = 0; i < predictions.length; i++) {
                    if (predictions[i][0] != i) {
                        return false;
                    }
                }
                return true;
            }
        };
        float[][] numbered = {{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}};
        Trust trust = Trust.of(onlyAsGiven, List.of(0.5), numbered, numbered, 8, 1, 1);
        assertEquals(OptionalDouble.empty(), trust.rowError());
        assertEquals(0.5, trust.low());
    }

    @Test
    void of_noTestRows_isRefused() {
        float[][][] rows = rows(1, 1);
        assertEquals("testRows must be at least 1, got 0",
                assertThrows(IllegalArgumentException.class, () -> Trust.of(Metrics.ACCURACY, List.of(0.5), rows[0], rows[1], 0, 1, 1)).getMessage());
    }
}
