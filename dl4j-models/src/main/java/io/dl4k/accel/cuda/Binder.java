package io.dl4k.accel.cuda;

import static io.dl4k.accel.cuda.Plan.orNone;

import io.dl4k.accel.cuda.Device.Grid;
import io.dl4k.accel.program.Activation;
import io.dl4k.accel.program.LayerSpec;
import io.dl4k.accel.program.NetSpec;
import io.dl4k.accel.program.Op;
import io.dl4k.accel.program.Param;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;
import io.dl4k.accel.program.Window;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/** Makes a plan from a program. Buffers lie as {@link Shape} says, in row-major order: images as [batch, channels, height, width]. */
final class Binder {
    private static final int MOST_BLOCKS = 1024;
    private static final long CELLS_A_CHUNK = 2048;
    private static final long ROWS_A_CHUNK = 256;
    private static final int MOST_CHUNKS = 128;

    private final Program program;
    private final Vectors vectors;
    private final Stage stage;
    private final Results results;
    private final Plan plan;
    /** By buffer, of gradients too. */
    private final Map<Integer, Tensor> tensors = new HashMap<>();
    /** What the forward pass keeps for the backward pass beside the buffers. */
    private final Map<Op, Saved> saved = new HashMap<>();
    private final Map<Integer, Tensor> lengths = new HashMap<>();
    private final Map<Tensor, Tensor> halved = new IdentityHashMap<>();
    private final Map<Op, Recurrent> recurrents = new HashMap<>();

    private record Saved(Tensor a, Tensor b) { }

    /** An image or what is treated as one: cells of a channel are {@code inner} next to each other, {@code outer} times. */
    private record Channels(long outer, int channels, int inner) {
        static Channels of(Shape s) {
            return switch (s.kind()) {
                case TABLE -> new Channels(s.a(), (int) s.b(), 1);
                case SEQUENCE -> new Channels(s.a() * s.b(), (int) s.c(), 1);
                case IMAGE -> new Channels(s.a(), (int) s.b(), (int) (s.c() * s.d()));
            };
        }

        long cells() {
            return outer * inner;
        }

        int chunks() {
            return (int) Math.max(1, Math.min(Math.max(1, MOST_BLOCKS / channels), cells() / CELLS_A_CHUNK));
        }
    }

    Binder(Program program, Vectors vectors, Stage stage, Results results, Plan plan) {
        this.program = program;
        this.vectors = vectors;
        this.stage = stage;
        this.results = results;
        this.plan = plan;
    }

    void bind() {
        // Others never set what they report beside the score.
        if (program.mayRefuse()) plan.zero(results.all());
        tensors.put(0, inside(stage.features(), shape(0), program.net().input()));
        for (Op op : program.forward()) forward(op);
        if (program.training()) {
            loss();
            for (Program.Backward b : program.backward()) backward(b);
        } else {
            outside(tensors.get(program.output()), shape(program.output()), stage.result());
        }
        plan.allocate();
    }

    private Shape shape(int buffer) {
        return program.buffers().get(buffer);
    }

    private Tensor in(Op op) {
        return tensors.get(op.in());
    }

    private Tensor out(Op op) {
        Tensor t = plan.tensor(shape(op.out()).length());
        tensors.put(op.out(), t);
        return t;
    }

    private Tensor param(Param p) {
        return p == null ? null : vectors.param(p);
    }

    private Tensor gradient(Param p) {
        return p == null ? null : vectors.gradient(p);
    }

    // Orders of cells.

    private void permute(Tensor x, Tensor y, long d0, long d1, long d2, long d3, long s0, long s1, long s2, long s3) {
        plan.kernel("permute", Grid.elements(d0 * d1 * d2 * d3), x, y, (int) d0, (int) d1, (int) d2, (int) d3, s0, s1, s2, s3);
    }

    /** The caller's order into ours. */
    private Tensor inside(Tensor x, Shape s, NetSpec.InputKind kind) {
        long a = s.a();
        long b = s.b();
        long c = s.c();
        long d = s.d();
        boolean imagesLast = kind == NetSpec.InputKind.NHWC || kind == NetSpec.InputKind.BY_RANK && program.net().channelsLast();
        if (s.kind() == Shape.Kind.TABLE || s.kind() == Shape.Kind.IMAGE && !imagesLast) return x;
        Tensor y = plan.tensor(s.length());
        if (s.kind() == Shape.Kind.IMAGE) permute(x, y, a, b, c, d, b * c * d, 1, d * b, b);
        else if (kind == NetSpec.InputKind.NWC || kind == NetSpec.InputKind.TOKENS) permute(x, y, 1, a, b, c, 0, c, a * c, 1);
        else permute(x, y, 1, a, b, c, 0, 1, c * a, a);
        return y;
    }

    /** Labels, in the caller's order, into ours. */
    private Tensor labels(Shape s) {
        return s.kind() == Shape.Kind.SEQUENCE ? inside(stage.labels(), s, program.net().input() == NetSpec.InputKind.NWC ? NetSpec.InputKind.NWC : NetSpec.InputKind.NCW) : stage.labels();
    }

    /** Ours into the caller's order of an output. */
    private void outside(Tensor x, Shape s, Tensor to) {
        if (s.kind() != Shape.Kind.SEQUENCE) plan.copy(x, to);
        else if (program.net().input() == NetSpec.InputKind.NWC) permute(x, to, 1, s.b(), s.a(), s.c(), 0, s.c(), s.b() * s.c(), 1);
        else permute(x, to, 1, s.b(), s.c(), s.a(), 0, s.c(), 1, s.b() * s.c());
    }

    /** Channels before rows and columns to channels after them. */
    private Tensor channelsLast(Tensor x, Shape image) {
        Tensor y = plan.tensor(image.length());
        permute(x, y, image.a(), image.c(), image.d(), image.b(), image.b() * image.c() * image.d(), image.d(), 1, image.c() * image.d());
        return y;
    }

    private Tensor channelsFirst(Tensor x, Shape image) {
        Tensor y = plan.tensor(image.length());
        permute(x, y, image.a(), image.b(), image.c(), image.d(), image.b() * image.c() * image.d(), 1, image.d() * image.b(), image.b());
        return y;
    }

    /** [time, batch, features] to [batch, features, time, 1]. */
    private Tensor stepsToImage(Tensor x, Shape image) {
        Tensor y = plan.tensor(image.length());
        permute(x, y, 1, image.a(), image.b(), image.c(), 0, image.b(), 1, image.a() * image.b());
        return y;
    }

    private Tensor imageToSteps(Tensor x, Shape image) {
        Tensor y = plan.tensor(image.length());
        permute(x, y, 1, image.c(), image.a(), image.b(), 0, 1, image.b() * image.c(), image.c());
        return y;
    }

    // Forward.

    private void forward(Op op) {
        if (op instanceof Op.Dense o) dense(o);
        else if (op instanceof Op.Convolution o) convolution(o);
        else if (op instanceof Op.Pool o) pool(o);
        else if (op instanceof Op.PoolSteps o) poolSteps(o);
        else if (op instanceof Op.BatchNorm o) batchNorm(o);
        else if (op instanceof Op.Activate o) activate(o);
        else if (op instanceof Op.Dropout o) drop(o, in(o), out(o));
        else if (op instanceof Op.View o) tensors.put(o.out(), in(o));
        else if (op instanceof Op.Flatten o) tensors.put(o.out(), o.channelsLast() ? channelsLast(in(o), shape(o.in())) : in(o));
        else if (op instanceof Op.Unflatten o) tensors.put(o.out(), o.channelsLast() ? channelsFirst(in(o), shape(o.out())) : in(o));
        else if (op instanceof Op.StepsToImage o) tensors.put(o.out(), stepsToImage(in(o), shape(o.out())));
        else if (op instanceof Op.ImageToSteps o) tensors.put(o.out(), imageToSteps(in(o), shape(o.in())));
        else if (op instanceof Op.Lstm o) recurrent(o, new LstmSteps(o.spec(), place(o)));
        else if (op instanceof Op.SimpleRnn o) recurrent(o, new SimpleSteps(o.spec(), place(o)));
        else if (op instanceof Op.Merge o) merge(o);
        else if (op instanceof Op.MaskSteps o) mask(o, in(o), out(o));
        else if (op instanceof Op.ReverseSteps o) reverse(o, in(o), out(o));
        else if (op instanceof Op.LastStep o) lastStep(o);
        else if (op instanceof Op.Embedding o) embedding(o);
        else throw new UnsupportedOperationException(op.getClass().getSimpleName() + " on a GPU");
    }

    private static int features(Shape s) {
        return (int) s.dims()[s.dims().length - 1];
    }

    private static int kind(Activation a) {
        return a.kind().ordinal();
    }

    private void dense(Op.Dense o) {
        Shape s = shape(o.out());
        Tensor y = out(o);
        int outs = features(s);
        int ins = (int) (o.weights().length() / outs);
        boolean relu = o.activation().kind() == Activation.Kind.RELU && o.activation().alpha() == 0 && o.bias() != null;
        boolean fused = relu || o.activation().isIdentity();
        plan.dense(in(o), param(o.weights()), y, s.length() / outs, ins, outs, fused ? param(o.bias()) : null, relu, false);
        if (!fused) plan.kernel("bias_activate", Grid.elements(s.length()), y, orNone(param(o.bias())), s.length(), outs, 1, kind(o.activation()), o.activation().alpha());
    }

    private void activate(Op.Activate o) {
        Shape s = shape(o.in());
        Tensor y = out(o);
        if (o.activation().kind() == Activation.Kind.SOFTMAX) {
            Channels c = Channels.of(s);
            plan.kernel("softmax", Grid.blocks(c.cells()), in(o), y, c.channels(), c.inner());
        } else {
            plan.kernel("activate", Grid.elements(s.length()), in(o), y, s.length(), kind(o.activation()), o.activation().alpha());
        }
    }

    private Device.Convolution product(Op.Convolution o) {
        Window k = o.window();
        Shape in = shape(o.in());
        Shape out = shape(o.out());
        boolean even = even(k);
        int h = (int) in.c() + (even ? 0 : k.top() + k.bottom());
        int w = (int) in.d() + (even ? 0 : k.left() + k.right());
        Window window = even ? k : new Window(k.kernelH(), k.kernelW(), k.strideH(), k.strideW(), 0, 0, 0, 0, k.dilationH(), k.dilationW());
        return new Device.Convolution((int) in.a(), (int) in.b(), h, w, (int) out.b(), (int) out.c(), (int) out.d(), window, false);
    }

    /** cuDNN pads both sides alike. */
    private static boolean even(Window k) {
        return k.top() == k.bottom() && k.left() == k.right();
    }

    private void window(Tensor x, Tensor y, Shape image, int h, int w, int top, int left, int toH, int toW) {
        plan.kernel("window", Grid.elements(image.a() * image.b() * toH * toW), x, y, (int) (image.a() * image.b()), h, w, top, left, toH, toW);
    }

    private void convolution(Op.Convolution o) {
        Shape s = shape(o.in());
        Shape d = shape(o.out());
        Device.Convolution shape = product(o);
        Tensor x = in(o);
        if (!even(o.window())) {
            Tensor padded = plan.tensor(s.a() * s.b() * shape.h() * shape.w());
            window(x, padded, s, (int) s.c(), (int) s.d(), -o.window().top(), -o.window().left(), shape.h(), shape.w());
            x = padded;
        }
        Tensor w = param(o.weights());
        if (o.rowsFirst()) {
            w = plan.tensor(o.weights().length());
            permute(param(o.weights()), w, 1, d.b(), s.b(), o.window().kernelH(), 0, 1, d.b(), d.b() * s.b());
        }
        Tensor y = out(o);
        convolve(Device.Pass.FORWARD, shape, x, w, y);
        if (o.bias() != null || !o.activation().isIdentity())
            plan.kernel("bias_activate", Grid.elements(d.length()), y, orNone(param(o.bias())), d.length(), (int) d.b(), (int) (d.c() * d.d()), kind(o.activation()), o.activation().alpha());
        saved.put(o, new Saved(x, w));
    }

    /** In bf16 where the device wants it so, between conversions. */
    private void convolve(Device.Pass pass, Device.Convolution shape, Tensor x, Tensor w, Tensor y) {
        if (!plan.device.convolvesHalves(pass, shape)) {
            plan.convolution(pass, shape, x, w, y);
            return;
        }
        Tensor result = switch (pass) {
            case FORWARD -> y;
            case DATA -> x;
            case WEIGHTS -> w;
        };
        Tensor made = plan.tensor((result.length + 1) / 2);
        plan.convolution(pass, shape.ofHalves(), result == x ? made : halves(x), result == w ? made : halves(w), result == y ? made : halves(y));
        plan.fromHalves(made, result);
    }

    /** Converted once for all calls that read it: nobody writes a convolution's factor while they do. */
    private Tensor halves(Tensor x) {
        return halved.computeIfAbsent(x, plan::halves);
    }

    private Object[] pooling(Op.Pool o, Object... first) {
        Shape s = shape(o.in());
        Shape d = shape(o.out());
        Window k = o.window();
        Object[] rest = {(int) (s.a() * s.b()), (int) s.c(), (int) s.d(), (int) d.c(), (int) d.d(), k.kernelH(), k.kernelW(), k.strideH(), k.strideW(), k.top(), k.left(), k.dilationH(), k.dilationW()};
        Object[] all = java.util.Arrays.copyOf(first, first.length + rest.length);
        System.arraycopy(rest, 0, all, first.length, rest.length);
        return all;
    }

    private static Object[] and(Object[] arguments, Object last) {
        Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = last;
        return all;
    }

    private static int padded(Op.Pool o) {
        return o.kind() == LayerSpec.PoolKind.MEAN_PADDED ? 1 : 0;
    }

    private void pool(Op.Pool o) {
        if (o.kind() == LayerSpec.PoolKind.SUM) throw new UnsupportedOperationException("sum pooling of images");
        long n = shape(o.out()).length();
        Tensor y = out(o);
        if (o.kind() == LayerSpec.PoolKind.MAX) {
            Tensor where = program.training() ? plan.tensor(n) : null;
            plan.kernel("pool_max", Grid.elements(n), pooling(o, in(o), y, orNone(where)));
            saved.put(o, new Saved(where, null));
        } else {
            plan.kernel("pool_mean", Grid.elements(n), and(pooling(o, in(o), y), padded(o)));
            saved.put(o, new Saved(null, null));
        }
    }

    private void batchNorm(Op.BatchNorm o) {
        LayerSpec.BatchNorm spec = o.spec();
        Channels c = Channels.of(shape(o.in()));
        long n = shape(o.in()).length();
        Tensor mean = program.training() ? plan.tensor(spec.size()) : param(spec.mean());
        Tensor variance = plan.tensor(spec.size());
        int log = spec.logDeviation() ? 1 : 0;
        if (program.training()) {
            int chunks = c.chunks();
            Tensor parts = plan.tensor(2L * chunks * c.channels());
            plan.kernel("moments", Grid.blocks((long) c.channels() * chunks), in(o), parts, c.outer(), c.channels(), c.inner(), chunks);
            plan.kernel("moments_end", Grid.elements(c.channels()), parts, mean, variance, param(spec.mean()), param(spec.variance()), gradient(spec.mean()), gradient(spec.variance()),
                    c.cells(), c.channels(), chunks, (float) spec.decay(), log);
        } else {
            plan.kernel("running_variance", Grid.elements(c.channels()), param(spec.variance()), variance, (long) c.channels(), log);
        }
        plan.kernel("normalise", Grid.elements(n), in(o), out(o), mean, variance, orNone(param(spec.gamma())), orNone(param(spec.beta())), n, c.channels(), c.inner(),
                (float) spec.fixedGamma(), (float) spec.fixedBeta(), (float) spec.epsilon());
        saved.put(o, new Saved(mean, variance));
    }

    private void drop(Op.Dropout o, Tensor x, Tensor y) {
        plan.kernel("dropout", Grid.elements(x.length), x, y, x.length, (float) o.keep(), (float) (1 / o.keep()), stage.key(o.index()));
    }

    private Recurrent.Place place(Op op) {
        return new Recurrent.Place(plan, vectors, program.training(), in(op), shape(op.in()));
    }

    private void recurrent(Op op, Recurrent made) {
        recurrents.put(op, made);
        tensors.put(op.out(), made.forward());
    }

    /** One input's rows among those of a concatenation: how many cells a row has. */
    private static long row(Shape s) {
        return s.kind() == Shape.Kind.IMAGE ? s.b() * s.c() * s.d() : features(s);
    }

    private void merge(Op.Merge o) {
        Tensor second = tensors.get(o.second());
        Tensor y = out(o);
        Shape s = shape(o.out());
        switch (o.kind()) {
            case CONCAT -> {
                long a = row(shape(o.in()));
                long b = row(shape(o.second()));
                long rows = s.length() / (a + b);
                plan.kernel("copy_rows", Grid.elements(rows * a), in(o), y, (int) rows, (int) a, (int) a, (int) (a + b));
                plan.kernel("copy_rows", Grid.elements(rows * b), second, y.from(a), (int) rows, (int) b, (int) b, (int) (a + b));
            }
            case ADD -> plan.kernel("add", Grid.elements(s.length()), in(o), second, y, s.length(), 1f);
            case AVERAGE -> plan.kernel("add", Grid.elements(s.length()), in(o), second, y, s.length(), 0.5f);
            case MUL -> plan.kernel("multiply", Grid.elements(s.length()), in(o), second, y, s.length());
        }
        saved.put(o, new Saved(second, null));
    }

    private void mask(Op.MaskSteps o, Tensor x, Tensor y) {
        Shape s = shape(o.in());
        plan.kernel("mask_steps", Grid.elements(s.length()), x, y, stage.featureMask(), (int) s.a(), (int) s.b(), (int) s.c());
    }

    private void reverse(Op.ReverseSteps o, Tensor x, Tensor y) {
        Shape s = shape(o.in());
        Tensor kept = lengths.computeIfAbsent(o.lengthsOf(), buffer -> {
            Tensor made = plan.tensor(s.b());
            if (buffer < 0) plan.kernel("lengths_by_mask", Grid.elements(s.b()), stage.featureMask(), made, (int) s.a(), (int) s.b());
            else plan.kernel("lengths_by_zeros", Grid.blocks(s.b()), tensors.get(buffer), made, (int) s.a(), (int) s.b(), (int) shape(buffer).c(), results.status());
            return made;
        });
        plan.kernel("reverse_steps", Grid.elements(s.length()), x, y, kept, (int) s.a(), (int) s.b(), (int) s.c());
    }

    private Saved lastSteps(Shape s, boolean masked) {
        Saved made = new Saved(plan.tensor(s.b()), plan.tensor(s.b()));
        plan.kernel("last_steps", Grid.elements(s.b()), orNone(masked ? stage.featureMask() : null), made.a(), made.b(), (int) s.a(), (int) s.b());
        return made;
    }

    private void lastStep(Op.LastStep o) {
        Shape s = shape(o.in());
        Saved last = lastSteps(s, o.masked());
        plan.kernel("take_step", Grid.elements(s.b() * s.c()), in(o), out(o), last.a(), (int) s.b(), (int) s.c());
        saved.put(o, last);
    }

    private void poolSteps(Op.PoolSteps o) {
        Shape s = shape(o.in());
        Tensor valid = lastSteps(s, o.masked()).b();
        Tensor where = plan.tensor(s.b() * s.c());
        plan.kernel("pool_steps", Grid.elements(s.b() * s.c()), in(o), out(o), where, orNone(o.masked() ? stage.featureMask() : null), valid, (int) s.a(), (int) s.b(), (int) s.c(), o.kind().ordinal());
        saved.put(o, new Saved(where, valid));
    }

    private void embedding(Op.Embedding o) {
        LayerSpec.Embedding spec = o.spec();
        long n = shape(o.out()).length() / spec.out();
        plan.kernel("embed", Grid.elements(n * spec.out()), in(o), param(spec.weights()), orNone(param(spec.bias())), out(o), n, spec.vocabulary(), spec.out(), results.status());
    }

    // Loss.

    private void loss() {
        Program.Loss loss = program.loss();
        Shape s = shape(loss.output());
        int outs = features(s);
        long rows = s.length() / outs;
        int steps = s.kind() == Shape.Kind.SEQUENCE ? (int) s.a() : 1;
        Tensor weights = null;
        var spec = program.net().loss();
        if (!spec.weights().isEmpty()) {
            float[] values = new float[outs];
            for (int i = 0; i < outs; i++) values[i] = spec.weights().get(i).floatValue();
            weights = plan.constant(values);
        }
        Tensor g = plan.tensor(s.length());
        Tensor ofRows = plan.tensor(2 * rows);
        plan.kernel("loss", Grid.blocks(rows), tensors.get(loss.output()), labels(shape(program.output())), orNone(weights), orNone(stage.labelMask()), stage.labelMaskKind(), g, ofRows, outs, steps,
                (int) (rows / steps), spec.kind().ordinal(), loss.ofLogits() ? 1 : 0, (float) spec.smoothing(), (float) spec.delta(), (float) spec.negative(), (float) spec.positive(),
                (float) loss.scale());
        plan.kernel("sum_doubles", Grid.blocks(1), ofRows, rows, results.score());
        tensors.put(loss.gradient(), g);
    }

    // Backward.

    private void backward(Program.Backward back) {
        Tensor g = tensors.get(back.gradOut());
        if (back.op() instanceof Op.Merge o) mergeGradient(o, back, g);
        else keep(back.first(), gradient(back.op(), back.first().needed(), g));
    }

    private void keep(Program.Gradient where, Tensor result) {
        if (!where.needed() || result == null) return;
        if (where.more()) plan.kernel("add_to", Grid.elements(result.length), result, tensors.get(where.buffer()), result.length);
        else tensors.put(where.buffer(), result);
    }

    /** Adds the calls for one operation's gradient; returns the gradient of its input, or null. */
    private Tensor gradient(Op op, boolean needed, Tensor g) {
        if (op instanceof Op.Dense o) return denseGradient(o, g, needed);
        if (op instanceof Op.Convolution o) return convolutionGradient(o, g, needed);
        if (op instanceof Op.BatchNorm o) return batchNormGradient(o, g);
        if (op instanceof Op.Lstm || op instanceof Op.SimpleRnn) return recurrents.get(op).gradient(g, needed);
        if (op instanceof Op.Embedding o) {
            embeddingGradient(o, g);
            return null;
        }
        if (!needed) return null;
        if (op instanceof Op.Activate o) return activateGradient(o, g);
        if (op instanceof Op.Pool o) return poolGradient(o, g);
        if (op instanceof Op.Dropout o) {
            drop(o, g, g);
            return g;
        }
        if (op instanceof Op.View) return g;
        if (op instanceof Op.Flatten o) return o.channelsLast() ? channelsFirst(g, shape(o.in())) : g;
        if (op instanceof Op.Unflatten o) return o.channelsLast() ? channelsLast(g, shape(o.out())) : g;
        if (op instanceof Op.StepsToImage o) return imageToSteps(g, shape(o.out()));
        if (op instanceof Op.ImageToSteps o) return stepsToImage(g, shape(o.in()));
        Shape s = shape(op.in());
        Tensor to = plan.tensor(s.length());
        if (op instanceof Op.MaskSteps o) mask(o, g, to);
        else if (op instanceof Op.ReverseSteps o) reverse(o, g, to);
        else if (op instanceof Op.LastStep) plan.kernel("take_step_back", Grid.elements(s.length()), g, to, saved.get(op).a(), (int) s.a(), (int) s.b(), (int) s.c());
        else if (op instanceof Op.PoolSteps o)
            plan.kernel("pool_steps_back", Grid.elements(s.length()), g, to, saved.get(o).a(), orNone(o.masked() ? stage.featureMask() : null), saved.get(o).b(), (int) s.a(), (int) s.b(), (int) s.c(),
                    o.kind().ordinal());
        else throw new IllegalStateException("no gradient for " + op);
        return to;
    }

    /** Turns the gradient of an activation's output into that of its input, in place, by the output. */
    private void throughActivation(Activation a, Tensor y, Tensor g) {
        if (!a.isIdentity()) plan.kernel("activate_back", Grid.elements(g.length), 0L, y, g, g.length, kind(a), a.alpha());
    }

    private Tensor activateGradient(Op.Activate o, Tensor g) {
        Activation a = o.activation();
        if (a.kind() == Activation.Kind.SOFTMAX) {
            Channels c = Channels.of(shape(o.in()));
            plan.kernel("softmax_back", Grid.blocks(c.cells()), tensors.get(o.out()), g, c.channels(), c.inner());
        } else if (a.differentiableFromOutput()) {
            throughActivation(a, tensors.get(o.out()), g);
        } else {
            plan.kernel("activate_back", Grid.elements(g.length), in(o), 0L, g, g.length, kind(a), a.alpha());
        }
        return g;
    }

    private Tensor denseGradient(Op.Dense o, Tensor g, boolean needed) {
        int outs = features(shape(o.out()));
        int ins = (int) (o.weights().length() / outs);
        long rows = g.length / outs;
        if (o.bias() != null) columnSums(plan, g, o.activation().isIdentity() ? null : tensors.get(o.out()), o.activation(), gradient(o.bias()), rows, outs);
        else throughActivation(o.activation(), tensors.get(o.out()), g);
        plan.denseWeights(in(o), g, gradient(o.weights()), rows, ins, outs);
        if (!needed) return null;
        Tensor to = plan.tensor(rows * ins);
        plan.denseData(g, param(o.weights()), to, rows, ins, outs, false);
        return to;
    }

    /** Sums of the columns of x [rows, columns]. */
    static void columnSums(Plan plan, Tensor x, Tensor to, long rows, int columns) {
        columnSums(plan, x, null, Activation.IDENTITY, to, rows, columns);
    }

    /** The same after {@code x} has become the gradient of the input of the activation that gave {@code y}; as it is where that is null. */
    private static void columnSums(Plan plan, Tensor x, Tensor y, Activation a, Tensor to, long rows, int columns) {
        int chunks = (int) Math.max(1, Math.min(MOST_CHUNKS, rows / ROWS_A_CHUNK));
        if (chunks == 1) {
            plan.kernel("column_sums", Grid.columns(columns, 1), x, orNone(y), to, rows, columns, 1, kind(a), a.alpha());
            return;
        }
        Tensor parts = plan.tensor((long) chunks * columns);
        plan.kernel("column_sums", Grid.columns(columns, chunks), x, orNone(y), parts, rows, columns, chunks, kind(a), a.alpha());
        plan.kernel("column_sums", Grid.columns(columns, 1), parts, 0L, to, (long) chunks, columns, 1, Activation.Kind.IDENTITY.ordinal(), 0f);
    }

    private Tensor convolutionGradient(Op.Convolution o, Tensor g, boolean needed) {
        Shape s = shape(o.in());
        Shape d = shape(o.out());
        Saved kept = saved.get(o);
        Device.Convolution shape = product(o);
        throughActivation(o.activation(), tensors.get(o.out()), g);
        Tensor dw = o.rowsFirst() ? plan.tensor(o.weights().length()) : gradient(o.weights());
        convolve(Device.Pass.WEIGHTS, shape, kept.a(), dw, g);
        if (o.rowsFirst()) permute(dw, gradient(o.weights()), 1, o.window().kernelH(), s.b(), d.b(), 0, 1, o.window().kernelH(), o.window().kernelH() * s.b());
        if (o.bias() != null) {
            Channels c = Channels.of(d);
            int chunks = c.chunks();
            Tensor parts = chunks == 1 ? gradient(o.bias()) : plan.tensor((long) chunks * c.channels());
            plan.kernel("channel_sums", Grid.blocks((long) c.channels() * chunks), g, parts, c.outer(), c.channels(), c.inner(), chunks);
            if (chunks > 1) columnSums(plan, parts, gradient(o.bias()), chunks, c.channels());
        }
        if (!needed) return null;
        Tensor to = plan.tensor(s.length());
        boolean even = even(o.window());
        Tensor dx = even ? to : plan.tensor(s.a() * s.b() * shape.h() * shape.w());
        convolve(Device.Pass.DATA, shape, dx, kept.b(), g);
        if (!even) window(dx, to, s, shape.h(), shape.w(), o.window().top(), o.window().left(), (int) s.c(), (int) s.d());
        return to;
    }

    private Tensor poolGradient(Op.Pool o, Tensor g) {
        Shape s = shape(o.in());
        Tensor to = plan.tensor(s.length());
        plan.kernel("pool_back", Grid.elements(s.length()), and(pooling(o, g, orNone(saved.get(o).a()), to), padded(o)));
        return to;
    }

    private Tensor batchNormGradient(Op.BatchNorm o, Tensor g) {
        LayerSpec.BatchNorm spec = o.spec();
        Saved kept = saved.get(o);
        Channels c = Channels.of(shape(o.in()));
        int chunks = c.chunks();
        Tensor parts = plan.tensor(2L * chunks * c.channels());
        Tensor sums = plan.tensor(2L * c.channels());
        plan.kernel("normalise_sums", Grid.blocks((long) c.channels() * chunks), in(o), g, kept.a(), kept.b(), parts, c.outer(), c.channels(), c.inner(), chunks, (float) spec.epsilon());
        plan.kernel("normalise_sums_end", Grid.elements(c.channels()), parts, sums, orNone(gradient(spec.gamma())), orNone(gradient(spec.beta())), c.channels(), chunks);
        plan.kernel("normalise_back", Grid.elements(g.length), in(o), g, kept.a(), kept.b(), orNone(param(spec.gamma())), sums, g.length, c.channels(), c.inner(), (float) spec.fixedGamma(),
                (float) spec.epsilon());
        return g;
    }

    private void embeddingGradient(Op.Embedding o, Tensor g) {
        LayerSpec.Embedding spec = o.spec();
        long n = g.length / spec.out();
        plan.zero(gradient(spec.weights()));
        plan.kernel("embed_back", Grid.blocks(n), in(o), g, gradient(spec.weights()), (int) n, spec.vocabulary(), spec.out());
        if (spec.bias() != null) columnSums(plan, g, gradient(spec.bias()), n, spec.out());
    }

    private void mergeGradient(Op.Merge o, Program.Backward back, Tensor g) {
        Shape s = shape(o.out());
        Tensor first = null;
        Tensor second = null;
        switch (o.kind()) {
            case CONCAT -> {
                long a = row(shape(o.in()));
                long b = row(shape(o.second()));
                long rows = s.length() / (a + b);
                if (back.first().needed()) plan.kernel("copy_rows", Grid.elements(rows * a), g, first = plan.tensor(rows * a), (int) rows, (int) a, (int) (a + b), (int) a);
                if (back.second().needed()) plan.kernel("copy_rows", Grid.elements(rows * b), g.from(a), second = plan.tensor(rows * b), (int) rows, (int) b, (int) (a + b), (int) b);
            }
            case ADD, AVERAGE -> {
                if (o.kind() == LayerSpec.MergeKind.AVERAGE) plan.kernel("scale", Grid.elements(s.length()), g, s.length(), 0.5f);
                // Each is overwritten further down, so one of them has to be a copy.
                if (back.second().needed()) plan.copy(g, second = plan.tensor(s.length()));
                first = g;
            }
            case MUL -> {
                if (back.second().needed()) plan.kernel("multiply", Grid.elements(s.length()), g, in(o), second = plan.tensor(s.length()), s.length());
                if (back.first().needed()) plan.kernel("multiply", Grid.elements(s.length()), g, saved.get(o).a(), first = plan.tensor(s.length()), s.length());
            }
        }
        keep(back.first(), first);
        keep(back.second(), second);
    }
}
