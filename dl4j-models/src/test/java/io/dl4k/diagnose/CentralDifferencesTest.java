package io.dl4k.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.models.Mlp;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class CentralDifferencesTest {
    /** y = 2 x - 1 by w = 0.5, b = 0.25. */
    private final MultiLayerNetwork line = Mlp.regressor(1, 1).precision(DataType.DOUBLE).build();
    private final DataSet batch = new DataSet(Nd4j.createFromArray(new double[][] {{0}, {1}, {3}}), Nd4j.createFromArray(new double[][] {{-1}, {1}, {5}}));

    CentralDifferencesTest() {
        line.setParams(Nd4j.createFromArray(new double[][] {{0.5, 0.25}}));
    }

    @Test
    void slope_ofAStraightLinesSquaredError_isItsDerivative() {
        // Residuals 1.25, -0.25, -3.25.
        var differences = new CentralDifferences(line, batch);
        assertEquals((1.25 * 1.25 + 0.25 * 0.25 + 3.25 * 3.25) / 3, differences.score(), 1e-12);
        assertEquals(2.0 / 3 * (-0.25 * 1 - 3.25 * 3), differences.slope(0), 1e-8);
        assertEquals(2.0 / 3 * (1.25 - 0.25 - 3.25), differences.slope(1), 1e-8);
        assertEquals(0.5, line.params().getDouble(0));
        assertEquals(0.25, line.params().getDouble(1));
    }

    @Test
    void of_floatNetwork_isRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> new CentralDifferences(Mlp.regressor(1, 1).build(), batch));
        assertEquals("differences need parameters in DOUBLE, got FLOAT, whose rounding is larger than they are", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new CentralDifferences(new MultiLayerNetwork(Mlp.regressor(1, 1).configuration()), batch));
        assertThrows(IllegalArgumentException.class, () -> new CentralDifferences(null, batch));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void of_stepOutOfRange_isRefused(double step) {
        assertEquals("step must be finite and above 0, got " + step, assertThrows(IllegalArgumentException.class, () -> new CentralDifferences(line, batch, step)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 2})
    void slope_outsideTheParameters_isRefused(long parameter) {
        assertEquals("parameter " + parameter + " is outside the 2 there are",
                assertThrows(IllegalArgumentException.class, () -> new CentralDifferences(line, batch).slope(parameter)).getMessage());
    }
}
