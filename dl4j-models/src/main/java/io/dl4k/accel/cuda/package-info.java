/** Kernels for NVIDIA GPUs on CUDA 13: products by cuBLASLt, convolutions by cuDNN, all else by own kernels ({@code kernels.cu}), compiled for the GPU
 *  at hand; a step is recorded as a CUDA graph and replayed. Entry: {@link io.dl4k.accel.cuda.CudaKernels#open}.
 *  <p>{@code Binder} turns a program into calls on a {@code Device}, of which {@code CudaDevice} is the real one; it alone, with {@code KernelImage}, touches
 *  NVIDIA's classes. Tests run the same calls, and the same kernels compiled by the C++ compiler, on the processor.
 *  <p>Parameters, gradient and updater state live on the GPU between steps; {@link io.dl4k.accel.program.Kernels#settle} brings them back.
 *  <p>Cannot: layers computed by DL4J between others, which are refused when a program is bound. */
package io.dl4k.accel.cuda;
