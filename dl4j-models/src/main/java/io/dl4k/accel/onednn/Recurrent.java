package io.dl4k.accel.onednn;

import static io.dl4k.accel.onednn.Dnn.check;
import static io.dl4k.accel.onednn.Dnn.query;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.dl4k.accel.program.Activation;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.LayerSpec;
import io.dl4k.accel.program.Param;
import io.dl4k.accel.program.Shape;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** One recurrent layer in one direction: oneDNN's own primitive over all steps, with DL4J's parameters rearranged around it. */
final class Recurrent {
    /** oneDNN's gates are input, forget, candidate, output; the numbers are DL4J's column blocks. */
    private static final int[] LSTM_BLOCKS = {3, 1, 0, 2};
    private static final int[] ONE_BLOCK = {0};
    private static final int OVERWRITE_GRADIENT = 1;

    private final Plan plan;
    private final Kernels.Memory memory;
    private final boolean training;
    private int[] blocks;
    private long steps;
    private long batch;
    private long in;
    private long out;
    private Param weights;
    private Param recurrent;
    private Param bias;
    private int direction;
    private Tensor src;
    private Tensor dst;
    private Tensor workspace;
    private Tensor b;
    /** Zeros. Without a start that is given, oneDNN 3.11 computes a wrong gradient of the recurrent weights. */
    private Tensor start;
    private dnnl_primitive_desc forward;
    private int activation;
    private float alpha;

    Recurrent(Plan plan, Kernels.Memory memory, boolean training) {
        this.plan = plan;
        this.memory = memory;
        this.training = training;
    }

    Tensor lstm(LayerSpec.Lstm spec, Tensor src, Shape shape) {
        set(LSTM_BLOCKS, src, shape, spec.out(), spec.weights(), spec.recurrent(), spec.bias(), spec.backward());
        forward = plan.own(new dnnl_primitive_desc());
        check(dnnl_lstm_forward_primitive_desc_create(forward, plan.dnn.engine, training ? dnnl_forward_training : dnnl_forward_inference, direction, src.desc, stateDesc(), stateDesc(),
                anyWeights(in), anyWeights(out), null, null, biasDesc(), dstDesc(), null, null, 0, null), "LSTM");
        return run("lstm");
    }

    Tensor simple(LayerSpec.SimpleRnn spec, Tensor src, Shape shape) {
        set(ONE_BLOCK, src, shape, spec.out(), spec.weights(), spec.recurrent(), spec.bias(), spec.backward());
        Activation a = spec.activation();
        activation = switch (a.kind()) {
            case RELU -> dnnl_eltwise_relu;
            case TANH -> dnnl_eltwise_tanh;
            case SIGMOID -> dnnl_eltwise_logistic;
            default -> throw new UnsupportedOperationException("a simple recurrent layer with " + a.kind());
        };
        alpha = a.alpha();
        forward = plan.own(new dnnl_primitive_desc());
        check(dnnl_vanilla_rnn_forward_primitive_desc_create(forward, plan.dnn.engine, training ? dnnl_forward_training : dnnl_forward_inference, activation, direction, src.desc, stateDesc(),
                anyWeights(in), anyWeights(out), biasDesc(), dstDesc(), null, 0, alpha, 0, null), "simple recurrent layer");
        return run("simple rnn");
    }

    private void set(int[] blocks, Tensor src, Shape shape, int out, Param weights, Param recurrent, Param bias, boolean backward) {
        this.blocks = blocks;
        this.src = src;
        this.steps = shape.a();
        this.batch = shape.b();
        this.in = shape.c();
        this.out = out;
        this.weights = weights;
        this.recurrent = recurrent;
        this.bias = bias;
        this.direction = backward ? dnnl_unidirectional_right2left : dnnl_unidirectional_left2right;
    }

    private dnnl_memory_desc anyWeights(long rows) {
        return plan.scope.any(1, 1, rows, blocks.length, out);
    }

    private dnnl_memory_desc biasDesc() {
        return plan.scope.plain(1, 1, blocks.length, out);
    }

    private dnnl_memory_desc stateDesc() {
        return plan.scope.plain(1, 1, batch, out);
    }

    private dnnl_memory_desc dstDesc() {
        return plan.scope.plain(steps, batch, out);
    }

    private Object[] with(Object[] args, Object... more) {
        Object[] all = java.util.Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return all;
    }

    private Object[] inputs(Tensor w, Tensor rw) {
        Object[] args = {DNNL_ARG_SRC_LAYER, src, DNNL_ARG_SRC_ITER, start, DNNL_ARG_WEIGHTS_LAYER, w, DNNL_ARG_WEIGHTS_ITER, rw, DNNL_ARG_BIAS, b, DNNL_ARG_DST_LAYER, dst};
        if (blocks.length > 1) args = with(args, DNNL_ARG_SRC_ITER_C, start);
        return training ? with(args, DNNL_ARG_WORKSPACE, workspace) : args;
    }

    private Tensor run(String name) {
        Tensor w = load(weights, in, query(forward, dnnl_query_weights_md, 0));
        Tensor rw = load(recurrent, out, query(forward, dnnl_query_weights_md, 1));
        b = loadBias();
        start = plan.pinned(stateDesc());
        dst = plan.tensor(dstDesc());
        if (training) workspace = plan.tensor(query(forward, dnnl_query_workspace_md, 0));
        plan.primitive(name, forward, inputs(w, rw));
        return dst;
    }

    /** One gate's block of a DL4J matrix: column by column, so rows are adjacent. */
    private dnnl_memory_desc blockDesc(long rows) {
        return plan.scope.strided(new long[] {1, 1, rows, 1, out}, new long[] {rows * out, rows * out, 1, rows * out, rows});
    }

    private dnnl_memory_desc gate(dnnl_memory_desc whole, long rows, int gate) {
        return plan.scope.part(whole, new long[] {1, 1, rows, 1, out}, new long[] {0, 0, 0, gate, 0});
    }

    private Tensor load(Param p, long rows, dnnl_memory_desc layout) {
        Tensor to = plan.tensor(layout);
        for (int g = 0; g < blocks.length; g++) {
            Tensor from = plan.external(blockDesc(rows), memory.params() + (p.offset() + blocks[g] * rows * out) * Float.BYTES);
            plan.reorder("gate weights", from, blocks.length == 1 ? to : plan.alias(to, gate(layout, rows, g)));
        }
        return to;
    }

    private void store(Tensor from, Param p, long rows) {
        for (int g = 0; g < blocks.length; g++) {
            Tensor to = plan.external(blockDesc(rows), memory.gradient() + (p.offset() + blocks[g] * rows * out) * Float.BYTES);
            plan.reorder("gate weights gradient", blocks.length == 1 ? from : plan.alias(from, gate(from.desc, rows, g)), to);
        }
    }

    private Tensor loadBias() {
        Tensor to = plan.tensor(biasDesc());
        Tensor from = plan.external(plan.scope.plain(bias.length()), memory.params() + bias.offset() * Float.BYTES);
        float[] chunk = new float[(int) out];
        plan.call("gate bias", () -> {
            for (int g = 0; g < blocks.length; g++) {
                from.floats().get((int) (blocks[g] * out), chunk);
                to.floats().put((int) (g * out), chunk);
            }
        }, to);
        return to;
    }

    private void storeBias(Tensor from) {
        Tensor to = plan.external(plan.scope.plain(bias.length()), memory.gradient() + bias.offset() * Float.BYTES);
        float[] chunk = new float[(int) out];
        plan.call("gate bias gradient", () -> {
            for (int g = 0; g < blocks.length; g++) {
                from.floats().get((int) (g * out), chunk);
                to.floats().put((int) (blocks[g] * out), chunk);
            }
        }, from);
    }

    /** Adds the backward calls; returns the gradient of the input. */
    Tensor lstmGradient(Tensor g) {
        dnnl_primitive_desc pd = plan.own(new dnnl_primitive_desc());
        check(dnnl_lstm_backward_primitive_desc_create(pd, plan.dnn.engine, dnnl_backward, direction, src.desc, stateDesc(), stateDesc(), anyWeights(in), anyWeights(out), null, null, biasDesc(), dstDesc(),
                null, null, src.desc, stateDesc(), stateDesc(), anyWeights(in), anyWeights(out), null, null, biasDesc(), dstDesc(), null, null, OVERWRITE_GRADIENT, forward, null), "LSTM gradient");
        return runGradient("lstm gradient", pd, g);
    }

    Tensor simpleGradient(Tensor g) {
        dnnl_primitive_desc pd = plan.own(new dnnl_primitive_desc());
        check(dnnl_vanilla_rnn_backward_primitive_desc_create(pd, plan.dnn.engine, dnnl_backward, activation, direction, src.desc, stateDesc(), anyWeights(in), anyWeights(out), biasDesc(), dstDesc(),
                null, src.desc, stateDesc(), anyWeights(in), anyWeights(out), biasDesc(), dstDesc(), null, OVERWRITE_GRADIENT, alpha, 0, forward, null), "simple recurrent layer gradient");
        return runGradient("simple rnn gradient", pd, g);
    }

    private Tensor runGradient(String name, dnnl_primitive_desc pd, Tensor g) {
        Tensor w = load(weights, in, query(pd, dnnl_query_weights_md, 0));
        Tensor rw = load(recurrent, out, query(pd, dnnl_query_weights_md, 1));
        Tensor dw = plan.tensor(query(pd, dnnl_query_diff_weights_md, 0));
        Tensor drw = plan.tensor(query(pd, dnnl_query_diff_weights_md, 1));
        Tensor db = plan.tensor(biasDesc());
        Tensor dx = plan.tensor(src.desc);
        Tensor dStart = plan.tensor(stateDesc());
        Object[] args = with(inputs(w, rw), DNNL_ARG_DIFF_SRC_LAYER, dx, DNNL_ARG_DIFF_SRC_ITER, dStart, DNNL_ARG_DIFF_WEIGHTS_LAYER, dw, DNNL_ARG_DIFF_WEIGHTS_ITER, drw,
                DNNL_ARG_DIFF_BIAS, db, DNNL_ARG_DIFF_DST_LAYER, g);
        if (blocks.length > 1) args = with(args, DNNL_ARG_DIFF_SRC_ITER_C, plan.tensor(stateDesc()));
        plan.primitive(name, pd, args);
        store(dw, weights, in);
        store(drw, recurrent, out);
        storeBias(db);
        return dx;
    }
}
