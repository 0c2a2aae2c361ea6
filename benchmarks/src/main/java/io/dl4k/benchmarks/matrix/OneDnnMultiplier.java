package io.dl4k.benchmarks.matrix;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_ab;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_in_order;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;

import io.dl4k.accel.onednn.OneDnnKernels;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** oneDNN: prepared once for a shape, then one native call a product, on as many threads as the executor gives a product of this size. */
final class OneDnnMultiplier extends Multiplier {
    private final Deque<Runnable> frees = new ArrayDeque<>();
    private final dnnl_engine engine = new dnnl_engine();
    private final dnnl_stream stream = new dnnl_stream();
    private final dnnl_primitive product = new dnnl_primitive();
    private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(3);
    private final FloatPointer result;

    OneDnnMultiplier(MatrixShape shape) {
        NativeOps natives = NativeOpsHolder.getInstance().getDeviceNativeOps();
        int usual = natives.ompGetMaxThreads();
        natives.setOmpNumThreads(OneDnnKernels.threadsFor((double) shape.rows() * shape.inner() * shape.columns(), usual));
        frees.push(() -> natives.setOmpNumThreads(usual));
        check(dnnl_engine_create(engine, dnnl_cpu, 0));
        frees.push(() -> dnnl_engine_destroy(engine));
        check(dnnl_stream_create(stream, engine, dnnl_stream_in_order));
        frees.push(() -> dnnl_stream_destroy(stream));
        dnnl_memory_desc left = matrix(shape.rows(), shape.inner());
        dnnl_memory_desc right = matrix(shape.inner(), shape.columns());
        dnnl_memory_desc out = matrix(shape.rows(), shape.columns());
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        check(dnnl_matmul_primitive_desc_create(description, engine, left, right, null, out, null));
        frees.push(() -> dnnl_primitive_desc_destroy(description));
        check(dnnl_primitive_create(product, description));
        frees.push(() -> dnnl_primitive_destroy(product));
        result = new FloatPointer((long) shape.rows() * shape.columns());
        bind(0, DNNL_ARG_SRC, left, new FloatPointer(shape.left()));
        bind(1, DNNL_ARG_WEIGHTS, right, new FloatPointer(shape.right()));
        bind(2, DNNL_ARG_DST, out, result);
    }

    private dnnl_memory_desc matrix(long rows, long columns) {
        dnnl_memory_desc desc = new dnnl_memory_desc();
        try (LongPointer sizes = new LongPointer(rows, columns)) {
            check(dnnl_memory_desc_create_with_tag(desc, 2, sizes, dnnl_f32, dnnl_ab));
        }
        frees.push(() -> dnnl_memory_desc_destroy(desc));
        return desc;
    }

    private void bind(int index, int argument, dnnl_memory_desc desc, FloatPointer values) {
        dnnl_memory memory = new dnnl_memory();
        check(dnnl_memory_create(memory, desc, engine, values));
        arguments.getPointer(index).arg(argument).memory(memory);
        frees.push(values::close);
        frees.push(() -> dnnl_memory_destroy(memory));
    }

    @Override
    FloatPointer multiply() {
        check(dnnl_primitive_execute(product, stream, 3, arguments));
        check(dnnl_stream_wait(stream));
        return result;
    }

    @Override
    float lastValue() {
        return multiply().get(result.capacity() - 1);
    }

    @Override
    public void close() {
        while (!frees.isEmpty()) frees.pop().run();
        arguments.close();
    }

    private static void check(int status) {
        if (status != 0) throw new IllegalStateException("oneDNN failed with status " + status);
    }
}
