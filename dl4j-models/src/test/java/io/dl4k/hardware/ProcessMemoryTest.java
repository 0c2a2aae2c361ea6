package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
    private static final int CELLS = 1 << 20;

    @Test
    void now_withAnArray_countsIt() {
        long before = ProcessMemory.now().arrays();
        try (FloatPointer array = new FloatPointer(CELLS)) {
            ProcessMemory memory = ProcessMemory.now();
            assertTrue(memory.arrays() >= before + array.capacity() * Float.BYTES, () -> memory.toString());
            assertTrue(memory.peakResident() > CELLS && memory.peakResident() < memory.limit(), () -> memory.toString());
        }
    }

    @Test
    void toString_isForPeople() {
        assertEquals("1,536 MiB resident at most (limit 8,192 MiB), 40 MiB of arrays outside the heap", new ProcessMemory(1536L << 20, 8L << 30, 40L << 20).toString());
        assertEquals("5 MiB resident at most, 0 MiB of arrays outside the heap", new ProcessMemory(5 << 20, 0, 0).toString());
    }
}
