package io.dl4k.kaggle.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class FrameEncoderTest {
    private static final double NAN = Double.NaN;

    private static Frame numbers(double... values) {
        return new Frame(values.length).number("x", row -> values[row]);
    }

    private static Frame categories(String... values) {
        return new Frame(values.length).category("c", row -> values[row]);
    }

    @Test
    void encode_number_isStandardisedByTheFittedRows() {
        FrameEncoder encoder = FrameEncoder.fit(numbers(1, 3, 100), new int[] {0, 1}, 1);
        // Mean 2, deviation 1; the third row was not fitted.
        assertArrayEquals(new float[] {-1, 1, 98}, encoder.encode(numbers(1, 3, 100), new int[] {0, 1, 2}).values());
        assertEquals(List.of("x"), encoder.names());
    }

    @Test
    void encode_missingNumber_isTheMedianAndFlagged() {
        FrameEncoder encoder = FrameEncoder.fit(numbers(0, NAN, 4, 8), new int[] {0, 1, 2, 3}, 1);
        assertEquals(List.of("x", "x missing"), encoder.names());
        // Filled: 0, 4, 4, 8: mean 4, variance (16 + 0 + 0 + 16) / 4 = 8.
        float unit = (float) (4 / Math.sqrt(8));
        assertArrayEquals(new float[] {-unit, 0, 0, 1, 0, 0, unit, 0}, encoder.encode(numbers(0, NAN, 4, 8), new int[] {0, 1, 2, 3}).values(), 1e-6f);
    }

    @Test
    void encode_missingWhereNoneWasFitted_isTheMedianWithoutFlag() {
        FrameEncoder encoder = FrameEncoder.fit(numbers(1, 3), new int[] {0, 1}, 1);
        assertArrayEquals(new float[] {0}, encoder.encode(numbers(NAN), new int[] {0}).values());
    }

    @Test
    void encode_constantAndAllMissing_areZero() {
        assertArrayEquals(new float[] {0, 0}, FrameEncoder.fit(numbers(7, 7), new int[] {0, 1}, 1).encode(numbers(7, 7), new int[] {0, 1}).values());
        assertArrayEquals(new float[] {0}, FrameEncoder.fit(numbers(NAN, NAN), new int[] {0, 1}, 1).encode(numbers(NAN), new int[] {0}).values());
    }

    @Test
    void encode_category_isOneHotAndUnseenLevelsAreZero() {
        FrameEncoder encoder = FrameEncoder.fit(categories("b", "a", "b", null), new int[] {0, 1, 2, 3}, 1);
        assertEquals(List.of("c missing", "c=a", "c=b"), encoder.names());
        assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0, 0, 0, 0}, encoder.encode(categories("b", null, "unseen"), new int[] {0, 1, 2}).values());
    }

    @Test
    void fit_rareLevel_getsNoColumn() {
        assertEquals(List.of("c=b"), FrameEncoder.fit(categories("b", "a", "b"), new int[] {0, 1, 2}, 2).names());
    }

    @Test
    void fit_looksAtNoOtherRow() {
        FrameEncoder encoder = FrameEncoder.fit(categories("a", "leak"), new int[] {0}, 1);
        assertEquals(List.of("c=a"), encoder.names());
    }

    @Test
    void encode_otherColumns_isRefused() {
        FrameEncoder encoder = FrameEncoder.fit(numbers(1, 2), new int[] {0, 1}, 1);
        var e = assertThrows(IllegalArgumentException.class, () -> encoder.encode(categories("a"), new int[] {0}));
        assertEquals("fitted on the columns [x], got [c]", e.getMessage());
    }

    @Test
    void number_nameTwiceOrInfinite_isRefused() {
        var twice = assertThrows(IllegalArgumentException.class, () -> numbers(1).flag("x", row -> true));
        assertEquals("feature 'x' is there already", twice.getMessage());
        var infinite = assertThrows(IllegalArgumentException.class, () -> numbers(1, Double.POSITIVE_INFINITY));
        assertEquals("feature 'x' is infinite in row 1", infinite.getMessage());
    }
}
