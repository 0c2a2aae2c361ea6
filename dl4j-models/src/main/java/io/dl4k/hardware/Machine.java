package io.dl4k.hardware;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a {@link Probe} found. All that a {@link ProfileChooser} looks at.
 *
 * @param platform          JavaCPP's name of the system, {@code linux-x86_64}
 * @param processor         the CPU
 * @param cores             processors of the machine, at least 1
 * @param usableCores       processors this process may keep busy, after affinity and control groups, at least 1
 * @param memoryBytes       memory of the machine; 0: unknown
 * @param usableMemoryBytes memory this process may use, after control groups; 0: unknown
 * @param maxHeapBytes      the most the JVM's heap may grow to
 * @param gpus              GPUs and what stood in the way of finding them
 * @param nativeExtensions  which builds of ND4J's native library for this platform are on the class path, as JavaCPP's platform
 *                          extensions: {@code ""} is the generic one, {@code "-onednn-avx2"}
 * @param cuda              what this build computes on GPUs with; empty if it has nothing for the platform
 */
public record Machine(String platform, Processor processor, int cores, int usableCores, long memoryBytes, long usableMemoryBytes,
                      long maxHeapBytes, GpuInventory gpus, Set<String> nativeExtensions, Optional<GpuSupport> cuda) {
    public Machine {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(processor, "processor");
        Objects.requireNonNull(gpus, "gpus");
        Objects.requireNonNull(cuda, "cuda");
        if (cores < 1) throw new IllegalArgumentException("cores must be at least 1, got " + cores);
        if (usableCores < 1) throw new IllegalArgumentException("usableCores must be at least 1, got " + usableCores);
        if (memoryBytes < 0 || usableMemoryBytes < 0 || maxHeapBytes < 0) {
            throw new IllegalArgumentException("memory must not be negative, got " + memoryBytes + ", " + usableMemoryBytes + " and " + maxHeapBytes);
        }
        nativeExtensions = Set.copyOf(nativeExtensions);
    }

    /** How what this process may use is divided between Java's heap and what is outside it. */
    public MemoryLimits memoryLimits() {
        return MemoryLimits.of(usableMemoryBytes, maxHeapBytes);
    }
}
