package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.hardware.MemoryNeed.Place;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {
    private static final long MIB = 1L << 20;
    private static final MemoryLimits LIMITS = MemoryLimits.of(2048 * MIB, 1024 * MIB);

    private static MemoryNeed need(long features, long networks) {
        return new MemoryNeed(List.of()).plus("the tables", 300 * MIB, Place.HEAP).plus("the features", features * MIB, Place.HEAP).plus("labels", MIB, Place.HEAP)
            .plus("the networks", networks * MIB, Place.OUTSIDE);
    }

    @Test
    void refusal_fits_isNone() {
        assertEquals(Optional.empty(), need(600, 700).refusal(LIMITS));
    }

    @Test
    void refusal_heapThatMayGrow_namesNeedPartsAndWhatToGive() {
        assertEquals("about 1,001 MiB of Java's heap are needed (700 for the features, 300 for the tables), but it has 1,024 MiB. "
            + "Give Java more with DL4K_JAVA_OPTS=-Xmx1054m, or use fewer rows or columns.", need(700, 10).refusal(LIMITS).orElseThrow());
    }

    @Test
    void refusal_heapThatCannotGrow_asksForAnotherMachine() {
        assertEquals("about 2,301 MiB of Java's heap are needed (2,000 for the features, 300 for the tables), but it has 1,024 MiB. Use a machine with more memory, or fewer rows or columns.",
            need(2000, 10).refusal(LIMITS).orElseThrow());
        // The heap could grow, but not beside the networks.
        assertEquals("about 1,001 MiB of Java's heap are needed (700 for the features, 300 for the tables), but it has 1,024 MiB. Use a machine with more memory, or fewer rows or columns.",
            need(700, 736).refusal(LIMITS).orElseThrow());
    }

    @Test
    void refusal_outside_namesNeedAndWhatThereIs() {
        assertEquals("about 800 MiB outside Java's heap are needed (800 for the networks), but there are 736 MiB. Use a machine with more memory, or fewer or smaller networks.",
            need(100, 800).refusal(LIMITS).orElseThrow());
    }

    @Test
    void part_negative_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new MemoryNeed.Part("x", -1, Place.HEAP));
    }
}
