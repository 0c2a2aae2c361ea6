package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class OffHeapTest {
    private static final long MIB = 1L << 20;
    /** Bytes of JavaCPP's other pointers, which come and go. */
    private static final double OTHERS = 64 << 10;

    @Test
    void allocate_buffer_isZeroAndTakenFromWhatArraysMayHave() {
        // What earlier tests left to the collector has been freed since the limit was last set.
        OffHeap.limitArrays();
        long before = Nd4j.getEnvironment().getDeviceLimit(0);
        BytePointer buffer = OffHeap.allocate(MIB);
        try {
            assertEquals(before - MIB, Nd4j.getEnvironment().getDeviceLimit(0), OTHERS);
            assertEquals(0, buffer.get(MIB - 1));
        } finally {
            OffHeap.free(buffer);
        }
        assertEquals(before, Nd4j.getEnvironment().getDeviceLimit(0), OTHERS);
    }

    @Test
    void used_withAnArray_countsIt() {
        long before = OffHeap.used();
        try (INDArray array = Nd4j.create(DataType.FLOAT, MIB)) {
            assertTrue(OffHeap.used() >= before + array.length() * Float.BYTES, () -> before + " and then " + OffHeap.used());
        }
    }

    @Test
    void allocate_moreThanTheLimit_isOutOfMemory() {
        var e = assertThrows(OutOfMemoryError.class, () -> OffHeap.allocate(Pointer.maxBytes() + 1));
        assertTrue(e.getMessage().startsWith("cannot allocate " + (Pointer.maxBytes() + 1) + " bytes outside the heap: "), e.getMessage());
    }

    /** Without a limit of its own ND4J would take it: nothing of it is touched yet. */
    @Test
    void create_arrayLargerThanTheLimit_isRefusedByNd4j() {
        var e = assertThrows(RuntimeException.class, () -> Nd4j.createUninitialized(DataType.INT8, Pointer.maxBytes() + 1));
        assertTrue(e.getMessage().startsWith("Allocation failed: [Requested amount exceeds HOST device limits"), e.getMessage());
    }
}
