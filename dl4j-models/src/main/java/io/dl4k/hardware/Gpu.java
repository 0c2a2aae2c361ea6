package io.dl4k.hardware;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An NVIDIA GPU as its driver describes it.
 *
 * @param index             the driver's number, from 0
 * @param name              {@code NVIDIA H100 80GB HBM3}
 * @param computeCapability empty where the driver is too old to say
 * @param driver            the driver's version, {@code 580.65.06}; {@code unknown} if not told
 * @param memoryBytes       memory on the card; 0: unknown
 * @param mig               whether MIG is on
 * @param slices            MIG slices; empty where MIG is off. With MIG on, programs run on a slice and not on the card
 * @param uuid              the same wherever the card is plugged in; empty text: unknown
 * @param ordinal           CUDA's number of it in this process; empty: {@code CUDA_VISIBLE_DEVICES} hides it
 */
public record Gpu(int index, String name, Optional<ComputeCapability> computeCapability, String driver, long memoryBytes, boolean mig, List<Slice> slices,
                  String uuid, OptionalInt ordinal) {
    /**
     * A part of a card that works as a GPU of its own.
     *
     * @param name {@code 1g.10gb}: computing sevenths and memory
     * @param uuid starts with {@code MIG-}
     */
    public record Slice(String name, String uuid) {
        private static final Pattern MEMORY = Pattern.compile("\\d+g\\.(\\d{1,4})gb.*");

        public Slice {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(uuid, "uuid");
        }

        /** Bytes, as the name tells; 0: unknown. */
        long memoryBytes() {
            Matcher matcher = MEMORY.matcher(name);
            return matcher.matches() ? Long.parseLong(matcher.group(1)) << 30 : 0;
        }
    }

    public Gpu {
        if (index < 0) throw new IllegalArgumentException("index must not be negative, got " + index);
        if (memoryBytes < 0) throw new IllegalArgumentException("memoryBytes must not be negative, got " + memoryBytes);
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(computeCapability, "computeCapability");
        Objects.requireNonNull(driver, "driver");
        Objects.requireNonNull(uuid, "uuid");
        Objects.requireNonNull(ordinal, "ordinal");
        slices = List.copyOf(slices);
    }

    Gpu withSlices(List<Slice> found) {
        return new Gpu(index, name, computeCapability, driver, memoryBytes, mig, found, uuid, ordinal);
    }

    Gpu withOrdinal(OptionalInt number) {
        return new Gpu(index, name, computeCapability, driver, memoryBytes, mig, slices, uuid, number);
    }

    /** Memory that a program can have: the card's, or with MIG the first slice's, on which CUDA puts a program; 0: unknown. */
    long usableMemoryBytes() {
        return mig && !slices.isEmpty() ? slices.get(0).memoryBytes() : memoryBytes;
    }
}
