package io.dl4k.kaggle.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.metrics.Metrics;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ResidualsTest {
    @Test
    void of_fourRows_hasTheirErrors() {
        Residuals residuals = Residuals.of("y", new double[] {2, 2, 3, 8}, new double[] {1, 2, 3, 4}, false);
        assertEquals(1.25, residuals.bias());
        assertEquals(Math.sqrt(17 / 4.0), residuals.deviation(), 1e-12);
        assertEquals(0.5, residuals.median());
        assertEquals(1 - 17 / 5.0, residuals.explained(), 1e-12);
        assertEquals(16 / 17.0, residuals.heavy(), 1e-12);
        assertEquals(4, residuals.points().size());
        assertEquals(new Residuals.Point(4, 8), residuals.points().get(3));
        assertEquals(4, residuals.bins().stream().mapToInt(Residuals.Bin::rows).sum() + residuals.beyond());
    }

    @Test
    void of_ratios_deviationIsTheMetric() {
        SplittableRandom random = new SplittableRandom(1);
        int n = 5000;
        double[] predicted = new double[n];
        double[] actual = new double[n];
        float[][] p = new float[n][1];
        float[][] t = new float[n][1];
        for (int i = 0; i < n; i++) {
            actual[i] = random.nextInt(1000);
            predicted[i] = random.nextInt(1000);
            p[i][0] = (float) predicted[i];
            t[i][0] = (float) actual[i];
        }
        Residuals residuals = Residuals.of("y", predicted, actual, true);
        assertEquals(Metrics.RMSLE.score(p, t), residuals.deviation(), 1e-6);
        assertEquals(1500, residuals.points().size());
        assertEquals(n, residuals.bins().stream().mapToInt(Residuals.Bin::rows).sum() + residuals.beyond());
        for (int i = 1; i < 1500; i++) {
            assertTrue(residuals.points().get(i).actual() >= residuals.points().get(i - 1).actual());
        }
    }

    @Test
    void of_allRight_hasNoErrorAndOneFullBin() {
        Residuals residuals = Residuals.of("y", new double[] {5, 5}, new double[] {5, 5}, false);
        assertEquals(2, residuals.bins().get(15).rows());
        assertEquals(0, residuals.bins().get(15).middle(), 1e-12);
        assertEquals(0, residuals.heavy());
        assertEquals(Double.NaN, residuals.explained());
    }

    @Test
    void of_oneWildError_liesBeyondTheBins() {
        double[] actual = new double[200];
        double[] predicted = new double[200];
        for (int i = 0; i < 200; i++) {
            predicted[i] = i % 2 == 0 ? 0.1 : -0.1;
        }
        predicted[0] = 1000;
        Residuals residuals = Residuals.of("y", predicted, actual, false);
        assertEquals(1, residuals.beyond());
        assertTrue(residuals.bins().get(30).middle() < 0.5);
    }
}
