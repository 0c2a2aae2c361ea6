package io.dl4k.accel;

import org.junit.jupiter.api.extension.ExtendWith;

/** The same on the executor for GPUs. */
@ExtendWith(OnEmulatedGpu.class)
class CudaBuilderCoverageTest extends BuilderCoverageTest { }
