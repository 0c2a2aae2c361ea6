package io.dl4k.kaggle.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupRateTest {
    private static final String[] KEYS = {"a", "a", "b", null, "a"};
    private static final int[] TARGETS = {1, 0, 1, 0, 1};

    /** Rows 0 to 3 are fitted and count: prior 2/4. */
    private final GroupRate rates = GroupRate.fit(new int[] {0, 1, 2, 3}, row -> KEYS[row], row -> true, row -> TARGETS[row], 1);

    @Test
    void of_knownGroup_isSmoothedTowardsThePrior() {
        assertEquals(0.5, rates.prior());
        assertEquals((1 - 2 * 0.5) / 3, rates.of("a"));
        assertEquals((1 - 0.5) / 2, rates.of("b"));
        assertEquals(2, rates.count("a"));
    }

    @Test
    void ofOthers_leavesOwnTargetOut() {
        assertEquals((0 - 0.5) / 2, rates.ofOthers("a", 1));
        assertEquals((1 - 0.5) / 2, rates.ofOthers("a", 0));
        assertEquals(0, rates.ofOthers("b", 1), "alone in its group");
        assertEquals(0, rates.countOthers("b"));
    }

    @Test
    void of_unknownOrNoGroup_isZero() {
        assertEquals(0, rates.of("z"));
        assertEquals(0, rates.of(null));
    }

    @Test
    void fit_plantedLeak_isNotUsed() {
        // Row 4 is not fitted; its target must not show in its group.
        GroupRate other = GroupRate.fit(new int[] {0, 1, 2, 3}, row -> KEYS[row], row -> true, row -> row == 4 ? 1000 : TARGETS[row], 1);
        assertEquals(rates, other);
    }

    @Test
    void fit_rowsThatDoNotCount_areLeftOut() {
        GroupRate women = GroupRate.fit(new int[] {0, 1, 2}, row -> KEYS[row], row -> row != 1, row -> TARGETS[row], 1);
        assertEquals(Map.of("a", new GroupRate.Tally(1, 1), "b", new GroupRate.Tally(1, 1)), women.groups());
    }

    @Test
    void fit_noSmoothing_isRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> new GroupRate(0, 0, Map.of()));
        assertEquals("smoothing must be above 0, got 0.0", e.getMessage());
    }
}
