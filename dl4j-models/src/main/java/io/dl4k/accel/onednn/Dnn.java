package io.dl4k.accel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerPointer;

/** oneDNN's engine, and the making of its descriptors. What is made here is freed in {@link #close()}, or with the {@link Scope} it was made in. */
final class Dnn implements AutoCloseable {
    static final int BLOCKED = 2;
    final dnnl_engine engine = new dnnl_engine();
    final dnnl_stream stream = new dnnl_stream();

    Dnn() {
        check(dnnl_engine_create(engine, dnnl_cpu, 0), "engine");
        check(dnnl_stream_create(stream, engine, dnnl_stream_in_order), "stream");
    }

    /** @throws UnsupportedOperationException if oneDNN has no implementation  @throws IllegalStateException for any other failure */
    static void check(int status, String what) {
        if (status == dnnl_unimplemented) throw new UnsupportedOperationException("oneDNN has no implementation of " + what);
        if (status != dnnl_success) throw new IllegalStateException("oneDNN: " + what + " failed with status " + status);
    }

    static LongPointer longs(long... values) {
        return new LongPointer(values);
    }

    @Override public void close() {
        dnnl_stream_destroy(stream);
        dnnl_engine_destroy(engine);
    }

    /** Owner of native handles. */
    static final class Scope implements AutoCloseable {
        private final Deque<Runnable> frees = new ArrayDeque<>();
        /** Argument structs and the like: freed by their own deallocators, kept reachable here. */
        private final List<Object> kept = new ArrayList<>();

        void onClose(Runnable free) {
            frees.push(free);
        }

        <T> T keep(T object) {
            kept.add(object);
            return object;
        }

        dnnl_memory_desc own(dnnl_memory_desc desc) {
            frees.push(() -> dnnl_memory_desc_destroy(desc));
            return desc;
        }

        dnnl_memory_desc tagged(int tag, long... dims) {
            dnnl_memory_desc desc = new dnnl_memory_desc();
            check(dnnl_memory_desc_create_with_tag(desc, dims.length, longs(dims), dnnl_f32, tag), "memory descriptor");
            return own(desc);
        }

        dnnl_memory_desc strided(long[] dims, long[] strides) {
            dnnl_memory_desc desc = new dnnl_memory_desc();
            check(dnnl_memory_desc_create_with_strides(desc, dims.length, longs(dims), dnnl_f32, longs(strides)), "memory descriptor");
            return own(desc);
        }

        /** Row-major. */
        dnnl_memory_desc plain(long... dims) {
            long[] strides = new long[dims.length];
            long step = 1;
            for (int i = dims.length - 1; i >= 0; i--) {
                strides[i] = step;
                step *= dims[i];
            }
            return strided(dims, strides);
        }

        dnnl_memory_desc any(long... dims) {
            return tagged(dnnl_format_tag_any, dims);
        }

        dnnl_memory_desc part(dnnl_memory_desc of, long[] dims, long[] offsets) {
            dnnl_memory_desc desc = new dnnl_memory_desc();
            check(dnnl_memory_desc_create_submemory(desc, of, longs(dims), longs(offsets)), "part of a tensor");
            return own(desc);
        }

        dnnl_stream stream(Dnn dnn) {
            dnnl_stream stream = new dnnl_stream();
            check(dnnl_stream_create(stream, dnn.engine, dnnl_stream_in_order), "stream");
            onClose(() -> dnnl_stream_destroy(stream));
            return stream;
        }

        PostOps postOps() {
            return new PostOps(this);
        }

        @Override public void close() {
            while (!frees.isEmpty()) frees.pop().run();
            kept.clear();
        }
    }

    /** What a primitive does to its result before it writes it. */
    static final class PostOps {
        private final Scope scope;
        private final dnnl_post_ops ops = new dnnl_post_ops();
        private boolean ownScratch;

        private PostOps(Scope scope) {
            this.scope = scope;
            check(dnnl_post_ops_create(ops), "post-ops");
        }

        PostOps eltwise(int algorithm, double alpha, double beta) {
            check(dnnl_post_ops_append_eltwise(ops, algorithm, (float) alpha, (float) beta), "eltwise post-op");
            return this;
        }

        PostOps binary(int algorithm, dnnl_memory_desc desc) {
            check(dnnl_post_ops_append_binary(ops, algorithm, desc), "binary post-op");
            return this;
        }

        /** Adds {@code scale} times what the destination held. */
        PostOps sum(double scale) {
            check(dnnl_post_ops_append_sum(ops, (float) scale, 0, dnnl_data_type_undef), "sum post-op");
            return this;
        }

        /** The caller gives the working memory, so that the primitive may run on any thread. */
        PostOps ownScratch() {
            ownScratch = true;
            return this;
        }

        dnnl_primitive_attr attr() {
            dnnl_primitive_attr attr = new dnnl_primitive_attr();
            check(dnnl_primitive_attr_create(attr), "attributes");
            check(dnnl_primitive_attr_set_post_ops(attr, ops), "attributes");
            if (ownScratch) check(dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user), "attributes");
            dnnl_post_ops_destroy(ops);
            scope.onClose(() -> dnnl_primitive_attr_destroy(attr));
            return attr;
        }
    }

    static dnnl_memory_desc query(dnnl_primitive_desc pd, int what, int index) {
        return dnnl_primitive_desc_query_md(pd, what, index);
    }

    /** Whether this runs as oneDNN's reference code, which may be hundreds of times slower than the others. */
    static boolean isReference(dnnl_primitive_desc pd) {
        return implementation(pd).startsWith("ref");
    }

    /** Whether this is code made for the processor: with AVX2, gathering windows for a product takes up to 4 times as long, pooling in a plain loop 25 times (docs/acceleration.md). */
    static boolean isFast(dnnl_primitive_desc pd) {
        String name = implementation(pd);
        return !name.startsWith("ref") && !name.startsWith("simple") && !name.contains("gemm");
    }

    private static String implementation(dnnl_primitive_desc pd) {
        try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
            check(dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, name), "implementation's name");
            return name.get(BytePointer.class).getString();
        }
    }

    static boolean same(dnnl_memory_desc a, dnnl_memory_desc b) {
        return dnnl_memory_desc_equal(a, b) != 0;
    }
}
