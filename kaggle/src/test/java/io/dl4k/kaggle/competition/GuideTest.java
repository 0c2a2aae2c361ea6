package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.Table;
import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuideTest {
    private static final Table TRAIN = Table.read(Rows.csv("train.csv", "id,y\n0,1\n1,2\n2,3\n"));

    @Test
    void of_onlyMetricsOfLabels_haveAnother() {
        Targets classes = ClassTargets.of(TRAIN, "y");
        assertSame(Metrics.LOG_LOSS, Guide.of(Metrics.ACCURACY, classes));
        assertSame(Metrics.AUC, Guide.of(Metrics.AUC, classes));
        assertSame(Metrics.RMSE, Guide.of(Metrics.RMSE, NumberTargets.of(TRAIN, List.of("y"), Link.IDENTITY, NumberTargets.Joined.EACH)));
    }

    @Test
    void of_errorOfLogarithms_leavesOutTheWorstHundredth() {
        Metric guide = Guide.of(Metrics.RMSLE, NumberTargets.of(TRAIN, List.of("y"), Link.LOG1P, NumberTargets.Joined.EACH));
        float[][] actual = new float[200][];
        float[][] predictions = new float[200][];
        for (int row = 0; row < 200; row++) {
            actual[row] = new float[] {1};
            predictions[row] = new float[] {(float) (row == 7 || row == 90 ? 1e6 : 2 * Math.exp(row % 2 == 0 ? 0.1 : -0.2) - 1)};
        }
        // 99 of 0.1 and 99 of 0.2.
        assertEquals(Math.sqrt((0.01 + 0.04) / 2), guide.score(predictions, actual), 1e-5);
        predictions[8] = new float[] {1e6f};
        assertTrue(guide.score(predictions, actual) > 0.5, "a third one is no longer among the worst hundredth");
    }

    @Test
    void of_kappa_isTheDistanceOfTheMeanClass() {
        Metric guide = Guide.of(Metrics.QUADRATIC_KAPPA, ClassTargets.of(TRAIN, "y"));
        // Means 0.5 and 1 for classes 0 and 2.
        assertEquals(Math.sqrt((0.25 + 1) / 2), guide.score(new float[][] {{0.5f, 0.5f, 0}, {0.25f, 0.5f, 0.25f}}, new float[][] {{1, 0, 0}, {0, 0, 1}}), 1e-6);
    }
}
