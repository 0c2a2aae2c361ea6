package io.dl4k.hardware;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.memory.AllocationsTracker;
import org.nd4j.linalg.api.memory.enums.AllocationKind;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory outside the heap: ND4J's arrays and buffers of our own, which share one limit, JavaCPP's {@code maxbytes}. ND4J counts its arrays by itself and knows no
 * limit unless it is told one; without, it allocates until the system kills the process. Thread-safe.
 *
 * <p>Not held to the limit, but counted: what DL4J's own layers take for a batch's activations.
 */
public final class OffHeap {
    /** ND4J's number of the processor, where its arrays are. */
    private static final int PROCESSOR = 0;
    /** Times that memory of objects which nobody uses is waited for. */
    private static final int TRIES = 10;
    private static final long WAIT_MILLIS = 50;

    private OffHeap() {
    }

    /**
     * Allocates a buffer, zeroed.
     *
     * @param bytes at least 1
     * @throws OutOfMemoryError if it does not fit beside what is there
     */
    public static BytePointer allocate(long bytes) {
        if (Pointer.maxBytes() > 0 && !fits(bytes)) {
            throw new OutOfMemoryError("cannot allocate " + bytes + " bytes outside the heap: " + used() + " of " + Pointer.maxBytes() + " are in use");
        }
        BytePointer buffer = new BytePointer(bytes);
        limitArrays();
        return buffer.zero();
    }

    /** Frees a buffer of {@link #allocate} at once. */
    public static void free(BytePointer buffer) {
        buffer.deallocate();
        limitArrays();
    }

    /** Bytes that arrays and buffers take now. */
    public static long used() {
        return Pointer.totalBytes() + arrays() + Math.max(0, AllocationsTracker.getInstance().bytesOnDevice(AllocationKind.GENERAL, PROCESSOR));
    }

    /** Tells ND4J what of the limit is left to its arrays. */
    static void limitArrays() {
        // 0 would be no limit.
        if (Pointer.maxBytes() > 0) Nd4j.getEnvironment().setDeviceLimit(PROCESSOR, Math.max(1, Pointer.maxBytes() - Pointer.totalBytes()));
    }

    private static long arrays() {
        return Nd4j.getEnvironment().getDeviceCouner(PROCESSOR);
    }

    private static boolean fits(long bytes) {
        boolean interrupted = false;
        for (int i = 0; i < TRIES && Pointer.totalBytes() + arrays() + bytes > Pointer.maxBytes(); i++) {
            System.gc();
            try {
                Thread.sleep(WAIT_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        return Pointer.totalBytes() + arrays() + bytes <= Pointer.maxBytes();
    }
}
