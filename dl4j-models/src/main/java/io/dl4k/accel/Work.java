package io.dl4k.accel;

import io.dl4k.accel.program.Op;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;

/** How much a program computes. */
final class Work {
    private Work() { }

    /** Multiply-adds of one run; a training step counts thrice its forward pass. */
    static long multiplyAdds(Program program) {
        long sum = 0;
        for (Op op : program.forward()) sum += one(program, op);
        return program.training() ? 3 * sum : sum;
    }

    private static long one(Program program, Op op) {
        Shape out = program.buffers().get(op.out());
        if (op instanceof Op.Dense d) {
            long outs = out.dims()[out.dims().length - 1];
            return out.length() / outs * d.weights().length();
        }
        if (op instanceof Op.Convolution c) return out.a() * out.c() * out.d() * c.weights().length();
        if (op instanceof Op.Lstm l) return out.a() * out.b() * (l.spec().weights().length() + l.spec().recurrent().length());
        if (op instanceof Op.SimpleRnn r) return out.a() * out.b() * (r.spec().weights().length() + r.spec().recurrent().length());
        return out.length();
    }
}
