package io.dl4k.benchmarks.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.benchmarks.PyTorch;
import io.dl4k.hardware.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MultiplierTest {
    @ParameterizedTest
    @EnumSource(Multiplier.Kind.class)
    void multiply_threeDifferentSizes_isTheSumOfProducts(Multiplier.Kind kind) {
        assumeTrue(kind != Multiplier.Kind.djl || PyTorch.present(), "PyTorch's machine code is on the class path only with -Ppeers");
        MatrixShape shape = MatrixShape.parse("7x5x3");
        float[] a = shape.left();
        float[] b = shape.right();
        double expected = 0;
        for (int k = 0; k < 5; k++) expected += (double) a[6 * 5 + k] * b[k * 3 + 2];
        try (Multiplier multiplier = kind.prepare(Backend.active().orElseThrow(), shape)) {
            assertEquals(expected, multiplier.lastValue(), 1e-6);
            assertEquals(expected, multiplier.lastValue(), 1e-6, "the second product");
        }
    }

    @Test
    void operations_ofAProduct_areTwoPerCellAndInnerStep() {
        assertEquals(2 * 128.0 * 784 * 512, MatrixShape.parse("128x784x512").operations());
    }

    @Test
    void parse_anythingElse_isRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> MatrixShape.parse("128x784"));
        assertEquals("expected rows x inner x columns such as 128x784x512, got '128x784'", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> MatrixShape.parse("0x1x1"));
        assertEquals("sizes must be at least 1, got 0x1x1", e.getMessage());
    }
}
