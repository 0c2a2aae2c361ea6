package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Precision;
import io.dl4k.accel.program.Window;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A GPU on the processor: the same kernels, run late, as on a GPU: nothing happens before somebody waits for it, and then no more than must. Memory holds NaN until written.
 *  Counts what a step must not do. A GPU's two queues may be apart as far as their marks allow: so that a buffer that is overwritten too early shows, one of them can be
 *  as early as can be, while the other is as late as can be. */
final class EmulatedDevice implements Device {
    private final int threads;
    private final Precision precision;
    private final Map<Queue, Deque<Work>> queues = new EnumMap<>(Map.of(Queue.MAIN, new ArrayDeque<>(), Queue.ASIDE, new ArrayDeque<>()));
    private final Map<Long, BytePointer> memory = new HashMap<>();
    private List<Runnable> recording;
    /** The queue that does its work as early as it may; null for none. */
    private Queue early;
    /** Bytes that may be allocated at a time. */
    long memoryLimit = Long.MAX_VALUE;
    private long used;
    /** Channels of a convolution's input up to which it is made of bf16. */
    int mostHalves = Integer.MAX_VALUE;
    int allocations;
    int launches;
    int replays;
    /** Calls that waited for all there was to do. */
    int synchronizations;
    /** What each graph does, in order. */
    final List<List<String>> graphs = new ArrayList<>();
    private List<String> names = new ArrayList<>();
    private boolean idle;

    /** @param threads of a block: 1, or a few to try what threads say to each other */
    EmulatedDevice(int threads) {
        this(threads, Precision.FLOAT32);
    }

    EmulatedDevice(int threads, Precision precision) {
        this.threads = threads;
        this.precision = precision;
    }

    /** Lets a queue do its work at once, unless it follows a mark that the other has not reached. */
    EmulatedDevice early(Queue queue) {
        early = queue;
        return this;
    }

    /** Only counts what it is asked for. */
    EmulatedDevice idle() {
        idle = true;
        return this;
    }

    /** Something to do, a mark to set or one to follow. */
    private record Work(Runnable run, EmulatedMark set, EmulatedMark follow, int number) { }

    /** How often it was set, and the last of these that was reached. */
    private static final class EmulatedMark implements Mark {
        private Queue queue;
        private int asked;
        private int reached;
        private boolean closed;

        @Override public void close() {
            if (closed) throw new IllegalStateException("a mark was closed twice");
            closed = true;
        }
    }

    private void submit(String name, Runnable work) {
        submit(Queue.MAIN, name, work);
    }

    private void submit(Queue queue, String name, Runnable work) {
        if (recording != null) {
            if (queue != Queue.MAIN) throw new IllegalStateException("another queue while a graph is recorded");
            recording.add(work);
            names.add(name);
        } else {
            launches++;
            add(queue, new Work(work, null, null, 0));
        }
    }

    private void add(Queue queue, Work work) {
        queues.get(queue).add(work);
        if (early != null) while (doNext(early, false)) continue;
    }

    /** Does a queue's next work. @param insist whether the other queue may be driven to a mark that this one follows. @return whether there was any that could be done */
    private boolean doNext(Queue queue, boolean insist) {
        Work work = queues.get(queue).peek();
        if (work == null) return false;
        EmulatedMark follow = work.follow;
        if (follow != null && follow.reached < work.number) {
            if (!insist) return false;
            drive(follow, work.number);
        }
        queues.get(queue).remove();
        if (work.run != null && !idle) work.run.run();
        if (work.set != null) work.set.reached = Math.max(work.set.reached, work.number);
        return true;
    }

    private void drive(EmulatedMark mark, int number) {
        while (mark.reached < number) if (!doNext(mark.queue, true)) throw new IllegalStateException("a mark that nothing reaches");
    }

    private static EmulatedMark open(Mark mark) {
        EmulatedMark m = (EmulatedMark) mark;
        if (m.closed) throw new IllegalStateException("a mark was used after it was closed");
        return m;
    }

    @Override public Mark mark() {
        return new EmulatedMark();
    }

    @Override public void set(Queue queue, Mark mark) {
        outsideRecording("a mark");
        EmulatedMark m = open(mark);
        m.queue = queue;
        add(queue, new Work(null, m, null, ++m.asked));
    }

    @Override public void follow(Queue queue, Mark mark) {
        outsideRecording("a mark");
        EmulatedMark m = open(mark);
        add(queue, new Work(null, null, m, m.asked));
    }

    @Override public void await(Mark mark) {
        outsideRecording("waiting");
        drive(open(mark), open(mark).asked);
        if (early != null) while (doNext(early, false)) continue;
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
        submit("upload", () -> move(to, host, bytes));
    }

    @Override public void uploadAside(long to, long host, long bytes) {
        submit(Queue.ASIDE, "upload", () -> move(to, host, bytes));
    }

    @Override public void download(long host, long from, long bytes) {
        outsideRecording("download");
        submit("download", () -> move(host, from, bytes));
    }

    @Override public void copy(long to, long from, long bytes) {
        submit("copy", () -> move(to, from, bytes));
    }

    @Override public void zero(long at, long bytes) {
        submit("zero", () -> Pointer.memset(new Host.Bytes().at(at), 0, bytes));
    }

    @Override public void synchronize() {
        outsideRecording("waiting");
        synchronizations++;
        for (Queue queue : Queue.values()) while (doNext(queue, true)) continue;
    }

    @Override public Watch watch() {
        return new Time();
    }

    private final class Time implements Watch {
        private long nanos = -1;

        @Override public void set() {
            outsideRecording("the time");
            submit("the time", () -> nanos = System.nanoTime());
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
        return () -> submit(name, () -> Emulator.launch(name, gx, grid.y(), tx, ty, values));
    }

    @Override public Call product(Product p) {
        return () -> submit("product", () -> Emulator.product(p.transposeA(), p.transposeB(), p.m(), p.n(), p.k(), p.a(), p.lda(), p.b(), p.ldb(), p.c(), p.ldc(), p.add(), p.bias(), p.relu(), precision.bits()));
    }

    @Override public boolean convolvesHalves(Pass pass, Convolution shape) {
        return precision == Precision.BF16 && shape.in() <= mostHalves;
    }

    @Override public Call convolution(Pass pass, Convolution s, long x, long w, long y) {
        Window k = s.window();
        if (k.top() != k.bottom() || k.left() != k.right()) throw new IllegalArgumentException("cuDNN pads both sides alike, not " + k);
        if (k.outH(s.h()) != s.toH() || k.outW(s.w()) != s.toW()) throw new IllegalArgumentException("not the size that cuDNN gives: " + s);
        return () -> submit("convolution", () -> Emulator.convolution(pass.ordinal(), s.batch(), s.in(), s.h(), s.w(), s.out(), s.toH(), s.toW(), k.kernelH(), k.kernelW(), k.strideH(), k.strideW(), k.top(),
                k.left(), k.dilationH(), k.dilationW(), x, w, y, Math.max(precision.bits(), Precision.TF32.bits()), s.halves()));
    }

    @Override public Call record(Runnable calls) {
        recording = new ArrayList<>();
        calls.run();
        List<Runnable> graph = recording;
        recording = null;
        graphs.add(names);
        names = new ArrayList<>();
        return () -> {
            replays++;
            submit("graph", () -> graph.forEach(Runnable::run));
        };
    }

    @Override public void close() {
        synchronize();
        if (!memory.isEmpty()) throw new IllegalStateException(memory.size() + " allocations were not freed");
    }
}
