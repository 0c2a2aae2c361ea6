package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A GPU on the processor: the same kernels, run late, as on a GPU: nothing happens before somebody waits for it. Memory holds NaN until written.
 *  Counts what a step must not do. */
final class EmulatedDevice implements Device {
    private final int threads;
    private final List<Runnable> queue = new ArrayList<>();
    private final Map<Long, BytePointer> memory = new HashMap<>();
    private List<Runnable> recording;
    /** Bytes that may be allocated at a time. */
    long memoryLimit = Long.MAX_VALUE;
    private long used;
    int allocations;
    int launches;
    int replays;

    /** @param threads of a block: 1, or a few to try what threads say to each other */
    EmulatedDevice(int threads) {
        this.threads = threads;
    }

    private void submit(Runnable work) {
        if (recording != null) {
            recording.add(work);
        } else {
            launches++;
            queue.add(work);
        }
    }

    private void outsideRecording(String what) {
        if (recording != null) throw new IllegalStateException(what + " while a graph is recorded");
    }

    @Override public String name() {
        return "emulated GPU";
    }

    @Override public long allocate(long bytes) {
        outsideRecording("allocation");
        if (used + bytes > memoryLimit) throw new OutOfDeviceMemory(bytes, memoryLimit - used, memoryLimit);
        used += bytes;
        allocations++;
        BytePointer p = new BytePointer(Pointer.malloc(bytes)).capacity(bytes);
        Pointer.memset(p, 0xFF, bytes);
        memory.put(p.address(), p);
        return p.address();
    }

    @Override public void free(long address) {
        outsideRecording("free");
        synchronize();
        BytePointer p = memory.remove(address);
        used -= p.capacity();
        Pointer.free(p);
    }

    @Override public long pin(long bytes) {
        used -= bytes;
        return allocate(bytes);
    }

    @Override public void unpin(long host) {
        used += memory.get(host).capacity();
        free(host);
    }

    private static void move(long to, long from, long bytes) {
        Pointer.memcpy(new Host.Bytes().at(to), new Host.Bytes().at(from), bytes);
    }

    @Override public void upload(long to, long host, long bytes) {
        outsideRecording("upload");
        submit(() -> move(to, host, bytes));
    }

    @Override public void download(long host, long from, long bytes) {
        outsideRecording("download");
        submit(() -> move(host, from, bytes));
    }

    @Override public void copy(long to, long from, long bytes) {
        submit(() -> move(to, from, bytes));
    }

    @Override public void zero(long at, long bytes) {
        submit(() -> Pointer.memset(new Host.Bytes().at(at), 0, bytes));
    }

    @Override public void synchronize() {
        outsideRecording("waiting");
        queue.forEach(Runnable::run);
        queue.clear();
    }

    @Override public Watch watch() {
        return new Time();
    }

    private final class Time implements Watch {
        private long nanos = -1;

        @Override public void set() {
            outsideRecording("the time");
            submit(() -> nanos = System.nanoTime());
        }

        @Override public double millisecondsSince(Watch earlier) {
            long before = ((Time) earlier).nanos;
            if (nanos < 0 || before < 0) throw new IllegalStateException("a time that was not waited for");
            return (nanos - before) / 1e6;
        }

        @Override public void close() { }
    }

    @Override public Call kernel(String name, Grid grid, Object... arguments) {
        StringBuilder kinds = new StringBuilder();
        long[] values = new long[arguments.length];
        for (int i = 0; i < values.length; i++) {
            Object a = arguments[i];
            kinds.append(a.getClass().getSimpleName().charAt(0));
            if (a instanceof Float f) values[i] = Float.floatToRawIntBits(f);
            else values[i] = ((Number) a).longValue();
        }
        if (!kinds.toString().equals(Emulator.kinds(name))) throw new IllegalArgumentException("kernel " + name + " takes " + Emulator.kinds(name) + ", given " + kinds);
        boolean columns = grid.kind() == Grid.Kind.COLUMNS;
        int tx = columns ? Math.min(threads, 2) : threads;
        int ty = columns ? threads / tx : 1;
        long gx = switch (grid.kind()) {
            case ELEMENTS -> Math.max(1, Math.min(3, (grid.x() + threads - 1) / threads));
            case BLOCKS -> grid.x();
            case COLUMNS -> (grid.x() + tx - 1) / tx;
        };
        return () -> submit(() -> Emulator.launch(name, gx, grid.y(), tx, ty, values));
    }

    @Override public Call product(Product p) {
        return () -> submit(() -> Emulator.product(p.transposeA(), p.transposeB(), p.m(), p.n(), p.k(), p.a(), p.lda(), p.b(), p.ldb(), p.c(), p.ldc(), p.add(), p.bias(), p.relu()));
    }

    @Override public Call convolution(Pass pass, Convolution s, long x, long w, long y) {
        Window k = s.window();
        if (k.top() != k.bottom() || k.left() != k.right()) throw new IllegalArgumentException("cuDNN pads both sides alike, not " + k);
        if (k.outH(s.h()) != s.toH() || k.outW(s.w()) != s.toW()) throw new IllegalArgumentException("not the size that cuDNN gives: " + s);
        return () -> submit(() -> Emulator.convolution(pass.ordinal(), s.batch(), s.in(), s.h(), s.w(), s.out(), s.toH(), s.toW(), k.kernelH(), k.kernelW(), k.strideH(), k.strideW(), k.top(),
                k.left(), k.dilationH(), k.dilationW(), x, w, y));
    }

    @Override public Call record(Runnable calls) {
        recording = new ArrayList<>();
        calls.run();
        List<Runnable> graph = recording;
        recording = null;
        return () -> {
            replays++;
            submit(() -> graph.forEach(Runnable::run));
        };
    }

    @Override public void close() {
        synchronize();
        if (!memory.isEmpty()) throw new IllegalStateException(memory.size() + " allocations were not freed");
    }
}
