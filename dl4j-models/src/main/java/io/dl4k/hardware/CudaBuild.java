package io.dl4k.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * ND4J's CUDA backend, {@code nd4j-cuda-11.6} 1.0.0-M2.1, as it lies on the class path of a build with {@code -Pcuda}, and what it asks of a GPU. Its binary holds
 * machine code for compute capability 3.7 to 8.6 and no PTX, so that nothing newer than 8.9, which runs code for 8.6, can run it.
 *
 * @param cudnn   whether it is the classifier that reaches cuDNN
 * @param missing libraries of CUDA 11 that are neither on the class path nor among the system's, by the names that the loader wants; empty if all are there
 */
public record CudaBuild(boolean cudnn, List<String> missing) implements GpuSupport {
    /** What its users know it by. */
    static final String NAME = "ND4J's CUDA 11.6 backend";
    static final ComputeCapability OLDEST = new ComputeCapability(3, 7);
    static final ComputeCapability NEWEST = new ComputeCapability(8, 9);
    /** NVIDIA, CUDA compatibility: the first drivers that serve all of CUDA 11.x. */
    static final String OLDEST_DRIVER = "450.80.02";
    /** CUDA's context, the binary's code, cuBLAS and cuDNN take most of one GiB before the first array. */
    static final long SMALLEST_MEMORY = 2L << 30;

    private static final String BINDINGS = "org/nd4j/linalg/jcublas/bindings/";
    private static final List<String> LIBRARIES = List.of("libcudart.so.11.0", "libcublas.so.11", "libcublasLt.so.11", "libcusolver.so.11");
    private static final String CUDNN_LIBRARY = "libcudnn.so.8";

    public CudaBuild {
        missing = List.copyOf(missing);
    }

    /**
     * Looks without loading anything.
     *
     * @param platform   JavaCPP's name, {@code linux-x86_64}
     * @param onPath     whether the class path has a resource of this name
     * @param ofSystem   whether the system's loader would find a library of this file name
     * @return empty if this build has no CUDA backend for the platform
     */
    static Optional<CudaBuild> find(String platform, Predicate<String> onPath, Predicate<String> ofSystem) {
        if (!platform.startsWith("linux")) return Optional.empty();
        boolean cudnn = onPath.test(BINDINGS + platform + "-cudnn/libjnind4jcuda.so");
        if (!cudnn && !onPath.test(BINDINGS + platform + "/libjnind4jcuda.so")) return Optional.empty();
        List<String> wanted = new ArrayList<>(LIBRARIES);
        if (cudnn) wanted.add(CUDNN_LIBRARY);
        return Optional.of(new CudaBuild(cudnn,
            wanted.stream().filter(library -> !onPath.test("org/bytedeco/cuda/" + platform + "/" + library) && !ofSystem.test(library)).toList()));
    }

    /** Whether the binary has code for the GPU and its driver is new enough. */
    static boolean runs(Gpu gpu) {
        return !older(gpu.driver(), OLDEST_DRIVER) && gpu.computeCapability().filter(c -> c.compareTo(OLDEST) >= 0 && c.compareTo(NEWEST) <= 0).isPresent();
    }

    @Override
    public Optional<String> refusal(Gpu gpu) {
        if (!missing.isEmpty()) {
            return Optional.of(NAME + " does not find " + String.join(", ", missing) + ": build with -Pcuda, which brings them, or install CUDA 11 and cuDNN 8");
        }
        if (!gpu.driver().equals(ProcessorText.UNKNOWN) && older(gpu.driver(), OLDEST_DRIVER)) {
            return Optional.of("its driver " + gpu.driver() + " is older than " + OLDEST_DRIVER + ", which CUDA 11.6 needs: update the driver");
        }
        if (gpu.computeCapability().isPresent()) {
            ComputeCapability capability = gpu.computeCapability().get();
            if (capability.compareTo(OLDEST) < 0 || capability.compareTo(NEWEST) > 0) {
                return Optional.of("compute capability " + capability + ", but " + NAME + " has code for " + OLDEST + " to " + NEWEST + " only"
                    + (capability.compareTo(NEWEST) > 0 ? ": ./dl4k without --cuda runs on it" : ""));
            }
        }
        return GpuSupport.anyRefusal(gpu, SMALLEST_MEMORY);
    }

    /** Versions by their numbers, part by part: 450.8 is older than 450.80.02. */
    static boolean older(String version, String than) {
        String[] left = version.split("\\.");
        String[] right = than.split("\\.");
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            int a = i < left.length ? number(left[i]) : 0;
            int b = i < right.length ? number(right[i]) : 0;
            if (a != b) return a < b;
        }
        return false;
    }

    private static int number(String part) {
        return part.matches("\\d{1,9}") ? Integer.parseInt(part) : 0;
    }
}
