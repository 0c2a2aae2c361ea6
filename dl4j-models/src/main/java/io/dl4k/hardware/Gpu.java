package io.dl4k.hardware;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An NVIDIA GPU as its driver describes it.
 *
 * @param index             the driver's number, from 0
 * @param name              {@code NVIDIA H100 80GB HBM3}
 * @param computeCapability empty where the driver is too old to say
 * @param driver            the driver's version, {@code 580.65.06}; {@code unknown} if not told
 * @param memoryBytes       memory on the card; 0: unknown
 * @param slices            MIG slices, {@code 1g.10gb}; empty where MIG is off. With MIG on, programs run on a slice and not on the card
 * @param mig               whether MIG is on
 */
public record Gpu(int index, String name, Optional<ComputeCapability> computeCapability, String driver, long memoryBytes, boolean mig, List<String> slices) {
    public Gpu {
        if (index < 0) throw new IllegalArgumentException("index must not be negative, got " + index);
        if (memoryBytes < 0) throw new IllegalArgumentException("memoryBytes must not be negative, got " + memoryBytes);
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(computeCapability, "computeCapability");
        Objects.requireNonNull(driver, "driver");
        slices = List.copyOf(slices);
    }

    Gpu withSlices(List<String> found) {
        return new Gpu(index, name, computeCapability, driver, memoryBytes, mig, found);
    }
}
