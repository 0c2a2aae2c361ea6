package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Kernels;
import java.util.Optional;

/** The executor for GPUs, on the processor, for tests of other packages. */
public final class EmulatedGpu {
    private EmulatedGpu() { }

    /** Why there is none here; empty if there is. */
    public static Optional<String> missing() {
        return Emulator.missing();
    }

    /** Blocks of one thread. */
    public static Kernels open() {
        return new CudaKernels(new EmulatedDevice(1));
    }
}
