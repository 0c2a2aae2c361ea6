package io.dl4k.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each metric on a few rows worked out by hand, and what each refuses. */
class MetricsTest {

    private static final double EXACT = 1e-12;
    /** Where the inputs themselves are rounded to single precision. */
    private static final double SINGLE = 1e-7;

    static List<Metric> all() {
        return Metrics.all();
    }

    private static float[][] column(double... values) {
        float[][] rows = new float[values.length][1];
        for (int row = 0; row < values.length; row++) {
            rows[row][0] = (float) values[row];
        }
        return rows;
    }

    private static float[][] oneHot(int classes, int... labels) {
        float[][] rows = new float[labels.length][classes];
        for (int row = 0; row < labels.length; row++) {
            rows[row][labels[row]] = 1;
        }
        return rows;
    }

    private static String refusal(Metric metric, float[][] predictions, float[][] targets) {
        return assertThrows(IllegalArgumentException.class, () -> metric.score(predictions, targets)).getMessage();
    }

    @Test
    void all_names_areThoseOfKaggle() {
        assertEquals(
                List.of("accuracy", "log_loss", "auc", "f1", "macro_f1", "rmse", "rmsle", "mae", "r2", "quadratic_kappa"),
                Metrics.all().stream().map(Metric::name).toList());
        assertEquals(
                List.of(true, false, true, true, true, false, false, false, true, true),
                Metrics.all().stream().map(Metric::higherIsBetter).toList());
    }

    @Test
    void named_knownAndUnknown_findsOrNot() {
        assertSame(Metrics.RMSLE, Metrics.named("rmsle").orElseThrow());
        assertEquals(Optional.empty(), Metrics.named("RMSLE"));
    }

    @Test
    void accuracy_threeClasses_countsFirstLargest() {
        // Right, wrong, right by the first of two equal columns, wrong by it.
        float[][] predictions = {{0.7f, 0.2f, 0.1f}, {0.1f, 0.2f, 0.7f}, {0.4f, 0.4f, 0.2f}, {0.4f, 0.4f, 0.2f}};
        assertEquals(0.5, Metrics.ACCURACY.score(predictions, oneHot(3, 0, 1, 0, 1)), EXACT);
    }

    @Test
    void accuracy_oneColumn_isClass1AboveOneHalf() {
        // 0.5 itself is class 0.
        assertEquals(0.75, Metrics.ACCURACY.score(column(0.5, 0.51, 0.2, 0.9), column(0, 1, 0, 0)), EXACT);
    }

    @Test
    void logLoss_oneColumn_isMeanOfLogs() {
        double expected = -(Math.log(0.75) + Math.log(1 - 0.25) + Math.log(0.5)) / 3;
        assertEquals(expected, Metrics.LOG_LOSS.score(column(0.75, 0.25, 0.5), column(1, 0, 1)), EXACT);
    }

    @Test
    void logLoss_certainAndWrong_isClipped() {
        assertEquals(-Math.log(1e-15), Metrics.LOG_LOSS.score(column(0), column(1)), EXACT);
        // 1 - (1 - 1e-15) is not exactly 1e-15 in double precision, and neither is Kaggle's.
        assertEquals(34.54, Metrics.LOG_LOSS.score(column(1), column(0)), 0.01);
        assertEquals(0, Metrics.LOG_LOSS.score(column(1, 0), column(1, 0)), 1e-14);
    }

    @Test
    void logLoss_severalColumns_areDividedByTheirSum() {
        float[][] predictions = {{0.5f, 0.25f, 0.25f}, {0.25f, 0.25f, 0f}};
        assertEquals(-(Math.log(0.25) + Math.log(0.5)) / 2, Metrics.LOG_LOSS.score(predictions, oneHot(3, 1, 0)), EXACT);
    }

    @Test
    void auc_withTies_usesMidRanks() {
        // Pairs (class 1, class 0): 0.8 beats 0.5 and 0.1; 0.5 ties 0.5 (a half) and beats 0.1: 3.5 of 4.
        assertEquals(3.5 / 4, Metrics.AUC.score(column(0.8, 0.5, 0.5, 0.1), column(1, 1, 0, 0)), EXACT);
        assertEquals(0.5, Metrics.AUC.score(column(0, -0.0, 0, -0.0), column(1, 0, 0, 1)), EXACT);
        assertEquals(0, Metrics.AUC.score(column(-3, 7), column(1, 0)), EXACT);
    }

    @Test
    void f1_binary_isHarmonicMean() {
        // TP 2, FP 1, FN 1: precision and recall 2/3.
        assertEquals(2.0 / 3, Metrics.F1.score(column(0.9, 0.8, 0.7, 0.1, 0.2), column(1, 1, 0, 1, 0)), EXACT);
        // TP 1, FP 0, FN 1.
        assertEquals(2.0 / 3, Metrics.F1.score(column(0.9, 0.1), column(1, 1)), EXACT);
        assertEquals(0, Metrics.F1.score(column(0.1, 0.1), column(0, 0)), EXACT);
    }

    @Test
    void macroF1_threeOfFourClasses_meansThoseThatOccur() {
        // class 0: TP 1, FN 1: 2/3. class 1: TP 1, FP 1: 2/3. class 2: never predicted: 0. class 3 nowhere: not counted.
        float[][] predictions = oneHot(4, 0, 1, 1, 0);
        float[][] targets = oneHot(4, 0, 0, 1, 2);
        // class 0 also has FP 1 (last row): 2 / (2 + 1 + 1) = 1/2.
        assertEquals((0.5 + 2.0 / 3 + 0) / 3, Metrics.MACRO_F1.score(predictions, targets), EXACT);
    }

    @Test
    void errors_twoColumns_meanOverAllValues() {
        float[][] predictions = {{1, 2}, {3, 6}};
        float[][] targets = {{1, 4}, {0, 6}};
        assertEquals(Math.sqrt((0 + 4 + 9 + 0) / 4.0), Metrics.RMSE.score(predictions, targets), EXACT);
        assertEquals((0 + 2 + 3 + 0) / 4.0, Metrics.MAE.score(predictions, targets), EXACT);
        double first = Math.log(3) - Math.log(5);
        double second = Math.log(4);
        assertEquals(Math.sqrt((first * first + second * second) / 4), Metrics.RMSLE.score(predictions, targets), EXACT);
    }

    @Test
    void rmsle_negativePrediction_countsAsZero() {
        assertEquals(Math.log(2), Metrics.RMSLE.score(column(-5), column(1)), EXACT);
    }

    @Test
    void r2_byHand_isShareExplained() {
        // Mean 2, total 2, residual 0.25 + 0 + 0.25.
        assertEquals(1 - 0.5 / 2, Metrics.R2.score(column(1.5, 2, 2.5), column(1, 2, 3)), EXACT);
        assertEquals(0, Metrics.R2.score(column(2, 2, 2), column(1, 2, 3)), EXACT);
        // Second column: targets all 5, one prediction off: 0. First: exact: 1.
        assertEquals(0.5, Metrics.R2.score(new float[][] {{1, 5}, {2, 6}}, new float[][] {{1, 5}, {2, 5}}), EXACT);
        assertEquals(1, Metrics.R2.score(column(0.1, 0.1, 0.1), column(0.1, 0.1, 0.1)), EXACT);
    }

    @Test
    void quadraticKappa_threeRatings_byMatrix() {
        // O: (0,0) (1,2) (2,2) (2,1). Weighted disagreement observed: 0 + 1 + 0 + 1 = 2.
        // Marginals: actual 1,1,2; predicted 1,1,2: expected sum (i-j)^2 a_i b_j / 4 = (1 + 8 + 1 + 2 + 8 + 2) / 4 = 5.5.
        assertEquals(1 - 2 / 5.5, Metrics.QUADRATIC_KAPPA.score(oneHot(3, 0, 2, 2, 1), oneHot(3, 0, 1, 2, 2)), EXACT);
        // The same as ratings from 3, the predictions rounded, halves up, and clipped into 3..5.
        assertEquals(1 - 2 / 5.5, Metrics.QUADRATIC_KAPPA.score(column(-9, 4.5, 77, 4.4), column(3, 4, 5, 5)), EXACT);
    }

    @Test
    void quadraticKappa_oneClassThroughout_isOne() {
        assertEquals(1, Metrics.QUADRATIC_KAPPA.score(column(2, 2.3), column(2, 2)), EXACT);
    }

    @Test
    void binary_oneOrTwoColumns_scoreTheSame() {
        float[] p = {0.875f, 0.25f, 0.625f, 0.5f, 0.125f};
        int[] y = {1, 0, 0, 1, 1};
        float[][] one = new float[p.length][];
        float[][] two = new float[p.length][];
        float[][] target = new float[p.length][];
        for (int row = 0; row < p.length; row++) {
            one[row] = new float[] {p[row]};
            two[row] = new float[] {1 - p[row], p[row]};
            target[row] = new float[] {y[row]};
        }
        for (Metric metric : List.of(Metrics.ACCURACY, Metrics.LOG_LOSS, Metrics.AUC, Metrics.F1, Metrics.MACRO_F1)) {
            double expected = metric.score(one, target);
            assertEquals(expected, metric.score(two, target), EXACT, metric.name());
            assertEquals(expected, metric.score(one, oneHot(2, y)), EXACT, metric.name());
            assertEquals(expected, metric.score(two, oneHot(2, y)), EXACT, metric.name());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void score_nanPrediction_isRefusedWithRow(Metric metric) {
        assertEquals(
                metric.name() + ": prediction row 1, column 0 is NaN",
                refusal(metric, column(1, Double.NaN, 0), column(1, 0, 1)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void score_infiniteTarget_isRefusedWithRow(Metric metric) {
        assertEquals(
                metric.name() + ": target row 2, column 0 is Infinity",
                refusal(metric, column(1, 0, 0), column(1, 0, Double.POSITIVE_INFINITY)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void score_noRows_isRefused(Metric metric) {
        assertEquals(metric.name() + ": there are no rows to score", refusal(metric, new float[0][], new float[0][]));
    }

    @ParameterizedTest
    @MethodSource("all")
    void score_unequalRows_isRefused(Metric metric) {
        assertEquals(
                metric.name() + ": 2 rows of predictions for 1 rows of targets", refusal(metric, column(1, 0), column(1)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void score_raggedRows_isRefused(Metric metric) {
        assertEquals(
                metric.name() + ": prediction row 1 has 2 columns, row 0 has 1",
                refusal(metric, new float[][] {{1}, {1, 0}}, column(1, 0)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void score_otherWidth_isRefused(Metric metric) {
        float[][] three = oneHot(3, 0, 1, 2);
        float[][] four = oneHot(4, 0, 1, 2);
        String message = refusal(metric, three, four);
        assertTrue(
                message.equals(metric.name() + ": predictions have 3 classes, targets 4")
                        || message.equals(metric.name() + ": predictions have 3 columns, targets 4"),
                message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auc", "f1"})
    void binary_threeClasses_isRefused(String name) {
        float[][] rows = oneHot(3, 0, 1, 2);
        assertEquals(name + ": is for two classes, got 3", refusal(Metrics.named(name).orElseThrow(), rows, rows));
    }

    @Test
    void targets_notOneHot_areRefused() {
        float[][] predictions = oneHot(3, 0, 1);
        assertEquals(
                "accuracy: target row 1 must be one-hot, got [1.0, 1.0, 0.0]",
                refusal(Metrics.ACCURACY, predictions, new float[][] {{1, 0, 0}, {1, 1, 0}}));
        assertEquals(
                "macro_f1: target row 0 must be one-hot, got [0.0, 0.0, 0.0]",
                refusal(Metrics.MACRO_F1, predictions, new float[][] {{0, 0, 0}, {1, 0, 0}}));
        assertEquals(
                "accuracy: target row 1 must be 0 or 1, got [0.5]",
                refusal(Metrics.ACCURACY, column(0, 0), column(0, 0.5)));
    }

    @Test
    void logLoss_noProbability_isRefused() {
        assertEquals(
                "log_loss: prediction row 1, column 0 must be a probability, got 1.5",
                refusal(Metrics.LOG_LOSS, column(0.5, 1.5), column(1, 1)));
        assertEquals(
                "log_loss: prediction row 0, column 1 must be a probability, got -0.5",
                refusal(Metrics.LOG_LOSS, new float[][] {{1, -0.5f, 0}}, oneHot(3, 0)));
        assertEquals(
                "log_loss: prediction row 0 has only zeros, no probabilities",
                refusal(Metrics.LOG_LOSS, new float[][] {{0, 0, 0}}, oneHot(3, 0)));
    }

    @Test
    void auc_oneClass_isRefused() {
        assertEquals(
                "auc: needs rows of both classes, all 2 are of class 1", refusal(Metrics.AUC, column(1, 0), column(1, 1)));
        assertEquals(
                "auc: needs rows of both classes, all 1 are of class 0", refusal(Metrics.AUC, column(1), column(0)));
    }

    @Test
    void rmsle_negativeTarget_isRefused() {
        assertEquals(
                "rmsle: target row 1, column 0 must not be negative, got -2.0",
                refusal(Metrics.RMSLE, column(1, 1), column(1, -2)));
    }

    @Test
    void r2_singleRow_isRefused() {
        assertEquals("r2: needs at least 2 rows, got 1", refusal(Metrics.R2, column(1), column(1)));
    }

    @Test
    void quadraticKappa_fractionalRating_isRefused() {
        assertEquals(
                "quadratic_kappa: target row 0 must be an integer rating, got 1.5",
                refusal(Metrics.QUADRATIC_KAPPA, column(1), column(1.5)));
    }

    @Test
    void logLoss_softmaxRoundedAboveOne_isAccepted() {
        double score = Metrics.LOG_LOSS.score(new float[][] {{Math.nextUp(1f), 0, 0}}, oneHot(3, 0));
        assertEquals(0, score, SINGLE);
        assertFalse(Double.isNaN(score));
    }
}
