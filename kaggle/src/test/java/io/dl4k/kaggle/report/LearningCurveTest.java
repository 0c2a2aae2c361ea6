package io.dl4k.kaggle.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.training.History;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearningCurveTest {
    @Test
    void of_trainingsOfDifferentLength_meanIsOfThoseThatGotThere() {
        LearningCurve curve = LearningCurve.of(List.of(Samples.history(4, 2, 1), Samples.history(2, 1)), History.Epoch::trainingLoss);
        assertEquals(3, curve.epochs());
        assertEquals(List.of(4.0, 2.0, 1.0), curve.lines().get(0));
        assertEquals(Arrays.asList(2.0, 1.0, null), curve.lines().get(1));
        assertEquals(List.of(3.0, 1.5, 1.0), curve.mean());
        assertFalse(curve.isEmpty());
    }

    @Test
    void of_valuesThatNoEpochHas_isEmpty() {
        assertTrue(LearningCurve.of(List.of(Samples.history(1)), epoch -> epoch.validationLoss().orElse(Double.NaN)).isEmpty());
        assertTrue(LearningCurve.of(List.of(), History.Epoch::trainingLoss).isEmpty());
    }
}
