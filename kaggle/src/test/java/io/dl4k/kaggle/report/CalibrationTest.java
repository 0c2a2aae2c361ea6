package io.dl4k.kaggle.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CalibrationTest {
    @Test
    void of_fiveRows_countsEachRange() {
        Calibration calibration = Calibration.of("yes", new float[] {0.05f, 0.5f, 0.59f, 0.95f, 1}, new boolean[] {false, true, false, true, true});
        assertEquals(new Calibration.Bin(1, 0.05f, 0), calibration.bins().get(0));
        assertEquals(2, calibration.bins().get(5).rows());
        assertEquals(0.545, calibration.bins().get(5).probability(), 1e-6);
        assertEquals(0.5, calibration.bins().get(5).share());
        assertEquals(2, calibration.bins().get(9).rows());
        assertEquals(Double.NaN, calibration.bins().get(3).share());
        // (0.05 + |1.09 - 1| + |1.95 - 2|) / 5
        assertEquals(0.038, calibration.error(), 1e-6);
        assertEquals((0.0025 + 0.25 + 0.3481 + 0.0025) / 5, calibration.brier(), 1e-6);
    }

    @Test
    void ofMostProbable_threeClasses_takesTheFirstOfTheMostProbable() {
        Calibration calibration = Calibration.ofMostProbable(new float[][] {{0.4f, 0.4f, 0.2f}, {0.05f, 0.05f, 0.9f}}, new int[] {0, 1});
        assertEquals(1, calibration.bins().get(4).rows());
        assertEquals(1, calibration.bins().get(4).share());
        assertEquals(0, calibration.bins().get(9).share());
    }

    @Test
    void of_noProbability_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Calibration.of("yes", new float[] {Float.NaN}, new boolean[] {true}));
        assertThrows(IllegalArgumentException.class, () -> Calibration.of("yes", new float[] {1.01f}, new boolean[] {true}));
    }
}
