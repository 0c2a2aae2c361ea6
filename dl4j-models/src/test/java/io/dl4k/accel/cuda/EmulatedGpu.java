package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Precision;
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
        return open(Precision.FLOAT32);
    }

    /** The same. @param precision of products and convolutions */
    public static Kernels open(Precision precision) {
        return new CudaKernels(new EmulatedDevice(1, precision));
    }
}
