package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLimitsTest {
    private static final long MIB = 1L << 20;

    @Test
    void of_memoryForAll_leavesTheRest() {
        assertEquals(new MemoryLimits(2048 * MIB, 1024 * MIB, (2048 - 1024 - 256 - 32) * MIB), MemoryLimits.of(2048 * MIB, 1024 * MIB));
    }

    @ParameterizedTest
    @ValueSource(longs = {664, 1024, 2048, 8192, 65536, 1 << 20})
    void of_halfForTheHeap_staysBelowTheMemory(long mib) {
        MemoryLimits limits = MemoryLimits.of(mib * MIB, mib * MIB / 2);
        assertEquals(Optional.empty(), limits.refusal());
        assertTrue(limits.heap() + limits.outside() < limits.usable() - 256 * MIB, limits::toString);
    }

    @Test
    void of_unknownMemory_hasNoLimit() {
        MemoryLimits limits = MemoryLimits.of(0, 1024 * MIB);
        assertEquals(0, limits.outside());
        assertEquals(Optional.empty(), limits.refusal());
    }

    @Test
    void refusal_heapTooLarge_saysHowLarge() {
        assertEquals("this process may use 1,024 MiB of memory, but Java's heap may grow to 960 MiB of it, Java itself needs 286 MiB, and arrays outside the heap at least 64 MiB. "
            + "Give Java less with DL4K_JAVA_OPTS=-Xmx682m, or allow the process more memory.", MemoryLimits.of(1024 * MIB, 960 * MIB).refusal().orElseThrow());
        assertEquals(Optional.empty(), MemoryLimits.of(1024 * MIB, 682 * MIB).refusal());
    }

    @Test
    void refusal_memoryTooSmall_asksForMore() {
        assertEquals("this process may use 320 MiB of memory, but Java's heap may grow to 160 MiB of it, Java itself needs 261 MiB, and arrays outside the heap at least 64 MiB. "
            + "Allow the process more memory.", MemoryLimits.of(320 * MIB, 160 * MIB).refusal().orElseThrow());
    }

    @Test
    void of_negative_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> MemoryLimits.of(-1, 0));
    }
}
