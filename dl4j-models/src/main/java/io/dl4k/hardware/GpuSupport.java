package io.dl4k.hardware;

import java.util.Optional;

/** What a build carries to compute on NVIDIA GPUs. One class path holds one of them: both need the artifact {@code org.bytedeco:cuda}, at versions apart. */
public sealed interface GpuSupport permits CudaBuild, Cuda13Build {
    /** Why it cannot drive the GPU, no full stop; empty if nothing that is known without touching the GPU speaks against it. */
    Optional<String> refusal(Gpu gpu);

    /** What speaks against a GPU whoever drives it. @param smallestMemory bytes that CUDA and its libraries take alone */
    static Optional<String> anyRefusal(Gpu gpu, long smallestMemory) {
        if (gpu.ordinal().isEmpty()) return Optional.of("hidden by CUDA_VISIBLE_DEVICES");
        if (gpu.mig() && gpu.slices().isEmpty()) return Optional.of("MIG is on but no slice was made: nvidia-smi mig -cgi creates one");
        long memory = gpu.usableMemoryBytes();
        if (memory > 0 && memory < smallestMemory) {
            return Optional.of((memory >> 20) + " MiB of memory, but CUDA and its libraries alone need " + (smallestMemory >> 20) + " MiB");
        }
        return Optional.empty();
    }
}
