package io.dl4k.hardware;

import java.util.Locale;
import java.util.Optional;

/**
 * How the memory that a process may use is divided, so that its parts together stay below it and the system has no reason to kill the process. Bytes.
 *
 * @param usable  what the process may use, after control groups; 0: unknown
 * @param heap    the most that Java's heap may grow to
 * @param outside the most that arrays and buffers outside the heap may take; 0: no limit, since {@code usable} is unknown
 */
public record MemoryLimits(long usable, long heap, long outside) {
    /**
     * For Java itself beside its heap: compiled code, classes, stacks, the native libraries and what they allocate where nobody counts. Measured on the embedded sample,
     * with a heap of 128 and of 512 MiB: 185 to 250 MiB that no file backs.
     */
    private static final long JAVA = 256L << 20;
    /** The collector's own tables, by the heap's size: marks, cards and remembered sets. */
    private static final int COLLECTOR_PART = 32;
    /** Below this no network fits. */
    private static final long SMALLEST_OUTSIDE = 64L << 20;
    /** The least that a run on the embedded sample can do with, as heap. */
    private static final long SMALLEST_HEAP = 64L << 20;
    private static final double MEBIBYTE = 1L << 20;

    public MemoryLimits {
        if (usable < 0 || heap < 0 || outside < 0) {
            throw new IllegalArgumentException("memory must not be negative, got " + usable + ", " + heap + " and " + outside);
        }
    }

    /** Leaves to what is outside the heap all that neither the heap nor Java itself takes, or the least that is of any use: then {@link #refusal} says so. */
    public static MemoryLimits of(long usable, long heap) {
        return new MemoryLimits(usable, heap, usable == 0 ? 0 : Math.max(SMALLEST_OUTSIDE, usable - heap - java(heap)));
    }

    private static long java(long heap) {
        return JAVA + heap / COLLECTOR_PART;
    }

    /** Why a process should not start under these limits: it could be killed at any moment. One line for people. */
    public Optional<String> refusal() {
        if (usable == 0 || heap + java(heap) + outside <= usable) return Optional.empty();
        long fits = (usable - JAVA - SMALLEST_OUTSIDE) * COLLECTOR_PART / (COLLECTOR_PART + 1);
        String advice = fits >= SMALLEST_HEAP ? "Give Java less with DL4K_JAVA_OPTS=-Xmx" + (fits >> 20) + "m, or allow the process more memory."
            : "Allow the process more memory.";
        return Optional.of(String.format(Locale.ROOT, "this process may use %,.0f MiB of memory, but Java's heap may grow to %,.0f MiB of it, Java itself needs %,.0f MiB, "
            + "and arrays outside the heap at least %,.0f MiB. %s", usable / MEBIBYTE, heap / MEBIBYTE, java(heap) / MEBIBYTE, SMALLEST_OUTSIDE / MEBIBYTE, advice));
    }
}
