package io.dl4k.accel.onednn;

import io.dl4k.accel.program.Op;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;

/** How long an operation takes on one thread, by its size alone: the choice of threads must not depend on a clock, or the same seed would not
 *  give the same bytes. Only the order of magnitude counts; the rates are those of one Zen 4 core (docs/acceleration.md). */
final class Cost {
    /** Multiply-adds a nanosecond that a product reaches. */
    private static final double PRODUCTS = 40;
    /** Bytes a nanosecond that something elementwise reads and writes, mostly in the caches. */
    private static final double BYTES = 40;
    /** Elementwise calls of an LSTM's step, each over as many cells as there are hidden units. */
    private static final int CELL_CALLS = 12;
    /** What must be saved, in nanoseconds, before OpenMP's threads are woken: with OMP_WAIT_POLICY=PASSIVE a thread that sleeps in the kernel is
     *  back after some 40 us even on a machine that has nothing else to do, and much later where another process has its core. */
    private static final double MEETING = 50_000;
    /** How much dearer it is to wake threads of our own for lanes. */
    private static final double LANES = 1.5;

    private Cost() { }

    /** Whether {@code threads} threads do this faster than one. */
    static boolean pays(double nanos, int threads) {
        return nanos * (1 - 1.0 / threads) > MEETING;
    }

    /** How many of {@code threads} threads do this fastest. */
    static int threads(double nanos, int threads) {
        return threads > 1 && pays(nanos, threads) ? threads : 1;
    }

    static double ofProduct(double multiplyAdds) {
        return multiplyAdds / PRODUCTS;
    }

    /** Of something that reads and writes so many bytes, and does little with them. */
    static double ofBytes(long bytes) {
        return bytes / BYTES;
    }

    /** Of the longest call of an operation; its backward pass has calls of about the same size. What runs in lanes counts less. */
    static double of(Program program, Op op) {
        Shape in = program.buffers().get(op.in());
        Shape out = program.buffers().get(op.out());
        if (op instanceof Op.Dense d) {
            long outs = out.dims()[out.dims().length - 1];
            return ofProduct((double) (out.length() / outs) * d.weights().length());
        }
        if (op instanceof Op.Convolution c) return ofProduct((double) out.a() * out.c() * out.d() * c.weights().length());
        if (op instanceof Op.Lstm l) return out.a() * out.b() * (l.spec().weights().length() + l.spec().recurrent().length()) / PRODUCTS / LANES + CELL_CALLS * ofBytes(out.length() * Float.BYTES) / LANES;
        if (op instanceof Op.SimpleRnn r) return out.a() * out.b() * (r.spec().weights().length() + r.spec().recurrent().length()) / PRODUCTS / LANES;
        return ofBytes((in.length() + out.length()) * Float.BYTES);
    }
}
