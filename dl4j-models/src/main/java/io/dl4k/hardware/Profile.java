package io.dl4k.hardware;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * One way of computing on this machine, complete enough to be activated. Each kind of device is a record here; sealed so that whoever
 * activates or shows profiles knows all of them.
 */
public sealed interface Profile {
    /** The device in the grammar of {@link DeviceRequest}: {@code cpu}. */
    String device();

    /** Threads that native code computes with, at least 1. */
    int threads();

    /** The most that JavaCPP's own allocations outside the heap may take, bytes; 0: JavaCPP's default. */
    long offHeapBytes();

    /** The most this process may hold in memory before an allocation fails, bytes; 0: JavaCPP's default. */
    long residentBytes();

    /**
     * ND4J on the processor.
     *
     * @param extension     the build of the native library, as JavaCPP's platform extension: {@code ""} generic, {@code "-onednn-avx512"}
     * @param threads       threads of OpenMP and of the BLAS, at least 1
     * @param offHeapBytes  the most that JavaCPP's own allocations may take; 0: JavaCPP's default
     * @param residentBytes the most this process may hold in memory, heap and ND4J's arrays together, before an allocation fails with an
     *                      {@code OutOfMemoryError} (better than the system killing the process); 0: JavaCPP's default
     */
    record Cpu(String extension, int threads, long offHeapBytes, long residentBytes) implements Profile {
        public Cpu {
            Objects.requireNonNull(extension, "extension");
            if (!extension.isEmpty() && !extension.startsWith("-")) throw new IllegalArgumentException("extension must be empty or start with '-', got '" + extension + "'");
            if (threads < 1) throw new IllegalArgumentException("threads must be at least 1, got " + threads);
            if (offHeapBytes < 0) throw new IllegalArgumentException("offHeapBytes must not be negative, got " + offHeapBytes);
            if (residentBytes < 0) throw new IllegalArgumentException("residentBytes must not be negative, got " + residentBytes);
        }

        @Override
        public String device() {
            return "cpu";
        }

        /** Whether the native library carries oneDNN. */
        public boolean oneDnn() {
            return extension.contains("onednn");
        }

        /** {@code cpu (oneDNN AVX-512, 2 threads)}. */
        @Override
        public String toString() {
            return "cpu (" + NativeBuild.describe(extension) + ", " + (threads == 1 ? "1 thread" : threads + " threads") + ")";
        }
    }

    /**
     * A GPU to compute on.
     *
     * @param gpu     the driver's number of it
     * @param name    as the driver calls it
     * @param ordinal CUDA's number of it in this process
     */
    record Card(int gpu, String name, int ordinal) {
        public Card {
            Objects.requireNonNull(name, "name");
            if (gpu < 0 || ordinal < 0) throw new IllegalArgumentException("numbers of a GPU must not be negative, got " + gpu + " and " + ordinal);
        }

        @Override
        public String toString() {
            return "cuda:" + gpu + " (" + name + ")";
        }
    }

    /** On NVIDIA GPUs. */
    sealed interface OnGpu extends Profile {
        /** At least one. The first is where everything runs; replicas of a network that share its batches are dealt out over all. */
        List<Card> cards();

        /** The same on one of them alone. */
        OnGpu on(Card card);

        /** The driver's number of the first. */
        default int gpu() {
            return cards().get(0).gpu();
        }

        /** CUDA's number of the first. */
        default int ordinal() {
            return cards().get(0).ordinal();
        }

        /** What the driver calls the first. */
        default String name() {
            return cards().get(0).name();
        }

        /** {@code cuda:0}; {@code cuda} for several. */
        @Override
        default String device() {
            return cards().size() == 1 ? "cuda:" + gpu() : "cuda";
        }
    }

    /** {@code cuda:0 (NVIDIA A100-SXM4-40GB), cuda:1 (NVIDIA A100-SXM4-40GB)}. @param with what, in each one's parentheses */
    private static String named(List<Card> cards, String with) {
        return cards.stream().map(card -> "cuda:" + card.gpu() + " (" + card.name() + with + ")").collect(Collectors.joining(", "));
    }

    private static List<Card> atLeastOne(List<Card> cards) {
        if (cards.isEmpty()) throw new IllegalArgumentException("a profile on GPUs needs at least one");
        return List.copyOf(cards);
    }

    /**
     * Networks on NVIDIA GPUs by the executor over CUDA 13; ND4J on the processor for what the executor leaves to it.
     *
     * @param cards     at least one
     * @param libraries folders of CUDA 13's and cuDNN 9's libraries
     * @param host      ND4J beside it
     */
    record Cuda13(List<Card> cards, List<Path> libraries, Cpu host) implements OnGpu {
        public Cuda13 {
            Objects.requireNonNull(host, "host");
            cards = atLeastOne(cards);
            libraries = List.copyOf(libraries);
        }

        @Override
        public Cuda13 on(Card card) {
            return new Cuda13(List.of(card), libraries, host);
        }

        @Override
        public int threads() {
            return host.threads();
        }

        @Override
        public long offHeapBytes() {
            return host.offHeapBytes();
        }

        @Override
        public long residentBytes() {
            return host.residentBytes();
        }

        /** {@code cuda:0 (NVIDIA H100 80GB HBM3, CUDA 13)}. */
        @Override
        public String toString() {
            return named(cards, ", CUDA 13");
        }
    }

    /**
     * ND4J on NVIDIA GPUs.
     *
     * @param cards         at least one
     * @param threads       threads of what is computed on the processor beside them, at least 1
     * @param offHeapBytes  as for the processor
     * @param residentBytes as for the processor
     */
    record Cuda(List<Card> cards, int threads, long offHeapBytes, long residentBytes) implements OnGpu {
        public Cuda {
            cards = atLeastOne(cards);
            if (threads < 1) throw new IllegalArgumentException("threads must be at least 1, got " + threads);
            if (offHeapBytes < 0) throw new IllegalArgumentException("offHeapBytes must not be negative, got " + offHeapBytes);
            if (residentBytes < 0) throw new IllegalArgumentException("residentBytes must not be negative, got " + residentBytes);
        }

        @Override
        public Cuda on(Card card) {
            return new Cuda(List.of(card), threads, offHeapBytes, residentBytes);
        }

        /** {@code cuda:0 (NVIDIA A100-SXM4-40GB)}. */
        @Override
        public String toString() {
            return named(cards, "");
        }
    }
}
