package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

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
    void of_kappa_isTheDistanceOfTheMeanClass() {
        Metric guide = Guide.of(Metrics.QUADRATIC_KAPPA, ClassTargets.of(TRAIN, "y"));
        // Means 0.5 and 1 for classes 0 and 2.
        assertEquals(Math.sqrt((0.25 + 1) / 2), guide.score(new float[][] {{0.5f, 0.5f, 0}, {0.25f, 0.5f, 0.25f}}, new float[][] {{1, 0, 0}, {0, 0, 1}}), 1e-6);
    }
}
