package io.dl4k.hardware;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The executor {@code io.dl4k.accel.cuda} over NVIDIA's CUDA 13 and cuDNN 9, as the default build carries it, and what it asks of a GPU. Its kernels are compiled for
 * the GPU at hand, so that there is no newest one.
 *
 * @param libraries where NVIDIA's libraries lie on this machine
 */
public record Cuda13Build(CudaLibraries libraries) implements GpuSupport {
    /** What its users know it by. */
    static final String NAME = "the executor for CUDA 13";
    /** CUDA 13 release notes: Maxwell, Pascal and Volta are gone, Turing is the oldest. */
    static final ComputeCapability OLDEST = new ComputeCapability(7, 5);
    /** CUDA 13 release notes: the first driver branch that serves CUDA 13.x. */
    static final String OLDEST_DRIVER = "580";
    /** CUDA's context, cuBLAS, cuDNN and their workspaces, before the first array. */
    static final long SMALLEST_MEMORY = 2L << 30;

    private static final String NATIVES = "org/bytedeco/cuda/linux-x86_64/libjnicudart.so";
    /** A class that CUDA 13's presets have and those of ND4J's backend have not: a build with {@code -Pcuda} carries the latter. */
    private static final String OF_13 = "org/bytedeco/cuda/cudart/CUlib_st.class";

    public Cuda13Build {
        Objects.requireNonNull(libraries, "libraries");
    }

    /**
     * Looks without loading anything.
     *
     * @param platform JavaCPP's name, {@code linux-x86_64}
     * @param onPath   whether the class path has a resource of this name
     * @return whether this build carries the executor's bindings for the platform
     */
    static boolean carried(String platform, Predicate<String> onPath) {
        return platform.equals("linux-x86_64") && onPath.test(NATIVES) && onPath.test(OF_13);
    }

    @Override
    public Optional<String> refusal(Gpu gpu) {
        Optional<ComputeCapability> capability = gpu.computeCapability();
        if (capability.isPresent() && capability.get().compareTo(OLDEST) < 0) {
            return Optional.of("compute capability " + capability.get() + ", but " + NAME + " needs " + OLDEST
                + (capability.get().compareTo(CudaBuild.OLDEST) < 0 ? "" : " (./dl4k --cuda runs " + CudaBuild.NAME + ", which needs " + CudaBuild.OLDEST + ")"));
        }
        // Drivers that do not tell the compute capability are far older than the oldest.
        if (!gpu.driver().equals(ProcessorText.UNKNOWN) && CudaBuild.older(gpu.driver(), OLDEST_DRIVER)) {
            return Optional.of("its driver " + gpu.driver() + " is older than " + OLDEST_DRIVER + ", which CUDA 13 needs: update the driver"
                + (CudaBuild.runs(gpu) ? ", or take " + CudaBuild.NAME + ", ./dl4k --cuda" : ""));
        }
        return GpuSupport.anyRefusal(gpu, SMALLEST_MEMORY).or(() -> libraries.complete() ? Optional.empty() : Optional.of(NAME + " does not find " + libraries.lacking()));
    }
}
