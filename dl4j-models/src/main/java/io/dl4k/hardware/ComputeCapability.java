package io.dl4k.hardware;

import java.util.Optional;

/** Generation of an NVIDIA GPU: machine code for one major version does not run on another. */
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {
    /** @throws IllegalArgumentException if a part is negative */
    public ComputeCapability {
        if (major < 0 || minor < 0) throw new IllegalArgumentException("compute capability must not be negative, got " + major + "." + minor);
    }

    /** Reads {@code 9.0}; empty for anything else, such as {@code [N/A]}. */
    static Optional<ComputeCapability> parse(String text) {
        if (!text.matches("\\d{1,3}\\.\\d{1,3}")) return Optional.empty();
        int dot = text.indexOf('.');
        return Optional.of(new ComputeCapability(Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1))));
    }

    @Override
    public int compareTo(ComputeCapability other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
