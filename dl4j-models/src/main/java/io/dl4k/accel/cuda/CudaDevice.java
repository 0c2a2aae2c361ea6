package io.dl4k.accel.cuda;

import static org.bytedeco.cuda.global.cublas.*;
import static org.bytedeco.cuda.global.cudart.*;
import static org.bytedeco.cuda.global.cudnn.*;

import io.dl4k.accel.program.Activation;
import io.dl4k.accel.program.Precision;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** The real one: products and convolutions of the precision asked for, algorithms that give the same bytes each time. */
final class CudaDevice implements Device {
    /** What NVIDIA advises for Hopper's products, and room for convolutions' transforms. */
    private static final long WORKSPACE = 64L << 20;
    private static final int THREADS = 256;
    private static final int COLUMNS = 32;
    private static final int LANES = 8;
    private static final long MOST_BLOCKS = 2048;
    private static final int OLDEST_MAJOR = 7;
    private static final int OLDEST_MINOR = 5;
    /** The first with tensor cores for TF32 and bf16. */
    private static final int OLDEST_ROUNDING_MAJOR = 8;
    /** cuBLAS reads and writes float32 in each, and rounds factors on its way. */
    private static final Map<Precision, Integer> COMPUTE = Map.of(Precision.FLOAT32, CUBLAS_COMPUTE_32F, Precision.TF32, CUBLAS_COMPUTE_32F_FAST_TF32, Precision.BF16,
            CUBLAS_COMPUTE_32F_FAST_16BF);
    private static final int BEST_ALIGNMENT = 256;

    private final int ordinal;
    private final String capability;
    /** Whether it has tensor cores for TF32 and bf16. */
    private final boolean rounds;
    private Precision precision;
    private final String name;
    private final CUstream_st stream = new CUstream_st();
    private final CUstream_st aside = new CUstream_st();
    private final CUmod_st module = new CUmod_st();
    private final cublasLtContext cublas = new cublasLtContext();
    private final Map<String, CUfunc_st> functions = new HashMap<>();
    private final Set<Long> allocated = new HashSet<>();
    private final Set<Long> pinned = new HashSet<>();
    private final Set<Event> marks = new HashSet<>();
    private final Host.Bytes to = new Host.Bytes();
    private final Host.Bytes from = new Host.Bytes();
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);
    private final Host.Bytes workspace = new Host.Bytes();
    /** Made for the first convolution: its libraries are the largest. */
    private cudnnContext cudnn;

    /** @throws CudaException if the driver or a library reports an error
     *  @throws UnsupportedOperationException if this GPU is too old for CUDA 13, or for the precision */
    CudaDevice(int ordinal, Precision precision) {
        this.ordinal = ordinal;
        here();
        int major = attribute(cudaDevAttrComputeCapabilityMajor);
        int minor = attribute(cudaDevAttrComputeCapabilityMinor);
        if (major < OLDEST_MAJOR || major == OLDEST_MAJOR && minor < OLDEST_MINOR)
            throw new UnsupportedOperationException("compute capability " + major + "." + minor + "; CUDA 13 needs " + OLDEST_MAJOR + "." + OLDEST_MINOR);
        capability = major + "." + minor;
        rounds = major >= OLDEST_ROUNDING_MAJOR;
        use(precision);
        try {
            check(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking), "create a stream");
            check(cudaStreamCreateWithFlags(aside, cudaStreamNonBlocking), "create a stream");
            load(KernelImage.of(major, minor));
            checkProduct(cublasLtCreate(cublas), "open cuBLASLt");
            workspace.at(allocate(WORKSPACE));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        int[] runtime = new int[1];
        check(cudaRuntimeGetVersion(runtime), "version");
        byte[] text = new byte[256];
        checkDriver(cuDeviceGetName(text, text.length, ordinal), "name");
        int length = 0;
        while (length < text.length && text[length] != 0) length++;
        name = new String(text, 0, length, StandardCharsets.UTF_8) + " (compute capability " + major + "." + minor + "), CUDA " + runtime[0] / 1000 + "." + runtime[0] % 1000 / 10 + ", cuBLASLt "
                + cublasLtGetVersion();
    }

    private void load(KernelImage image) {
        try (BytePointer code = new BytePointer(image.load())) {
            if (cuModuleLoadData(module, code) == CUDA_SUCCESS) return;
        }
        // What the cache held was broken.
        try (BytePointer code = new BytePointer(image.compile())) {
            checkDriver(cuModuleLoadData(module, code), "load the kernels");
        }
    }

    /** The current device is a thread's own, and a thread may work with several. */
    private void here() {
        int status = cudaSetDevice(ordinal);
        if (status != cudaSuccess) check(status, "choose GPU " + ordinal);
    }

    private int attribute(int which) {
        int[] value = new int[1];
        check(cudaDeviceGetAttribute(value, which, ordinal), "attribute " + which);
        return value[0];
    }

    // Errors.

    private static void check(int status, String what) {
        if (status != cudaSuccess) throw new CudaException(CudaException.Library.CUDA, status, cudaGetErrorName(status).getString(), what);
    }

    private static void checkDriver(int status, String what) {
        if (status == CUDA_SUCCESS) return;
        try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
            String name = cuGetErrorName(status, text) == CUDA_SUCCESS ? text.get(BytePointer.class, 0).getString() : "an unknown error";
            throw new CudaException(CudaException.Library.CUDA, status, name, what);
        }
    }

    private static void checkProduct(int status, String what) {
        if (status != CUBLAS_STATUS_SUCCESS) throw new CudaException(CudaException.Library.CUBLAS, status, cublasLtGetStatusName(status).getString(), what);
    }

    @Override public String name() {
        return name + (precision == Precision.FLOAT32 ? "" : ", " + precision);
    }

    int ordinal() {
        return ordinal;
    }

    /** Makes products and convolutions of this precision from now on.
     *
     *  @throws UnsupportedOperationException if this GPU has no arithmetic for it */
    void use(Precision wanted) {
        if (wanted != Precision.FLOAT32 && !rounds)
            throw new UnsupportedOperationException("compute capability " + capability + " has no arithmetic for " + wanted + ", which needs " + OLDEST_ROUNDING_MAJOR + ".0: choose float32");
        precision = wanted;
    }

    /** Frees what others left here.
     *
     *  @return whether it can be used again: after an error of the GPU every call fails */
    boolean clear() {
        try {
            synchronize();
            for (long address : List.copyOf(allocated)) if (address != workspace.address()) free(address);
            for (long address : List.copyOf(pinned)) unpin(address);
            for (Event mark : List.copyOf(marks)) mark.close();
            return true;
        } catch (CudaException e) {
            return false;
        }
    }

    // Memory.

    @Override public long allocate(long bytes) {
        here();
        Pointer p = new Pointer();
        int status = cudaMalloc(p, bytes);
        if (status == cudaErrorMemoryAllocation) {
            cudaGetLastError();
            try (SizeTPointer free = new SizeTPointer(1); SizeTPointer all = new SizeTPointer(1)) {
                check(cudaMemGetInfo(free, all), "free memory");
                throw new OutOfDeviceMemory(bytes, free.get(), all.get());
            }
        }
        check(status, "allocate " + bytes + " bytes");
        allocated.add(p.address());
        return p.address();
    }

    @Override public void free(long address) {
        here();
        if (allocated.remove(address)) check(cudaFree(new Host.Bytes().at(address)), "free");
    }

    @Override public long pin(long bytes) {
        here();
        Pointer p = new Pointer();
        check(cudaHostAlloc(p, bytes, cudaHostAllocDefault), "pin " + bytes + " bytes of the host's memory");
        pinned.add(p.address());
        return p.address();
    }

    @Override public void unpin(long host) {
        here();
        if (pinned.remove(host)) check(cudaFreeHost(new Host.Bytes().at(host)), "unpin");
    }

    private void move(long target, long source, long bytes, int kind, CUstream_st queue, String what) {
        here();
        check(cudaMemcpyAsync(to.at(target), from.at(source), bytes, kind, queue), what);
    }

    @Override public void upload(long target, long host, long bytes) {
        move(target, host, bytes, cudaMemcpyHostToDevice, stream, "upload");
    }

    @Override public void uploadAside(long target, long host, long bytes) {
        move(target, host, bytes, cudaMemcpyHostToDevice, aside, "upload");
    }

    @Override public void download(long host, long source, long bytes) {
        move(host, source, bytes, cudaMemcpyDeviceToHost, stream, "download");
    }

    @Override public void copy(long target, long source, long bytes) {
        move(target, source, bytes, cudaMemcpyDeviceToDevice, stream, "copy");
    }

    @Override public void zero(long at, long bytes) {
        here();
        check(cudaMemsetAsync(to.at(at), 0, bytes, stream), "zero");
    }

    @Override public void synchronize() {
        here();
        check(cudaStreamSynchronize(stream), "wait");
        check(cudaStreamSynchronize(aside), "wait");
    }

    // Marks.

    private final class Event implements Mark {
        final CUevent_st event = new CUevent_st();

        @Override public void close() {
            if (marks.remove(this)) cudaEventDestroy(event);
        }
    }

    private CUstream_st stream(Queue queue) {
        return queue == Queue.MAIN ? stream : aside;
    }

    @Override public Mark mark() {
        here();
        Event made = new Event();
        check(cudaEventCreateWithFlags(made.event, cudaEventDisableTiming), "make a mark");
        marks.add(made);
        return made;
    }

    @Override public void set(Queue queue, Mark mark) {
        here();
        check(cudaEventRecord(((Event) mark).event, stream(queue)), "set a mark");
    }

    @Override public void follow(Queue queue, Mark mark) {
        here();
        check(cudaStreamWaitEvent(stream(queue), ((Event) mark).event, 0), "follow a mark");
    }

    @Override public void await(Mark mark) {
        here();
        check(cudaEventSynchronize(((Event) mark).event), "wait for a mark");
    }

    private final class Stopwatch implements Watch {
        private final CUevent_st event = new CUevent_st();

        Stopwatch() {
            check(cudaEventCreate(event), "create an event");
        }

        @Override public void set() {
            here();
            check(cudaEventRecord(event, stream), "record an event");
        }

        @Override public double millisecondsSince(Watch earlier) {
            try (FloatPointer time = new FloatPointer(1)) {
                check(cudaEventElapsedTime(time, ((Stopwatch) earlier).event, event), "read the time");
                return time.get();
            }
        }

        @Override public void close() {
            cudaEventDestroy(event);
        }
    }

    @Override public Watch watch() {
        here();
        return new Stopwatch();
    }

    // Own kernels.

    private CUfunc_st function(String kernel) {
        return functions.computeIfAbsent(kernel, key -> {
            CUfunc_st made = new CUfunc_st();
            checkDriver(cuModuleGetFunction(made, module, key), "find kernel " + key);
            return made;
        });
    }

    /** A call that owns memory of the host. */
    private abstract static class Owner implements Call {
        private final List<Pointer> owned = new ArrayList<>();

        final <P extends Pointer> P own(P p) {
            owned.add(p);
            return p;
        }

        @Override public void close() {
            owned.forEach(Pointer::deallocate);
            owned.clear();
        }
    }

    private final class Launch extends Owner {
        private final String kernel;
        private final CUfunc_st function;
        private final int gridX;
        private final int gridY;
        private final int blockX;
        private final int blockY;
        private final PointerPointer<Pointer> addresses;

        Launch(String kernel, Grid grid, Object[] arguments) {
            this.kernel = kernel;
            function = function(kernel);
            boolean columns = grid.kind() == Grid.Kind.COLUMNS;
            blockX = columns ? COLUMNS : THREADS;
            blockY = columns ? LANES : 1;
            gridX = Math.toIntExact(switch (grid.kind()) {
                case ELEMENTS -> Math.max(1, Math.min(MOST_BLOCKS, (grid.x() + THREADS - 1) / THREADS));
                case BLOCKS -> grid.x();
                case COLUMNS -> (grid.x() + COLUMNS - 1) / COLUMNS;
            });
            gridY = grid.y();
            // Eight bytes each: an int or a float lies in the first four.
            LongPointer cells = own(new LongPointer(arguments.length));
            addresses = own(new PointerPointer<>(arguments.length));
            for (int i = 0; i < arguments.length; i++) {
                Object a = arguments[i];
                if (a instanceof Long v) cells.put(i, v);
                else if (a instanceof Integer v) cells.put(i, v & 0xFFFFFFFFL);
                else if (a instanceof Float v) cells.put(i, Float.floatToRawIntBits(v) & 0xFFFFFFFFL);
                else if (a instanceof Double v) cells.put(i, Double.doubleToRawLongBits(v));
                else throw new IllegalArgumentException("kernel " + kernel + ": argument " + i + " is " + a);
                addresses.put(i, new Host.Bytes().at(cells.address() + (long) i * Long.BYTES));
            }
        }

        @Override public void run() {
            int status = cuLaunchKernel(function, gridX, gridY, 1, blockX, blockY, 1, 0, stream, addresses, (PointerPointer<?>) null);
            if (status != CUDA_SUCCESS) checkDriver(status, "kernel " + kernel);
        }
    }

    @Override public Call kernel(String kernel, Grid grid, Object... arguments) {
        here();
        return new Launch(kernel, grid, arguments);
    }

    // Products.

    @Override public Call product(Product p) {
        here();
        // What has no way to be as inexact as is asked for is more exact.
        for (int i = precision.ordinal(); i >= 0; i--) {
            Call call = product(p, COMPUTE.get(Precision.values()[i]));
            if (call != null) return call;
        }
        throw new UnsupportedOperationException("cuBLASLt has no way to " + p);
    }

    /** Null if there is no way to make it with this arithmetic. */
    private Call product(Product p, int compute) {
        Call fused = Multiply.of(this, p, compute, p.bias(), p.relu());
        if (fused != null) return fused;
        if (p.ldc() != p.m()) return null;
        Call plain = p.bias() == 0 && !p.relu() ? null : Multiply.of(this, p, compute, 0, false);
        if (plain == null) return null;
        Activation.Kind kind = p.relu() ? Activation.Kind.RELU : Activation.Kind.IDENTITY;
        long n = (long) p.m() * p.n();
        Call after = kernel("bias_activate", Grid.elements(n), p.c(), p.bias(), n, p.m(), 1, kind.ordinal(), 0f);
        return new Call() {
            @Override public void run() {
                plain.run();
                after.run();
            }

            @Override public void close() {
                plain.close();
                after.close();
            }
        };
    }

    private static final class Multiply extends Owner {
        private final CudaDevice device;
        private final cublasLtMatmulDescOpaque_t product;
        private final cublasLtMatrixLayoutOpaque_t layoutA;
        private final cublasLtMatrixLayoutOpaque_t layoutB;
        private final cublasLtMatrixLayoutOpaque_t layoutC;
        private final cublasLtMatmulHeuristicResult_t way = own(new cublasLtMatmulHeuristicResult_t(1));
        private final Host.Bytes a = new Host.Bytes();
        private final Host.Bytes b = new Host.Bytes();
        private final Host.Bytes c = new Host.Bytes();
        private final FloatPointer beta;

        /** Null if cuBLASLt has no algorithm for this. */
        static Multiply of(CudaDevice device, Product p, int compute, long bias, boolean relu) {
            Multiply made = new Multiply(device, p, compute);
            try {
                if (made.choose(p, bias, relu)) return made;
            } catch (RuntimeException | Error e) {
                made.close();
                throw e;
            }
            made.close();
            return null;
        }

        private Multiply(CudaDevice device, Product p, int compute) {
            this.device = device;
            beta = p.add() ? device.one : device.zero;
            a.at(p.a());
            b.at(p.b());
            c.at(p.c());
            try (PointerPointer<Pointer> made = new PointerPointer<>(1)) {
                checkProduct(cublasLtMatmulDescCreate(made, compute, CUDA_R_32F), "describe a product");
                product = new cublasLtMatmulDescOpaque_t(made.get(Pointer.class, 0));
                layoutA = layout(made, p.transposeA() ? p.k() : p.m(), p.transposeA() ? p.m() : p.k(), p.lda());
                layoutB = layout(made, p.transposeB() ? p.n() : p.k(), p.transposeB() ? p.k() : p.n(), p.ldb());
                layoutC = layout(made, p.m(), p.n(), p.ldc());
            }
        }

        private static cublasLtMatrixLayoutOpaque_t layout(PointerPointer<Pointer> made, int rows, int columns, int ld) {
            checkProduct(cublasLtMatrixLayoutCreate(made, CUDA_R_32F, rows, columns, ld), "describe a matrix");
            return new cublasLtMatrixLayoutOpaque_t(made.get(Pointer.class, 0));
        }

        private void set(int attribute, int value) {
            try (IntPointer v = new IntPointer(new int[] {value})) {
                checkProduct(cublasLtMatmulDescSetAttribute(product, attribute, v, Integer.BYTES), "describe a product");
            }
        }

        private boolean choose(Product p, long bias, boolean relu) {
            set(CUBLASLT_MATMUL_DESC_TRANSA, p.transposeA() ? CUBLAS_OP_T : CUBLAS_OP_N);
            set(CUBLASLT_MATMUL_DESC_TRANSB, p.transposeB() ? CUBLAS_OP_T : CUBLAS_OP_N);
            if (bias != 0) {
                set(CUBLASLT_MATMUL_DESC_EPILOGUE, relu ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_BIAS);
                try (LongPointer v = new LongPointer(new long[] {bias})) {
                    checkProduct(cublasLtMatmulDescSetAttribute(product, CUBLASLT_MATMUL_DESC_BIAS_POINTER, v, Long.BYTES), "describe a product's bias");
                }
            } else if (relu) {
                return false;
            }
            try (PointerPointer<Pointer> made = new PointerPointer<>(1); IntPointer found = new IntPointer(1)) {
                checkProduct(cublasLtMatmulPreferenceCreate(made), "say what product is wanted");
                cublasLtMatmulPreferenceOpaque_t preference = new cublasLtMatmulPreferenceOpaque_t(made.get(Pointer.class, 0));
                try {
                    try (LongPointer v = new LongPointer(new long[] {WORKSPACE})) {
                        checkProduct(cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, v, Long.BYTES), "say what product is wanted");
                    }
                    align(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, p.a());
                    align(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, p.b());
                    align(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, p.c());
                    // The bias is read along with the result. A bias of 0 aligns with anything.
                    align(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, p.c() | bias);
                    int status = cublasLtMatmulAlgoGetHeuristic(device.cublas, product, layoutA, layoutB, layoutC, layoutC, preference, 1, way, found);
                    if (status == CUBLAS_STATUS_NOT_SUPPORTED) return false;
                    checkProduct(status, "choose an algorithm for " + p);
                    return found.get() > 0 && way.state() == CUBLAS_STATUS_SUCCESS;
                } finally {
                    cublasLtMatmulPreferenceDestroy(preference);
                }
            }
        }

        /** A parameter may start at any float of DL4J's vector. */
        private static void align(cublasLtMatmulPreferenceOpaque_t preference, int attribute, long address) {
            try (IntPointer v = new IntPointer(new int[] {(int) Math.min(BEST_ALIGNMENT, Long.lowestOneBit(address))})) {
                checkProduct(cublasLtMatmulPreferenceSetAttribute(preference, attribute, v, Integer.BYTES), "say how a matrix is aligned");
            }
        }

        @Override public void run() {
            int status = cublasLtMatmul(device.cublas, product, device.one, a, layoutA, b, layoutB, beta, c, layoutC, c, layoutC, way.algo(), device.workspace, WORKSPACE, device.stream);
            if (status != CUBLAS_STATUS_SUCCESS) checkProduct(status, "product");
        }

        @Override public void close() {
            cublasLtMatrixLayoutDestroy(layoutA);
            cublasLtMatrixLayoutDestroy(layoutB);
            cublasLtMatrixLayoutDestroy(layoutC);
            cublasLtMatmulDescDestroy(product);
            super.close();
        }
    }

    // Convolutions.

    private cudnnContext cudnn() {
        if (cudnn == null) {
            cudnnContext made = new cudnnContext();
            CudnnConvolution.check(cudnnCreate(made), "open cuDNN");
            cudnn = made;
            CudnnConvolution.check(cudnnSetStream(cudnn, stream), "give cuDNN its stream");
        }
        return cudnn;
    }

    private CudnnConvolution.Library convolutions() {
        return new CudnnConvolution.Library(cudnn(), workspace, WORKSPACE);
    }

    @Override public boolean convolvesHalves(Pass pass, Convolution shape) {
        if (precision != Precision.BF16) return false;
        here();
        CudnnConvolution made = CudnnConvolution.of(convolutions(), pass, shape.ofHalves(), false, 0, 0, 0);
        if (made == null) return false;
        made.close();
        return true;
    }

    @Override public Call convolution(Pass pass, Convolution shape, long x, long w, long y) {
        here();
        CudnnConvolution made = null;
        if (precision != Precision.FLOAT32) made = CudnnConvolution.of(convolutions(), pass, shape, !shape.halves(), x, w, y);
        if (made == null && !shape.halves()) made = CudnnConvolution.of(convolutions(), pass, shape, false, x, w, y);
        if (made == null) throw new UnsupportedOperationException("cuDNN has no algorithm that gives the same bytes each time within " + (WORKSPACE >> 20) + " MiB for " + pass + " of " + shape);
        return made;
    }

    // Graphs.

    @Override public Call record(Runnable calls) {
        here();
        CUgraph_st graph = new CUgraph_st();
        check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "begin to record a graph");
        try {
            calls.run();
        } catch (RuntimeException | Error e) {
            cudaStreamEndCapture(stream, graph);
            if (!graph.isNull()) cudaGraphDestroy(graph);
            throw e;
        }
        check(cudaStreamEndCapture(stream, graph), "record a graph");
        CUgraphExec_st made = new CUgraphExec_st();
        try {
            check(cudaGraphInstantiate(made, graph, 0), "make a graph");
        } finally {
            cudaGraphDestroy(graph);
        }
        check(cudaGraphUpload(made, stream), "upload a graph");
        return new Call() {
            @Override public void run() {
                here();
                int status = cudaGraphLaunch(made, stream);
                if (status != cudaSuccess) check(status, "launch a graph");
            }

            @Override public void close() {
                cudaGraphExecDestroy(made);
            }
        };
    }

    @Override public void close() {
        // After an error of the GPU this fails like everything else.
        cudaSetDevice(ordinal);
        if (!stream.isNull()) cudaStreamSynchronize(stream);
        if (!aside.isNull()) cudaStreamSynchronize(aside);
        for (Event mark : List.copyOf(marks)) mark.close();
        for (long address : allocated) cudaFree(new Host.Bytes().at(address));
        allocated.clear();
        for (long address : pinned) cudaFreeHost(new Host.Bytes().at(address));
        pinned.clear();
        if (cudnn != null) cudnnDestroy(cudnn);
        cudnn = null;
        if (!cublas.isNull()) cublasLtDestroy(cublas);
        cublas.setNull();
        if (!module.isNull()) cuModuleUnload(module);
        module.setNull();
        if (!stream.isNull()) cudaStreamDestroy(stream);
        stream.setNull();
        if (!aside.isNull()) cudaStreamDestroy(aside);
        aside.setNull();
    }
}
