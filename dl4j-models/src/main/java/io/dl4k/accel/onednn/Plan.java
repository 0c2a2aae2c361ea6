package io.dl4k.accel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.dl4k.accel.program.ForeignLayer;
import io.dl4k.hardware.OffHeap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;

/** Calls in order, and the memory they share: cells that are never needed at the same time lie at the same place. */
final class Plan implements AutoCloseable {
    private static final int ALIGNMENT = 64;

    /** One thing to do.
     *
     *  @param threads that OpenMP must have, 0 where it has no part */
    private record Call(String name, int threads, Runnable body) { }

    final Dnn dnn;
    private final int threads;
    final Dnn.Scope scope = new Dnn.Scope();
    private final Team team;
    /** OpenMP's threads for what is being made. */
    private int now;
    private final List<Call> calls = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private BytePointer arena;
    private long bytes;
    private long foreignBytes;

    /** @param team runs lanes and knows OpenMP  @param threads most of a call */
    Plan(Dnn dnn, Team team, int threads) {
        this.dnn = dnn;
        this.team = team;
        this.threads = threads;
    }

    /** What is made from here on takes about so long on one thread: sets how many it gets. oneDNN divides the work among the threads it sees when
     *  a descriptor is made. */
    void forWork(double nanos) {
        use(Cost.threads(nanos, threads));
    }

    private void use(int n) {
        if (n != now) team.openMpThreads(n);
        now = n;
    }

    /** Threads that what is being made gets. */
    int now() {
        return now;
    }

    /** A tensor of its own in the arena. */
    Tensor tensor(dnnl_memory_desc desc) {
        return register(new Tensor(dnn, scope, desc, new Tensor.Storage(), 0));
    }

    /** A tensor that keeps its memory from the first to the last call and from run to run. */
    Tensor pinned(dnnl_memory_desc desc) {
        Tensor t = tensor(desc);
        t.storage.pinned = true;
        return t;
    }

    /** Another layout over the memory of {@code of}. */
    Tensor alias(Tensor of, dnnl_memory_desc desc) {
        return register(new Tensor(dnn, scope, desc, of.storage, of.offset()));
    }

    /** Part of the memory of {@code of}, from {@code floats} cells after its first. */
    Tensor view(Tensor of, dnnl_memory_desc desc, long floats) {
        return register(new Tensor(dnn, scope, desc, of.storage, of.offset() + floats * Float.BYTES));
    }

    /** A tensor at an address that is known now (not 0), or given before each run by {@link Tensor.Storage#locate}. */
    Tensor external(dnnl_memory_desc desc, long address) {
        Tensor t = register(new Tensor(dnn, scope, desc, new Tensor.Storage(), 0));
        t.storage.external = true;
        if (address != 0) t.storage.locate(address);
        return t;
    }

    private Tensor register(Tensor t) {
        tensors.add(t);
        return t;
    }

    /** Appends Java code that reads or writes these tensors. */
    void call(String name, Runnable body, Tensor... uses) {
        for (Tensor t : uses) t.storage.usedAt(calls.size());
        calls.add(new Call(name, 0, body));
    }

    /** Appends somebody else's code, which uses OpenMP too. */
    void foreign(String name, Runnable body) {
        calls.add(new Call(name, now, body));
    }

    /** Makes what runs in lanes: a lane's primitives have one thread each. */
    void alone(Runnable making) {
        int before = now;
        use(1);
        try {
            making.run();
        } finally {
            use(before);
        }
    }

    /** Appends lanes that run side by side, on so many threads. */
    void lanes(String name, List<Lane> lanes, int threads) {
        Runnable[] all = lanes.toArray(Runnable[]::new);
        for (Lane lane : lanes) for (Tensor t : lane.uses()) t.storage.usedAt(calls.size());
        calls.add(new Call(name, threads, () -> team.run(all, threads)));
    }

    /** Appends a primitive. {@code args}: argument number, tensor, and so on. */
    void primitive(String name, dnnl_primitive_desc pd, Object... args) {
        dnnl_primitive primitive = new dnnl_primitive();
        Dnn.check(dnnl_primitive_create(primitive, pd), name);
        scope.onClose(() -> dnnl_primitive_destroy(primitive));
        int n = args.length / 2;
        dnnl_exec_arg_t list = scope.keep(new dnnl_exec_arg_t(n));
        for (int i = 0; i < n; i++) {
            Tensor t = (Tensor) args[2 * i + 1];
            t.storage.usedAt(calls.size());
            list.getPointer(i).arg((Integer) args[2 * i]).memory(t.memory);
        }
        calls.add(new Call(name + (Dnn.isReference(pd) ? " (reference)" : Dnn.isFast(pd) ? "" : " (slow)"), now, () -> {
            int status = dnnl_primitive_execute(primitive, dnn.stream, n, list);
            if (status != dnnl_success) Dnn.check(status, name);
        }));
    }

    /** A primitive descriptor, freed with this plan. */
    dnnl_primitive_desc own(dnnl_primitive_desc pd) {
        scope.onClose(() -> dnnl_primitive_desc_destroy(pd));
        return pd;
    }

    /** A foreign layer's arrays, freed with this plan. */
    ForeignLayer.Bound own(ForeignLayer.Bound bound) {
        scope.onClose(bound::close);
        foreignBytes += bound.bytes();
        return bound;
    }

    void reorder(String name, Tensor from, Tensor to) {
        reorder(name, from, to, null);
    }

    void reorder(String name, Tensor from, Tensor to, dnnl_primitive_attr attr) {
        int before = now;
        forWork(Cost.ofBytes(from.bytes() + to.bytes()));
        dnnl_primitive_desc pd = own(new dnnl_primitive_desc());
        Dnn.check(dnnl_reorder_primitive_desc_create(pd, from.desc, dnn.engine, to.desc, dnn.engine, attr), name + " reorder");
        primitive(name + " reorder", pd, DNNL_ARG_FROM, from, DNNL_ARG_TO, to);
        if (before > 0) use(before);
    }

    /** {@code t} itself if it has this layout, else a copy that has. */
    Tensor as(String name, Tensor t, dnnl_memory_desc desc) {
        if (Dnn.same(t.desc, desc)) return t;
        Tensor copy = tensor(desc);
        reorder(name, t, copy);
        return copy;
    }

    /** Gives every tensor its memory. No call can be added afterwards. */
    void allocate() {
        Set<Tensor.Storage> storages = new LinkedHashSet<>();
        for (Tensor t : tensors) if (!t.storage.external) storages.add(t.storage);
        List<Tensor.Storage> order = new ArrayList<>(storages);
        for (Tensor.Storage s : order) {
            if (!s.pinned) continue;
            s.first = 0;
            s.last = calls.size();
        }
        // Big ones first, each at the lowest free place: near the optimum for the chains that networks are.
        order.sort(Comparator.comparingLong((Tensor.Storage s) -> -s.bytes).thenComparingInt(s -> s.first));
        List<Tensor.Storage> placed = new ArrayList<>();
        for (Tensor.Storage s : order) {
            TreeMap<Long, Long> busy = new TreeMap<>();
            for (Tensor.Storage other : placed)
                if (other.first <= s.last && s.first <= other.last) busy.merge(other.address, other.address + round(other.bytes), Math::max);
            long at = 0;
            for (var span : busy.entrySet()) {
                if (span.getKey() - at >= round(s.bytes)) break;
                at = Math.max(at, span.getValue());
            }
            s.address = at;
            bytes = Math.max(bytes, at + round(s.bytes));
            placed.add(s);
        }
        arena = OffHeap.allocate(bytes + ALIGNMENT);
        long base = round(arena.address());
        for (Tensor.Storage s : order) s.locate(base + s.address);
    }

    private static long round(long n) {
        return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    void run() {
        int set = 0;
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            if (call.threads > 0 && call.threads != set) team.openMpThreads(set = call.threads);
            call.body.run();
        }
    }

    /** Best time of each call over {@code runs} runs, in the order of the calls: "name microseconds, threads". */
    List<String> profile(int runs) {
        long[] best = new long[calls.size()];
        java.util.Arrays.fill(best, Long.MAX_VALUE);
        for (int r = 0; r < runs; r++) {
            for (int i = 0; i < best.length; i++) {
                if (calls.get(i).threads > 0) team.openMpThreads(calls.get(i).threads);
                long start = System.nanoTime();
                calls.get(i).body.run();
                best[i] = Math.min(best[i], System.nanoTime() - start);
            }
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < best.length; i++) lines.add(String.format(java.util.Locale.ROOT, "%-36s %9.1f us, %d", calls.get(i).name, best[i] / 1e3, Math.max(1, calls.get(i).threads)));
        return lines;
    }

    long bytes() {
        return bytes + foreignBytes;
    }

    @Override public void close() {
        scope.close();
        if (arena != null) OffHeap.free(arena);
        arena = null;
    }
}
