package io.dl4k.accel.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.FloatPointer;

/** Calls in order, and the memory they share: cells that are never needed at the same time lie at the same place. The first run does the calls one by
 *  one, which loads what the libraries load lazily; the second is recorded, and replayed from then on. */
final class Plan implements AutoCloseable {
    private static final long ALIGNMENT = 256;

    /** Makes a call once addresses are known. */
    private interface Maker {
        Device.Call make();
    }

    final Device device;
    private final List<Maker> makers = new ArrayList<>();
    private final List<Tensor.Storage> storages = new ArrayList<>();
    private final List<Long> constants = new ArrayList<>();
    private final List<Device.Call> calls = new ArrayList<>();
    private Device.Call recorded;
    private boolean ran;
    private long arena;
    private long bytes;

    Plan(Device device) {
        this.device = device;
    }

    /** A tensor of its own in the arena. Holds anything before it is written.
     *
     *  @throws UnsupportedOperationException for more cells than the kernels count */
    Tensor tensor(long cells) {
        if (cells > Integer.MAX_VALUE) throw new UnsupportedOperationException("an array of " + cells + " numbers, more than " + Integer.MAX_VALUE + ": choose a smaller batch");
        Tensor.Storage storage = new Tensor.Storage(cells * Float.BYTES);
        storages.add(storage);
        return new Tensor(storage, 0, cells);
    }

    /** A tensor that keeps its memory from the first to the last call. */
    Tensor pinned(long cells) {
        Tensor t = tensor(cells);
        t.storage.pinned = true;
        return t;
    }

    /** Memory of somebody else. */
    static Tensor external(long address, long cells) {
        return new Tensor(new Tensor.Storage(cells * Float.BYTES, address), 0, cells);
    }

    /** Numbers that never change, put there before the first run. */
    Tensor constant(float[] values) {
        long address = device.allocate((long) values.length * Float.BYTES);
        constants.add(address);
        try (FloatPointer host = new FloatPointer(values)) {
            device.upload(address, host.address(), (long) values.length * Float.BYTES);
            device.synchronize();
        }
        return external(address, values.length);
    }

    private void add(Maker maker, Tensor... uses) {
        for (Tensor t : uses) if (t != null) t.storage.usedAt(makers.size());
        makers.add(maker);
    }

    private static long address(Tensor t) {
        return t == null ? 0 : t.address();
    }

    /** Appends an own kernel.
     *
     *  @param arguments as the kernel has them; a tensor, or {@link #none}, for a pointer */
    void kernel(String name, Device.Grid grid, Object... arguments) {
        for (Object o : arguments) if (o instanceof Tensor t) t.storage.usedAt(makers.size());
        makers.add(() -> {
            Object[] values = arguments.clone();
            for (int i = 0; i < values.length; i++) if (values[i] instanceof Tensor t) values[i] = t.address();
            return device.kernel(name, grid, values);
        });
    }

    /** The argument of a kernel that stands for no tensor. */
    static Object orNone(Tensor t) {
        return t == null ? Long.valueOf(0) : t;
    }

    /** {@code y [rows, outs] = x [rows, ins] w + bias}, {@code w} column by column [ins, outs]. */
    void dense(Tensor x, Tensor w, Tensor y, long rows, int ins, int outs, Tensor bias, boolean relu, boolean add) {
        add(() -> device.product(new Device.Product(true, false, outs, (int) rows, ins, w.address(), ins, x.address(), ins, y.address(), outs, add, address(bias), relu)), x, w, y, bias);
    }

    /** Gradient of the input: {@code dx = g w'}. */
    void denseData(Tensor g, Tensor w, Tensor dx, long rows, int ins, int outs, boolean add) {
        add(() -> device.product(new Device.Product(false, false, ins, (int) rows, outs, w.address(), ins, g.address(), outs, dx.address(), ins, add, 0, false)), g, w, dx);
    }

    /** Gradient of the weights: {@code dw = x' g}. */
    void denseWeights(Tensor x, Tensor g, Tensor dw, long rows, int ins, int outs) {
        add(() -> device.product(new Device.Product(false, true, ins, outs, (int) rows, x.address(), ins, g.address(), outs, dw.address(), ins, false, 0, false)), x, g, dw);
    }

    void convolution(Device.Pass pass, Device.Convolution shape, Tensor x, Tensor w, Tensor y) {
        add(() -> device.convolution(pass, shape, x.address(), w.address(), y.address()), x, w, y);
    }

    /** Numbers as bf16, two in a cell. */
    Tensor halves(Tensor x) {
        Tensor y = tensor((x.length + 1) / 2);
        kernel("to_halves", Device.Grid.elements(x.length), x, y, x.length);
        return y;
    }

    /** A convolution of bf16 whose result is to be float32. @param result of {@code to}'s cells */
    void fromHalves(Tensor x, Tensor to) {
        kernel("from_halves", Device.Grid.elements(to.length), x, to, to.length);
    }

    void copy(Tensor from, Tensor to) {
        add(() -> {
            long source = from.address();
            long target = to.address();
            return () -> device.copy(target, source, to.bytes());
        }, from, to);
    }

    void zero(Tensor t) {
        add(() -> {
            long at = t.address();
            return () -> device.zero(at, t.bytes());
        }, t);
    }

    /** Gives every tensor its memory and makes the calls. None can be added afterwards.
     *
     *  @throws UnsupportedOperationException if the device has not so much memory, or cannot do a call */
    void allocate() {
        List<Tensor.Storage> order = new ArrayList<>();
        for (Tensor.Storage s : storages) {
            if (s.pinned) {
                s.first = 0;
                s.last = makers.size();
            }
            if (s.last >= 0) order.add(s);
        }
        // Big ones first, each at the lowest free place: near the optimum for the chains that networks are.
        order.sort(Comparator.comparingLong((Tensor.Storage s) -> -s.bytes).thenComparingInt(s -> s.first));
        List<Tensor.Storage> placed = new ArrayList<>();
        for (Tensor.Storage s : order) {
            TreeMap<Long, Long> busy = new TreeMap<>();
            for (Tensor.Storage other : placed)
                if (other.first <= s.last && s.first <= other.last) busy.merge(other.address, other.address + round(other.bytes), Math::max);
            long at = 0;
            for (Map.Entry<Long, Long> span : busy.entrySet()) {
                if (span.getKey() - at >= round(s.bytes)) break;
                at = Math.max(at, span.getValue());
            }
            s.address = at;
            bytes = Math.max(bytes, at + round(s.bytes));
            placed.add(s);
        }
        if (bytes > 0) arena = device.allocate(bytes);
        for (Tensor.Storage s : order) s.address += arena;
        for (Maker maker : makers) calls.add(maker.make());
    }

    private static long round(long n) {
        return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    void run() {
        if (recorded == null && ran) recorded = device.record(this::each);
        if (recorded != null) recorded.run();
        else each();
        ran = true;
    }

    private void each() {
        for (int i = 0; i < calls.size(); i++) calls.get(i).run();
    }

    long bytes() {
        return bytes;
    }

    @Override public void close() {
        if (recorded != null) recorded.close();
        recorded = null;
        calls.forEach(Device.Call::close);
        calls.clear();
        constants.forEach(device::free);
        constants.clear();
        if (arena != 0) device.free(arena);
        arena = 0;
    }
}
