package io.dl4k.hardware;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What something that has not begun will hold in memory at once, by parts.
 *
 * @param parts what for
 */
public record MemoryNeed(List<Part> parts) {
    private static final double MEBIBYTE = 1L << 20;
    /** A larger share of the heap than this and the collector does little else than look for the rest. */
    private static final double FULL = 0.95;

    /** @param what for people, as in "1,200 MiB for …"  @param bytes at least 0  @param place where */
    public record Part(String what, long bytes, Place place) {
        public Part {
            if (bytes < 0) throw new IllegalArgumentException("bytes must not be negative, got " + bytes);
        }
    }

    /** Where memory is taken. */
    public enum Place {
        /** Java's heap. */
        HEAP,
        /** Arrays and buffers outside it. */
        OUTSIDE
    }

    public MemoryNeed {
        parts = List.copyOf(parts);
    }

    /** The same and more. */
    public MemoryNeed plus(String what, long bytes, Place place) {
        List<Part> all = new ArrayList<>(parts);
        all.add(new Part(what, bytes, place));
        return new MemoryNeed(all);
    }

    /** Bytes in a place. */
    public long bytes(Place place) {
        return parts.stream().filter(part -> part.place() == place).mapToLong(Part::bytes).sum();
    }

    /** Why it should not begin under these limits: what is needed, for what, what there is, and what helps. One line for people. */
    public Optional<String> refusal(MemoryLimits limits) {
        long heap = bytes(Place.HEAP);
        long outside = bytes(Place.OUTSIDE);
        if (heap > limits.heap() * FULL) {
            long wanted = (long) (heap / FULL);
            // What is outside the heap must still fit beside it.
            boolean possible = limits.usable() == 0 || MemoryLimits.of(limits.usable(), wanted).refusal().isEmpty() && outside <= MemoryLimits.of(limits.usable(), wanted).outside();
            return Optional.of(String.format(Locale.ROOT, "about %,.0f MiB of Java's heap are needed (%s), but it has %,.0f MiB. %s", heap / MEBIBYTE, list(Place.HEAP), limits.heap() / MEBIBYTE,
                possible ? "Give Java more with DL4K_JAVA_OPTS=-Xmx" + ((wanted >> 20) + 1) + "m, or use fewer rows or columns." : "Use a machine with more memory, or fewer rows or columns."));
        }
        if (limits.outside() > 0 && outside > limits.outside()) {
            return Optional.of(String.format(Locale.ROOT, "about %,.0f MiB outside Java's heap are needed (%s), but there are %,.0f MiB. Use a machine with more memory, or fewer or smaller networks.",
                outside / MEBIBYTE, list(Place.OUTSIDE), limits.outside() / MEBIBYTE));
        }
        return Optional.empty();
    }

    /** {@code 1,200 for the features of a fold, 310 for the tables}; parts below a hundredth are left out. */
    private String list(Place place) {
        return parts.stream().filter(part -> part.place() == place && part.bytes() * 100 >= bytes(place)).sorted(Comparator.comparingLong((Part part) -> -part.bytes()))
            .map(part -> String.format(Locale.ROOT, "%,.0f for %s", part.bytes() / MEBIBYTE, part.what())).collect(Collectors.joining(", "));
    }
}
