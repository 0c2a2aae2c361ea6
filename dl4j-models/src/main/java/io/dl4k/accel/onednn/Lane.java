package io.dl4k.accel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;

/** Primitives that one thread runs one after the other, with a stream and working memory of its own. The same primitive serves any number of
 *  calls. Descriptors must have been made for working memory that the user gives ({@link Dnn.PostOps#ownScratch}), or need none. */
final class Lane implements Runnable {
    private record Made(dnnl_primitive primitive, Tensor scratch) { }

    private final Plan plan;
    private final dnnl_stream stream;
    private final Map<dnnl_primitive_desc, Made> made = new HashMap<>();
    private final List<dnnl_primitive> primitives = new ArrayList<>();
    private final List<dnnl_exec_arg_t> arguments = new ArrayList<>();
    private final Set<Tensor> uses = new LinkedHashSet<>();

    Lane(Plan plan) {
        this.plan = plan;
        this.stream = plan.scope.stream(plan.dnn);
    }

    private Made make(dnnl_primitive_desc pd) {
        dnnl_primitive primitive = new dnnl_primitive();
        Dnn.check(dnnl_primitive_create(primitive, pd), "a lane's primitive");
        plan.scope.onClose(() -> dnnl_primitive_destroy(primitive));
        dnnl_memory_desc scratch = Dnn.query(pd, dnnl_query_scratchpad_md, 0);
        return new Made(primitive, dnnl_memory_desc_get_size(scratch) > 0 ? plan.tensor(scratch) : null);
    }

    /** Appends a call. {@code args}: argument number, tensor, and so on. */
    void primitive(dnnl_primitive_desc pd, Object... args) {
        Made m = made.computeIfAbsent(pd, this::make);
        int n = args.length / 2;
        dnnl_exec_arg_t list = plan.scope.keep(new dnnl_exec_arg_t(m.scratch == null ? n : n + 1));
        for (int i = 0; i < n; i++) add(list, i, (Integer) args[2 * i], (Tensor) args[2 * i + 1]);
        if (m.scratch != null) add(list, n, DNNL_ARG_SCRATCHPAD, m.scratch);
        primitives.add(m.primitive);
        arguments.add(list);
    }

    private void add(dnnl_exec_arg_t list, int i, int argument, Tensor t) {
        list.getPointer(i).arg(argument).memory(t.memory);
        uses.add(t);
    }

    Set<Tensor> uses() {
        return uses;
    }

    @Override public void run() {
        for (int i = 0; i < primitives.size(); i++) {
            dnnl_exec_arg_t list = arguments.get(i);
            Dnn.check(dnnl_primitive_execute(primitives.get(i), stream, (int) list.capacity(), list), "a lane's primitive");
        }
    }
}
