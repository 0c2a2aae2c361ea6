package io.dl4k.accel.onednn;

import static io.dl4k.accel.onednn.Dnn.check;
import static io.dl4k.accel.onednn.Dnn.longs;
import static io.dl4k.accel.onednn.Dnn.query;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.dl4k.accel.program.Activation;
import io.dl4k.accel.program.ForeignLayer;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.LayerSpec;
import io.dl4k.accel.program.NetSpec;
import io.dl4k.accel.program.Op;
import io.dl4k.accel.program.Param;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;
import io.dl4k.accel.program.Window;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Makes a plan of oneDNN primitives from a program. A gradient has the layout of what it is the gradient of. */
final class Binder {
    private final Program program;
    private final Kernels.Memory memory;
    private final Plan plan;
    private final Dnn dnn;
    private final Run run;
    private final Map<Integer, Tensor> tensors = new HashMap<>();
    /** What the forward pass keeps for the backward pass: primitive descriptors, workspaces, masks. */
    private final Map<Op, Saved> saved = new HashMap<>();
    /** By buffer: steps of each row, found anew in each run. */
    private final Map<Integer, int[]> lengths = new HashMap<>();
    private final Map<Op, Recurrent> recurrents = new HashMap<>();
    private final Map<Op, ForeignLayer.Bound> foreign = new HashMap<>();
    private Tensor ones;

    /** What changes from run to run, read by the Java calls. */
    static final class Run {
        Kernels.Feed feed;
        double score;
    }

    private record Saved(dnnl_primitive_desc pd, Tensor a, Tensor b, Tensor c) { }

    Binder(Program program, Kernels.Memory memory, Plan plan, Run run) {
        this.program = program;
        this.memory = memory;
        this.plan = plan;
        this.dnn = plan.dnn;
        this.run = run;
    }

    /** Tensors at the caller's addresses. */
    record Ends(Tensor features, Tensor labels, Tensor result) { }

    Ends bind() {
        Tensor features = input();
        for (Op op : program.forward()) {
            plan.forWork(Cost.of(program, op));
            forward(op);
        }
        Tensor labels = null;
        Tensor result = null;
        Tensor output = tensors.get(program.output());
        if (program.training()) {
            labels = loss(tensors.get(program.loss().output()));
            for (Program.Backward b : program.backward()) backward(b);
        } else {
            result = plan.external(outside(program.buffers().get(program.output())), 0);
            plan.reorder("output", output, result);
        }
        plan.allocate();
        return new Ends(features, labels, result);
    }

    private Tensor input() {
        Shape s = program.buffers().get(0);
        long a = s.a();
        long b = s.b();
        long c = s.c();
        long d = s.d();
        dnnl_memory_desc desc = switch (program.net().input()) {
            case TABLE -> plan.scope.plain(a, b);
            case NCHW -> plan.scope.plain(a, b, c, d);
            case NHWC -> plan.scope.strided(s.dims(), new long[] {b * c * d, 1, d * b, b});
            case NCW -> plan.scope.strided(s.dims(), new long[] {1, c * a, a});
            case NWC, TOKENS -> plan.scope.strided(s.dims(), new long[] {c, a * c, 1});
            case BY_RANK -> border(s);
        };
        Tensor features = plan.external(desc, 0);
        boolean tokens = program.forward().get(0) instanceof Op.Embedding;
        if (s.kind() == Shape.Kind.SEQUENCE || tokens) {
            Tensor inside = plan.tensor(plain(s));
            plan.reorder("input", features, inside);
            tensors.put(0, inside);
        } else {
            tensors.put(0, features);
        }
        return features;
    }

    /** DL4J's order of an output or of labels. */
    private dnnl_memory_desc outside(Shape s) {
        if (s.kind() != Shape.Kind.SEQUENCE) return plan.scope.plain(s.dims());
        if (program.net().input() == NetSpec.InputKind.NWC) return plan.scope.strided(s.dims(), new long[] {s.c(), s.a() * s.c(), 1});
        return plan.scope.strided(s.dims(), new long[] {1, s.c() * s.a(), s.a()});
    }

    /** DL4J's order of what a layer of its own takes and gives. */
    private dnnl_memory_desc border(Shape s) {
        return s.kind() == Shape.Kind.IMAGE ? image(s, program.net().channelsLast()) : outside(s);
    }

    private dnnl_memory_desc plain(Shape s) {
        return plan.scope.plain(s.dims());
    }

    private Shape shape(int buffer) {
        return program.buffers().get(buffer);
    }

    private Tensor in(Op op) {
        return tensors.get(op.in());
    }

    private Tensor param(Param p, dnnl_memory_desc desc) {
        return plan.external(desc, memory.params() + p.offset() * Float.BYTES);
    }

    private Tensor gradient(Param p, dnnl_memory_desc desc) {
        return plan.external(desc, memory.gradient() + p.offset() * Float.BYTES);
    }

    private dnnl_primitive_desc pd() {
        return plan.own(new dnnl_primitive_desc());
    }

    private int kind() {
        return program.training() ? dnnl_forward_training : dnnl_forward_inference;
    }

    private Tensor out(Op op, dnnl_memory_desc desc) {
        Tensor t = plan.tensor(desc);
        tensors.put(op.out(), t);
        return t;
    }

    /** Table view of a table or a sequence. */
    private Tensor rows(Tensor t, Shape s) {
        return s.kind() == Shape.Kind.SEQUENCE ? plan.alias(t, plan.scope.plain(s.a() * s.b(), s.c())) : t;
    }

    // Forward.

    private void forward(Op op) {
        if (op instanceof Op.Dense o) dense(o);
        else if (op instanceof Op.Convolution o) convolution(o);
        else if (op instanceof Op.Pool o) pool(o);
        else if (op instanceof Op.PoolSteps o) saved.put(o, new Saved(null, Steps.pool(plan, run, o, in(o), out(o, plain(shape(o.out()))), shape(o.in())), null, null));
        else if (op instanceof Op.BatchNorm o) batchNorm(o);
        else if (op instanceof Op.Activate o) activate(o);
        else if (op instanceof Op.Dropout o) dropout(o);
        else if (op instanceof Op.View o) tensors.put(o.out(), plan.alias(in(o), plain(shape(o.out()))));
        else if (op instanceof Op.Flatten o) {
            Shape s = shape(o.in());
            Tensor flat = plan.as("flatten", in(o), image(s, o.channelsLast()));
            tensors.put(o.out(), plan.alias(flat, plain(shape(o.out()))));
        } else if (op instanceof Op.Unflatten o) {
            tensors.put(o.out(), plan.alias(in(o), image(shape(o.out()), o.channelsLast())));
        } else if (op instanceof Op.StepsToImage o) {
            tensors.put(o.out(), plan.alias(in(o), stepsAsImage(shape(o.out()))));
        } else if (op instanceof Op.ImageToSteps o) {
            Tensor steps = plan.as("steps", in(o), stepsAsImage(shape(o.in())));
            tensors.put(o.out(), plan.alias(steps, plain(shape(o.out()))));
        } else if (op instanceof Op.Lstm o) {
            tensors.put(o.out(), recurrent(o, new LstmSteps(o.spec(), steps(o))).forward());
        } else if (op instanceof Op.SimpleRnn o) {
            tensors.put(o.out(), recurrent(o, new SimpleSteps(o.spec(), steps(o))).forward());
        } else if (op instanceof Op.Merge o) merge(o);
        else if (op instanceof Op.MaskSteps o) Steps.mask(plan, run, in(o), out(o, plain(shape(o.out()))), shape(o.in()));
        else if (op instanceof Op.ReverseSteps o) {
            int[] kept = lengths.computeIfAbsent(o.lengthsOf(), buffer -> {
                int[] made = new int[(int) shape(o.in()).b()];
                if (buffer < 0) Steps.lengths(plan, run, shape(o.in()), made);
                else Steps.lengths(plan, tensors.get(buffer), shape(buffer), made);
                return made;
            });
            Steps.reverse(plan, in(o), out(o, plain(shape(o.out()))), shape(o.in()), kept);
        } else if (op instanceof Op.LastStep o) Steps.last(plan, run, in(o), out(o, plain(shape(o.out()))), shape(o.in()), o.masked());
        else if (op instanceof Op.Embedding o) Embeddings.gather(plan, o, in(o), out(o, plain(shape(o.out()))), param(o.spec().weights(), plan.scope.plain(o.spec().weights().length())),
                o.spec().bias() == null ? null : param(o.spec().bias(), plan.scope.plain(o.spec().out())));
        else if (op instanceof Op.Foreign o) foreign(o);
    }

    private void foreign(Op.Foreign o) {
        ForeignLayer.Bound bound = plan.own(o.layer().bind(shape(o.in()).outside(program.net().channelsLast()), shape(o.out()).outside(program.net().channelsLast()), program.batch(), program.training()));
        foreign.put(o, bound);
        plan.reorder("to " + o.layer().name(), in(o), plan.external(border(shape(o.in())), bound.input()));
        plan.foreign(o.layer().name(), bound::forward);
        tensors.put(o.out(), inside(o.out(), bound.output()));
    }

    private Tensor foreignGradient(Op.Foreign o, Tensor g, boolean needed) {
        ForeignLayer.Bound bound = foreign.get(o);
        plan.reorder("to " + o.layer().name() + " gradient", g, plan.external(border(shape(o.out())), bound.outputGradient()));
        plan.foreign(o.layer().name() + " gradient", () -> bound.backward(needed));
        return needed ? plan.as("gradient", inside(o.in(), bound.inputGradient()), in(o).desc) : null;
    }

    /** What a foreign layer wrote, as the operations here take it. */
    private Tensor inside(int buffer, long address) {
        Tensor outside = plan.external(border(shape(buffer)), address);
        return shape(buffer).kind() == Shape.Kind.SEQUENCE ? plan.as("steps", outside, plain(shape(buffer))) : outside;
    }

    private Recurrent recurrent(Op op, Recurrent made) {
        recurrents.put(op, made);
        return made;
    }

    private Recurrent.Place steps(Op op) {
        return new Recurrent.Place(plan, memory, program.training(), in(op), shape(op.in()));
    }

    /** An image in row-major order, of a kind: channels before or after rows and columns. */
    private dnnl_memory_desc image(Shape s, boolean channelsLast) {
        return channelsLast ? plan.scope.strided(s.dims(), new long[] {s.b() * s.c() * s.d(), 1, s.d() * s.b(), s.b()}) : plan.scope.plain(s.dims());
    }

    /** Sequence memory [time, batch, features] seen as image [batch, features, time, 1]. */
    private dnnl_memory_desc stepsAsImage(Shape image) {
        return plan.scope.strided(image.dims(), new long[] {image.b(), 1, image.a() * image.b(), 1});
    }

    private void dense(Op.Dense o) {
        Shape s = shape(o.out());
        Tensor src = rows(in(o), shape(o.in()));
        long outs = s.dims()[s.dims().length - 1];
        long ins = o.weights().length() / outs;
        dnnl_memory_desc w = plan.scope.plain(outs, ins);
        dnnl_memory_desc b = o.bias() == null ? null : plan.scope.plain(outs);
        dnnl_memory_desc y = plan.scope.plain(s.length() / outs, outs);
        Tensor out = plan.tensor(y);
        dnnl_primitive_desc pd = pd();
        check(dnnl_inner_product_forward_primitive_desc_create(pd, dnn.engine, kind(), src.desc, w, b, y, fused(o.activation())), "dense");
        if (b == null) plan.primitive("dense", pd, DNNL_ARG_SRC, src, DNNL_ARG_WEIGHTS, param(o.weights(), w), DNNL_ARG_DST, out);
        else plan.primitive("dense", pd, DNNL_ARG_SRC, src, DNNL_ARG_WEIGHTS, param(o.weights(), w), DNNL_ARG_BIAS, param(o.bias(), b), DNNL_ARG_DST, out);
        saved.put(o, new Saved(pd, src, out, null));
        tensors.put(o.out(), s.kind() == Shape.Kind.SEQUENCE ? plan.alias(out, plain(s)) : out);
    }

    private dnnl_primitive_attr fused(Activation a) {
        if (a.isIdentity()) return null;
        Dnn.PostOps ops = plan.scope.postOps();
        appendTo(ops, a);
        return ops.attr();
    }

    private static void appendTo(Dnn.PostOps ops, Activation a) {
        if (a.kind() == Activation.Kind.SELU) ops.eltwise(dnnl_eltwise_elu, Elementwise.SELU_ALPHA, 0).eltwise(dnnl_eltwise_linear, Elementwise.SELU_SCALE, 0);
        else ops.eltwise(Elementwise.algorithm(a, false), Elementwise.alpha(a), Elementwise.beta(a));
    }

    private void activate(Op.Activate o) {
        Tensor src = in(o);
        Tensor dst = out(o, src.desc);
        dnnl_primitive_desc pd = pd();
        if (o.activation().kind() == Activation.Kind.SOFTMAX) {
            int axis = shape(o.in()).dims().length - 1;
            if (shape(o.in()).kind() == Shape.Kind.IMAGE) axis = 1;
            check(dnnl_softmax_forward_primitive_desc_create(pd, dnn.engine, kind(), dnnl_softmax_accurate, src.desc, dst.desc, axis, null), "softmax");
        } else if (o.activation().kind() == Activation.Kind.SELU) {
            // The only way to two elementwise functions in one pass: after a multiplication by 1.
            dnnl_memory_desc one = plan.scope.plain(ones(src.desc, shape(o.in())));
            check(dnnl_binary_primitive_desc_create(pd, dnn.engine, dnnl_binary_mul, src.desc, one, dst.desc, fused(o.activation())), "selu");
            plan.primitive("selu", pd, DNNL_ARG_SRC_0, src, DNNL_ARG_SRC_1, one(one), DNNL_ARG_DST, dst);
            saved.put(o, new Saved(eltwise(o.activation(), src, false), null, null, null));
            return;
        } else {
            pd = eltwise(o.activation(), src, o.activation().differentiableFromOutput());
        }
        plan.primitive(o.activation().kind().name().toLowerCase(java.util.Locale.ROOT), pd, DNNL_ARG_SRC, src, DNNL_ARG_DST, dst);
        saved.put(o, new Saved(pd, null, null, null));
    }

    private static long[] ones(dnnl_memory_desc desc, Shape s) {
        long[] dims = s.dims();
        java.util.Arrays.fill(dims, 1);
        return dims;
    }

    private Tensor one(dnnl_memory_desc desc) {
        if (ones == null) {
            ones = plan.pinned(plan.scope.plain(1));
            Tensor t = ones;
            plan.call("one", () -> t.floats().put(0, 1f), t);
        }
        return plan.alias(ones, desc);
    }

    private dnnl_primitive_desc eltwise(Activation a, Tensor src, boolean fromOutput) {
        dnnl_primitive_desc pd = pd();
        check(dnnl_eltwise_forward_primitive_desc_create(pd, dnn.engine, kind(), Elementwise.algorithm(a, false), src.desc, src.desc, Elementwise.alpha(a), Elementwise.beta(a), null), a.kind().name());
        return pd;
    }

    private void convolution(Op.Convolution o) {
        Shape s = shape(o.in());
        Shape d = shape(o.out());
        Tensor src = in(o);
        long[] dims = {d.b(), s.b(), o.window().kernelH(), o.window().kernelW()};
        dnnl_memory_desc any = plan.scope.any(dims);
        dnnl_memory_desc b = o.bias() == null ? null : plan.scope.plain(d.b());
        // With few channels oneDNN has kernels for the plain layouts, with AVX2 for a plain input only; otherwise it chooses its own.
        dnnl_primitive_desc pd = s.b() <= 4 ? forward(o, src.desc, any, b) : null;
        if (pd == null || !Dnn.isFast(pd)) {
            dnnl_primitive_desc other = forward(o, plan.scope.any(s.dims()), any, b);
            if (pd == null || Dnn.isFast(other) || Dnn.isReference(pd)) pd = other;
        }
        Tensor from = plan.as("convolution input", src, query(pd, dnnl_query_src_md, 0));
        Tensor w = plan.as("weights", param(o.weights(), weights(o, dims)), query(pd, dnnl_query_weights_md, 0));
        Tensor out = out(o, query(pd, dnnl_query_dst_md, 0));
        if (b == null) plan.primitive("convolution", pd, DNNL_ARG_SRC, from, DNNL_ARG_WEIGHTS, w, DNNL_ARG_DST, out);
        else plan.primitive("convolution", pd, DNNL_ARG_SRC, from, DNNL_ARG_WEIGHTS, w, DNNL_ARG_BIAS, param(o.bias(), b), DNNL_ARG_DST, out);
        saved.put(o, new Saved(pd, from, null, null));
    }

    private dnnl_primitive_desc forward(Op.Convolution o, dnnl_memory_desc x, dnnl_memory_desc w, dnnl_memory_desc b) {
        Window k = o.window();
        dnnl_primitive_desc pd = pd();
        check(dnnl_convolution_forward_primitive_desc_create(pd, dnn.engine, kind(), dnnl_convolution_direct, x, w, b, plan.scope.any(shape(o.out()).dims()),
                longs(k.strideH(), k.strideW()), longs(k.dilationH() - 1, k.dilationW() - 1), longs(k.top(), k.left()), longs(k.bottom(), k.right()), fused(o.activation())), "convolution");
        return pd;
    }

    /** DL4J's layout of a convolution's weights, seen as [out, in, rows, columns]. */
    private dnnl_memory_desc weights(Op.Convolution o, long[] dims) {
        return o.rowsFirst() ? plan.scope.strided(dims, new long[] {1, dims[0], dims[0] * dims[1], 1}) : plan.scope.plain(dims);
    }

    private static int algorithm(LayerSpec.PoolKind kind) {
        return switch (kind) {
            case MAX -> dnnl_pooling_max;
            case MEAN, SUM -> dnnl_pooling_avg_exclude_padding;
            case MEAN_PADDED -> dnnl_pooling_avg_include_padding;
        };
    }

    private void pool(Op.Pool o) {
        if (o.kind() == LayerSpec.PoolKind.SUM) throw new UnsupportedOperationException("sum pooling of images");
        Tensor src = in(o);
        dnnl_primitive_desc pd = forward(o, src.desc);
        if (!Dnn.isFast(pd)) {
            // Plain layouts, and steps seen as images, lie in an order that only slow code knows.
            dnnl_memory_desc channelsLast = plan.scope.tagged(dnnl_nhwc, shape(o.in()).dims());
            dnnl_primitive_desc faster = forward(o, channelsLast);
            if (Dnn.isFast(faster)) {
                pd = faster;
                src = plan.as("pool input", src, channelsLast);
            }
        }
        Tensor out = out(o, query(pd, dnnl_query_dst_md, 0));
        if (program.training() && o.kind() == LayerSpec.PoolKind.MAX) {
            Tensor where = plan.tensor(query(pd, dnnl_query_workspace_md, 0));
            plan.primitive("pool", pd, DNNL_ARG_SRC, src, DNNL_ARG_DST, out, DNNL_ARG_WORKSPACE, where);
            saved.put(o, new Saved(pd, where, src, null));
        } else {
            plan.primitive("pool", pd, DNNL_ARG_SRC, src, DNNL_ARG_DST, out);
            saved.put(o, new Saved(pd, null, src, null));
        }
    }

    private dnnl_primitive_desc forward(Op.Pool o, dnnl_memory_desc x) {
        Window k = o.window();
        dnnl_primitive_desc pd = pd();
        check(dnnl_pooling_forward_primitive_desc_create(pd, dnn.engine, kind(), algorithm(o.kind()), x, plan.scope.any(shape(o.out()).dims()), longs(k.strideH(), k.strideW()),
                longs(k.kernelH(), k.kernelW()), longs(k.dilationH() - 1, k.dilationW() - 1), longs(k.top(), k.left()), longs(k.bottom(), k.right()), null), "pooling");
        return pd;
    }

    private void batchNorm(Op.BatchNorm o) {
        LayerSpec.BatchNorm spec = o.spec();
        Tensor src = rows(in(o), shape(o.in()));
        Tensor dst = plan.tensor(src.desc);
        tensors.put(o.out(), shape(o.out()).kind() == Shape.Kind.SEQUENCE ? plan.alias(dst, plain(shape(o.out()))) : dst);
        dnnl_memory_desc vector = plan.scope.plain(spec.size());
        int flags = dnnl_use_scale | dnnl_use_shift | (program.training() ? 0 : dnnl_use_global_stats);
        dnnl_primitive_desc pd = pd();
        check(dnnl_batch_normalization_forward_primitive_desc_create(pd, dnn.engine, kind(), src.desc, dst.desc, (float) spec.epsilon(), flags, null), "batch normalisation");
        Tensor gamma = spec.gamma() != null ? param(spec.gamma(), vector) : constant(spec.fixedGamma(), vector);
        Tensor beta = spec.beta() != null ? param(spec.beta(), vector) : constant(spec.fixedBeta(), vector);
        Tensor mean = plan.tensor(vector);
        Tensor variance = plan.tensor(vector);
        Tensor runningMean = param(spec.mean(), vector);
        Tensor runningVariance = param(spec.variance(), vector);
        if (!program.training()) {
            plan.call("running statistics", () -> Statistics.load(runningMean, runningVariance, mean, variance, spec), mean, variance);
        }
        plan.primitive("batch norm", pd, DNNL_ARG_SRC, src, DNNL_ARG_DST, dst, DNNL_ARG_SCALE, gamma, DNNL_ARG_SHIFT, beta, DNNL_ARG_MEAN, mean, DNNL_ARG_VARIANCE, variance);
        if (program.training()) {
            Tensor gradMean = gradient(spec.mean(), vector);
            Tensor gradVariance = gradient(spec.variance(), vector);
            plan.call("statistics", () -> Statistics.step(mean, variance, runningMean, runningVariance, gradMean, gradVariance, spec), mean, variance);
        }
        saved.put(o, new Saved(pd, mean, variance, gamma));
    }

    private Tensor constant(double value, dnnl_memory_desc vector) {
        Tensor t = plan.pinned(vector);
        plan.call("constant", () -> {
            for (int i = 0; i < t.length(); i++) t.floats().put(i, (float) value);
        }, t);
        return t;
    }

    private void dropout(Op.Dropout o) {
        Tensor src = in(o);
        Tensor dst = out(o, src.desc);
        Tensor mask = plan.tensor(src.desc);
        Dropout noise = new Dropout(o.index(), o.keep());
        plan.call("dropout mask", () -> noise.fill(mask.floats(), mask.length(), run.feed.step()), mask);
        multiply("dropout", src, mask, dst);
        saved.put(o, new Saved(null, mask, null, null));
    }

    private void multiply(String name, Tensor a, Tensor b, Tensor to) {
        binary(name, dnnl_binary_mul, a, b, to);
    }

    private void binary(String name, int algorithm, Tensor a, Tensor b, Tensor to) {
        plan.forWork(Cost.ofBytes(a.bytes() + b.bytes() + to.bytes()));
        dnnl_primitive_desc pd = pd();
        check(dnnl_binary_primitive_desc_create(pd, dnn.engine, algorithm, a.desc, b.desc, to.desc, null), name);
        plan.primitive(name, pd, DNNL_ARG_SRC_0, a, DNNL_ARG_SRC_1, b, DNNL_ARG_DST, to);
    }

    private void scale(String name, Tensor t, double factor) {
        dnnl_primitive_desc pd = pd();
        check(dnnl_eltwise_forward_primitive_desc_create(pd, dnn.engine, dnnl_forward_inference, dnnl_eltwise_linear, t.desc, t.desc, (float) factor, 0, null), name);
        plan.primitive(name, pd, DNNL_ARG_SRC, t, DNNL_ARG_DST, t);
    }

    /** The first or second input's share of the features or channels. */
    private Tensor part(Op.Merge o, Tensor of, boolean second) {
        long[] dims = shape(second ? o.second() : o.in()).dims();
        long[] from = new long[dims.length];
        int features = shape(o.in()).kind() == Shape.Kind.SEQUENCE ? 2 : 1;
        if (second) from[features] = shape(o.in()).dims()[features];
        return plan.alias(of, plan.scope.part(of.desc, dims, from));
    }

    private void merge(Op.Merge o) {
        Tensor a = in(o);
        Tensor b = tensors.get(o.second());
        // Channels side by side in memory, so that any number of them can be put beside others.
        boolean images = shape(o.out()).kind() == Shape.Kind.IMAGE;
        Tensor to = out(o, o.kind() != LayerSpec.MergeKind.CONCAT ? a.desc : images ? image(shape(o.out()), true) : plain(shape(o.out())));
        switch (o.kind()) {
            case CONCAT -> {
                plan.reorder("concat", a, part(o, to, false));
                plan.reorder("concat", b, part(o, to, true));
            }
            case ADD -> binary("add", dnnl_binary_add, a, plan.as("join", b, a.desc), to);
            case MUL -> {
                Tensor other = plan.as("join", b, a.desc);
                multiply("multiply", a, other, to);
                saved.put(o, new Saved(null, other, null, null));
            }
            case AVERAGE -> {
                binary("add", dnnl_binary_add, a, plan.as("join", b, a.desc), to);
                scale("half", to, 0.5);
            }
        }
    }

    // Loss.

    private Tensor loss(Tensor output) {
        Shape s = shape(program.output());
        if (s.kind() == Shape.Kind.IMAGE) throw new UnsupportedOperationException("a loss on images");
        Tensor labels = plan.external(outside(s), 0);
        Tensor targets = plan.tensor(plain(s));
        plan.reorder("labels", labels, targets);
        Tensor gradient = plan.tensor(plain(s));
        tensors.put(program.loss().gradient(), gradient);
        long outs = s.dims()[s.dims().length - 1];
        Losses losses = new Losses(program, (int) (s.length() / outs), (int) outs);
        plan.call("loss", () -> run.score = losses.run(output.floats(), targets.floats(), gradient.floats(), run.feed.labelMask()), output, targets, gradient);
        return labels;
    }

    // Backward.

    private void backward(Program.Backward back) {
        Op op = back.op();
        Tensor g = tensors.get(back.gradOut());
        plan.forWork(Cost.of(program, op));
        if (op instanceof Op.Merge o) mergeGradient(o, back, g);
        else keep(back.first(), gradient(op, back.first().needed(), g));
    }

    private void keep(Program.Gradient where, Tensor result) {
        if (!where.needed() || result == null) return;
        if (where.more()) {
            Tensor sum = tensors.get(where.buffer());
            binary("add gradients", dnnl_binary_add, sum, plan.as("gradient", result, sum.desc), sum);
        } else {
            tensors.put(where.buffer(), result);
        }
    }

    /** Adds the calls for one operation's gradient; returns the gradient of its input, or null. */
    private Tensor gradient(Op op, boolean needed, Tensor g) {
        if (op instanceof Op.Dense o) return denseGradient(o, g, needed);
        if (op instanceof Op.Convolution o) return convolutionGradient(o, g, needed);
        if (op instanceof Op.Pool o) return poolGradient(o, g, needed);
        if (op instanceof Op.BatchNorm o) return batchNormGradient(o, g);
        if (op instanceof Op.Activate o) return activateGradient(o, g);
        if (op instanceof Op.Lstm || op instanceof Op.SimpleRnn) return recurrents.get(op).gradient(g, needed);
        if (op instanceof Op.Embedding o) {
            Embeddings.scatter(plan, o, in(o), g, gradient(o.spec().weights(), plan.scope.plain(o.spec().weights().length())),
                    o.spec().bias() == null ? null : gradient(o.spec().bias(), plan.scope.plain(o.spec().out())));
            return null;
        }
        if (op instanceof Op.Foreign o) return foreignGradient(o, g, needed);
        if (!needed) return null;
        if (op instanceof Op.Dropout o) {
            multiply("dropout gradient", g, saved.get(o).a(), g);
            return g;
        }
        if (op instanceof Op.View o) return plan.alias(g, plain(shape(o.in())));
        if (op instanceof Op.Flatten o) return plan.as("unflatten", plan.alias(g, image(shape(o.in()), o.channelsLast())), in(o).desc);
        if (op instanceof Op.Unflatten o) {
            Tensor flat = plan.as("flatten gradient", g, image(shape(o.out()), o.channelsLast()));
            return plan.alias(flat, plain(shape(o.in())));
        }
        if (op instanceof Op.StepsToImage o) {
            Tensor steps = plan.as("steps gradient", g, stepsAsImage(shape(o.out())));
            return plan.alias(steps, plain(shape(o.in())));
        }
        if (op instanceof Op.ImageToSteps o) return plan.as("steps gradient", plan.alias(g, stepsAsImage(shape(o.in()))), in(o).desc);
        Tensor to = plan.tensor(in(op).desc);
        if (op instanceof Op.MaskSteps o) Steps.mask(plan, run, g, to, shape(o.in()));
        else if (op instanceof Op.ReverseSteps o) Steps.reverse(plan, g, to, shape(o.in()), lengths.get(o.lengthsOf()));
        else if (op instanceof Op.LastStep o) Steps.lastGradient(plan, run, g, to, shape(o.in()), o.masked());
        else if (op instanceof Op.PoolSteps o) Steps.poolGradient(plan, run, o, g, to, saved.get(o).a(), shape(o.in()));
        else throw new IllegalStateException("no gradient for " + op);
        return to;
    }

    /** Turns the gradient of an activation's output into that of its input, in place. */
    private void throughActivation(Activation a, Tensor y, Tensor g) {
        if (a.isIdentity()) return;
        plan.forWork(Cost.ofBytes(2 * g.bytes() + y.bytes()));
        dnnl_primitive_desc forward = eltwise(a, y, true);
        dnnl_primitive_desc pd = pd();
        check(dnnl_eltwise_backward_primitive_desc_create(pd, dnn.engine, Elementwise.algorithm(a, true), g.desc, g.desc, y.desc, Elementwise.alpha(a), Elementwise.beta(a), forward, null), a.kind() + " gradient");
        plan.primitive("activation gradient", pd, DNNL_ARG_DST, y, DNNL_ARG_DIFF_DST, g, DNNL_ARG_DIFF_SRC, g);
    }

    private Tensor activateGradient(Op.Activate o, Tensor g) {
        Activation a = o.activation();
        if (a.kind() == Activation.Kind.SOFTMAX) {
            Tensor y = tensors.get(o.out());
            int axis = shape(o.in()).dims().length - 1;
            dnnl_primitive_desc pd = pd();
            check(dnnl_softmax_backward_primitive_desc_create(pd, dnn.engine, dnnl_softmax_accurate, g.desc, g.desc, y.desc, axis, saved.get(o).pd(), null), "softmax gradient");
            plan.primitive("softmax gradient", pd, DNNL_ARG_DST, y, DNNL_ARG_DIFF_DST, g, DNNL_ARG_DIFF_SRC, g);
            return g;
        }
        if (a.differentiableFromOutput()) {
            throughActivation(a, tensors.get(o.out()), g);
            return g;
        }
        if (a.kind() == Activation.Kind.SELU) scale("selu scale", g, Elementwise.SELU_SCALE);
        Tensor x = in(o);
        dnnl_primitive_desc pd = pd();
        check(dnnl_eltwise_backward_primitive_desc_create(pd, dnn.engine, Elementwise.algorithm(a, false), g.desc, g.desc, x.desc, Elementwise.alpha(a), Elementwise.beta(a), saved.get(o).pd(), null), a.kind() + " gradient");
        plan.primitive("activation gradient", pd, DNNL_ARG_SRC, x, DNNL_ARG_DIFF_DST, g, DNNL_ARG_DIFF_SRC, g);
        return g;
    }

    private Tensor denseGradient(Op.Dense o, Tensor gradOut, boolean needed) {
        Saved kept = saved.get(o);
        Tensor src = kept.a();
        Tensor g = rows(gradOut, shape(o.out()));
        throughActivation(o.activation(), kept.b(), g);
        plan.forWork(Cost.of(program, o));
        Shape s = shape(o.out());
        long outs = s.dims()[s.dims().length - 1];
        dnnl_memory_desc w = plan.scope.plain(outs, o.weights().length() / outs);
        dnnl_memory_desc b = o.bias() == null ? null : plan.scope.plain(outs);
        dnnl_primitive_desc pd = pd();
        check(dnnl_inner_product_backward_weights_primitive_desc_create(pd, dnn.engine, src.desc, w, b, g.desc, kept.pd(), null), "dense gradient");
        if (b == null) plan.primitive("dense weights gradient", pd, DNNL_ARG_SRC, src, DNNL_ARG_DIFF_DST, g, DNNL_ARG_DIFF_WEIGHTS, gradient(o.weights(), w));
        else plan.primitive("dense weights gradient", pd, DNNL_ARG_SRC, src, DNNL_ARG_DIFF_DST, g, DNNL_ARG_DIFF_WEIGHTS, gradient(o.weights(), w), DNNL_ARG_DIFF_BIAS, gradient(o.bias(), b));
        if (!needed) return null;
        Tensor to = plan.tensor(src.desc);
        dnnl_primitive_desc data = pd();
        check(dnnl_inner_product_backward_data_primitive_desc_create(data, dnn.engine, src.desc, w, g.desc, kept.pd(), null), "dense gradient");
        plan.primitive("dense data gradient", data, DNNL_ARG_DIFF_DST, g, DNNL_ARG_WEIGHTS, param(o.weights(), w), DNNL_ARG_DIFF_SRC, to);
        return shape(o.in()).kind() == Shape.Kind.SEQUENCE ? plan.alias(to, plain(shape(o.in()))) : to;
    }

    private Tensor convolutionGradient(Op.Convolution o, Tensor g, boolean needed) {
        Saved kept = saved.get(o);
        Tensor src = kept.a();
        throughActivation(o.activation(), tensors.get(o.out()), g);
        plan.forWork(Cost.of(program, o));
        long[] dims = {shape(o.out()).b(), shape(o.in()).b(), o.window().kernelH(), o.window().kernelW()};
        dnnl_memory_desc oihw = weights(o, dims);
        dnnl_memory_desc b = o.bias() == null ? null : plan.scope.plain(dims[0]);
        dnnl_primitive_desc pd = fastest(o, src, g, (x, y, made) -> weightsGradient(o, kept.pd(), x, y, dims, b, made));
        Tensor to = gradient(o.weights(), oihw);
        dnnl_memory_desc own = query(pd, dnnl_query_diff_weights_md, 0);
        Tensor dw = Dnn.same(own, oihw) ? to : plan.tensor(own);
        Tensor x = plan.as("convolution input", src, query(pd, dnnl_query_src_md, 0));
        Tensor dy = plan.as("convolution gradient", g, query(pd, dnnl_query_diff_dst_md, 0));
        if (b == null) plan.primitive("convolution weights gradient", pd, DNNL_ARG_SRC, x, DNNL_ARG_DIFF_DST, dy, DNNL_ARG_DIFF_WEIGHTS, dw);
        else plan.primitive("convolution weights gradient", pd, DNNL_ARG_SRC, x, DNNL_ARG_DIFF_DST, dy, DNNL_ARG_DIFF_WEIGHTS, dw, DNNL_ARG_DIFF_BIAS, gradient(o.bias(), b));
        if (dw != to) plan.reorder("weights gradient", dw, to);
        if (!needed) return null;
        dnnl_primitive_desc data = fastest(o, src, g, (dx, y, made) -> dataGradient(o, kept.pd(), dx, y, dims, made));
        Tensor w = plan.as("weights", param(o.weights(), oihw), query(data, dnnl_query_weights_md, 0));
        Tensor error = plan.as("convolution gradient", g, query(data, dnnl_query_diff_dst_md, 0));
        Tensor dx = plan.tensor(query(data, dnnl_query_diff_src_md, 0));
        plan.primitive("convolution data gradient", data, DNNL_ARG_DIFF_DST, error, DNNL_ARG_WEIGHTS, w, DNNL_ARG_DIFF_SRC, dx);
        return plan.as("convolution input gradient", dx, in(o).desc);
    }

    /** Makes a descriptor for these layouts of a convolution's input and output. */
    private interface OfLayouts {
        int make(dnnl_memory_desc x, dnnl_memory_desc y, dnnl_primitive_desc made);
    }

    /** With the layouts that are there, unless only slow code knows them; then with the input's, with those that oneDNN prefers, or with channels last. */
    private dnnl_primitive_desc fastest(Op.Convolution o, Tensor src, Tensor g, OfLayouts of) {
        long[] x = shape(o.in()).dims();
        long[] y = shape(o.out()).dims();
        dnnl_memory_desc[][] layouts = {{src.desc, g.desc}, {src.desc, plan.scope.any(y)}, {plan.scope.any(x), plan.scope.any(y)}, {plan.scope.tagged(dnnl_nhwc, x), plan.scope.tagged(dnnl_nhwc, y)}};
        dnnl_primitive_desc best = null;
        for (dnnl_memory_desc[] layout : layouts) {
            dnnl_primitive_desc made = pd();
            check(of.make(layout[0], layout[1], made), "convolution gradient");
            if (Dnn.isFast(made)) return made;
            if (best == null || Dnn.isReference(best) && !Dnn.isReference(made)) best = made;
        }
        return best;
    }

    private int weightsGradient(Op.Convolution o, dnnl_primitive_desc forward, dnnl_memory_desc x, dnnl_memory_desc y, long[] dims, dnnl_memory_desc b, dnnl_primitive_desc made) {
        Window k = o.window();
        return dnnl_convolution_backward_weights_primitive_desc_create(made, dnn.engine, dnnl_convolution_direct, x, plan.scope.any(dims), b, y, longs(k.strideH(), k.strideW()),
                longs(k.dilationH() - 1, k.dilationW() - 1), longs(k.top(), k.left()), longs(k.bottom(), k.right()), forward, null);
    }

    private int dataGradient(Op.Convolution o, dnnl_primitive_desc forward, dnnl_memory_desc x, dnnl_memory_desc y, long[] dims, dnnl_primitive_desc made) {
        Window k = o.window();
        return dnnl_convolution_backward_data_primitive_desc_create(made, dnn.engine, dnnl_convolution_direct, x, plan.scope.any(dims), y, longs(k.strideH(), k.strideW()),
                longs(k.dilationH() - 1, k.dilationW() - 1), longs(k.top(), k.left()), longs(k.bottom(), k.right()), forward, null);
    }

    private Tensor poolGradient(Op.Pool o, Tensor g, boolean needed) {
        if (!needed) return null;
        Saved kept = saved.get(o);
        Window k = o.window();
        Tensor to = plan.tensor(kept.b().desc);
        Tensor error = plan.as("pool gradient", g, query(kept.pd(), dnnl_query_dst_md, 0));
        dnnl_primitive_desc pd = pd();
        check(dnnl_pooling_backward_primitive_desc_create(pd, dnn.engine, algorithm(o.kind()), to.desc, error.desc, longs(k.strideH(), k.strideW()), longs(k.kernelH(), k.kernelW()),
                longs(k.dilationH() - 1, k.dilationW() - 1), longs(k.top(), k.left()), longs(k.bottom(), k.right()), kept.pd(), null), "pooling gradient");
        if (kept.a() == null) plan.primitive("pool gradient", pd, DNNL_ARG_DIFF_DST, error, DNNL_ARG_DIFF_SRC, to);
        else plan.primitive("pool gradient", pd, DNNL_ARG_DIFF_DST, error, DNNL_ARG_WORKSPACE, kept.a(), DNNL_ARG_DIFF_SRC, to);
        return plan.as("pool input gradient", to, in(o).desc);
    }

    private Tensor batchNormGradient(Op.BatchNorm o, Tensor gradOut) {
        Saved kept = saved.get(o);
        LayerSpec.BatchNorm spec = o.spec();
        Tensor src = rows(in(o), shape(o.in()));
        Tensor g = rows(gradOut, shape(o.out()));
        dnnl_memory_desc vector = plan.scope.plain(spec.size());
        dnnl_primitive_desc pd = pd();
        check(dnnl_batch_normalization_backward_primitive_desc_create(pd, dnn.engine, dnnl_backward, g.desc, g.desc, src.desc, (float) spec.epsilon(), dnnl_use_scale | dnnl_use_shift,
                kept.pd(), null), "batch normalisation gradient");
        Tensor dGamma = spec.gamma() != null ? gradient(spec.gamma(), vector) : plan.tensor(vector);
        Tensor dBeta = spec.beta() != null ? gradient(spec.beta(), vector) : plan.tensor(vector);
        Tensor to = plan.tensor(src.desc);
        plan.primitive("batch norm gradient", pd, DNNL_ARG_SRC, src, DNNL_ARG_MEAN, kept.a(), DNNL_ARG_VARIANCE, kept.b(), DNNL_ARG_SCALE, kept.c(), DNNL_ARG_DIFF_DST, g,
                DNNL_ARG_DIFF_SRC, to, DNNL_ARG_DIFF_SCALE, dGamma, DNNL_ARG_DIFF_SHIFT, dBeta);
        return shape(o.in()).kind() == Shape.Kind.SEQUENCE ? plan.alias(to, plain(shape(o.in()))) : to;
    }

    private void mergeGradient(Op.Merge o, Program.Backward back, Tensor g) {
        dnnl_memory_desc a = in(o).desc;
        dnnl_memory_desc b = tensors.get(o.second()).desc;
        Tensor first = null;
        Tensor second = null;
        switch (o.kind()) {
            case CONCAT -> {
                if (back.first().needed()) plan.reorder("split", part(o, g, false), first = plan.tensor(a));
                if (back.second().needed()) plan.reorder("split", part(o, g, true), second = plan.tensor(b));
            }
            case ADD, AVERAGE -> {
                if (o.kind() == LayerSpec.MergeKind.AVERAGE) scale("half", g, 0.5);
                // Each is overwritten further down, so one of them has to be a copy.
                if (back.second().needed()) plan.reorder("copy", g, second = plan.tensor(b));
                first = g;
            }
            case MUL -> {
                if (back.second().needed()) {
                    Tensor product = plan.tensor(a);
                    multiply("multiply gradient", g, in(o), product);
                    second = plan.as("join gradient", product, b);
                }
                if (back.first().needed()) multiply("multiply gradient", g, saved.get(o).a(), first = plan.tensor(a));
            }
        }
        keep(back.first(), first);
        keep(back.second(), second);
    }
}
