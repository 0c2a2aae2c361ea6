package io.dl4k.accel.check;

import io.dl4k.accel.program.Op;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;
import io.dl4k.accel.program.UpdatePlan;

/** The least that a step must do, counted from its program.
 *
 *  @param flops of all products, a multiplication and an addition each; elementwise work is not counted
 *  @param bytes each operation's inputs read once and results written once, weights and updater state likewise, float32 */
public record Work(double flops, double bytes) {
    /** Adds up.
     *
     *  @param program with or without a backward pass */
    static Work of(Program program) {
        double flops = 0;
        double cells = 0;
        for (Op op : program.forward()) {
            flops += flops(op, program);
            cells += cells(op, program);
        }
        for (Program.Backward back : program.backward()) {
            // Gradients of the weights and, where someone needs them, of the input: a product each as large as the forward one.
            flops += flops(back.op(), program) * (back.first().needed() ? 2 : 1);
            // Both again, with the gradient coming in and the one going out.
            cells += cells(back.op(), program) + program.buffers().get(back.op().out()).length() + (back.first().needed() ? program.buffers().get(back.op().in()).length() : 0);
        }
        return new Work(flops, cells * Float.BYTES);
    }

    /** The update: weights, gradient and state read, weights and state written. */
    Work and(UpdatePlan update) {
        double cells = 0;
        for (UpdatePlan.Block b : update.blocks()) cells += (3.0 + 2 * b.updater().states()) * b.length();
        return new Work(flops, bytes + cells * Float.BYTES);
    }

    private static double flops(Op op, Program program) {
        Shape in = program.buffers().get(op.in());
        Shape out = program.buffers().get(op.out());
        if (op instanceof Op.Dense o) return 2.0 * out.length() / out.dims()[out.dims().length - 1] * o.weights().length();
        if (op instanceof Op.Convolution o) return 2.0 * out.a() * out.c() * out.d() * o.weights().length();
        if (op instanceof Op.Lstm o) return 2.0 * in.a() * in.b() * (o.spec().weights().length() + o.spec().recurrent().length());
        if (op instanceof Op.SimpleRnn o) return 2.0 * in.a() * in.b() * (o.spec().weights().length() + o.spec().recurrent().length());
        return 0;
    }

    private static double cells(Op op, Program program) {
        // Another shape of the same cells.
        if (op instanceof Op.View || op instanceof Op.Flatten || op instanceof Op.Unflatten) return 0;
        double cells = program.buffers().get(op.in()).length() + program.buffers().get(op.out()).length();
        if (op instanceof Op.Dense o) return cells + o.weights().length();
        if (op instanceof Op.Convolution o) return cells + o.weights().length();
        if (op instanceof Op.Lstm o) return cells + o.spec().weights().length() + o.spec().recurrent().length();
        if (op instanceof Op.SimpleRnn o) return cells + o.spec().weights().length() + o.spec().recurrent().length();
        if (op instanceof Op.Embedding o) return cells + (double) program.buffers().get(o.out()).length();
        if (op instanceof Op.Merge o) return cells + program.buffers().get(o.second()).length();
        return cells;
    }
}
