package io.dl4k.accel.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns a network into the program of one batch shape: infers every shape, puts activations into the operation before them, leaves out
 *  the gradient of the network's input, and joins softmax with cross entropy. */
public final class Compiler {
    private final NetSpec net;
    private final boolean training;
    private final boolean masked;
    private final int batch;
    private final List<Shape> buffers = new ArrayList<>();
    private final List<Op> forward = new ArrayList<>();
    private int current;
    private int dropouts;
    private boolean maskAlive;

    private Compiler(NetSpec net, Shape input, int batch, boolean training, boolean masked) {
        this.net = net;
        this.training = training;
        this.masked = masked;
        this.maskAlive = masked;
        this.batch = batch;
        buffers.add(input);
    }

    /** The program that computes the network's output.
     *
     *  @param input shape of the batch
     *  @param masked whether a [batch, time] mask comes with the features
     *  @throws IllegalArgumentException if the layers do not fit this input */
    public static Program inference(NetSpec net, Shape input, boolean masked) {
        return new Compiler(net, input, batch(input), false, masked).compile(false);
    }

    /** The program that computes score and gradient.
     *
     *  @param input shape of the batch
     *  @param masked whether a mask comes with the features  @param labelMasked with the labels
     *  @throws IllegalArgumentException if the layers do not fit this input */
    public static Program training(NetSpec net, Shape input, boolean masked, boolean labelMasked) {
        return new Compiler(net, input, batch(input), true, masked).compile(labelMasked);
    }

    private static int batch(Shape input) {
        return Math.toIntExact(input.kind() == Shape.Kind.SEQUENCE ? input.b() : input.a());
    }

    private Program compile(boolean labelMasked) {
        int[] outputs = new int[net.nodes().size()];
        for (int i = 0; i < outputs.length; i++) {
            node(net.nodes().get(i), outputs);
            outputs[i] = current;
        }
        if (!training) return new Program(net, buffers, forward, current, null, List.of(), batch, masked, false);
        return withBackward(labelMasked);
    }

    private int buffer(Shape shape) {
        buffers.add(shape);
        return buffers.size() - 1;
    }

    private Shape shape() {
        return buffers.get(current);
    }

    private void push(Op op) {
        forward.add(op);
        current = op.out();
    }

    private static void expect(Shape shape, Shape.Kind kind, LayerSpec layer) {
        if (shape.kind() != kind)
            throw new IllegalArgumentException(layer.getClass().getSimpleName() + " expects a " + kind + ", found " + shape);
    }

    private static void expectSize(long found, long expected, LayerSpec layer) {
        if (found != expected)
            throw new IllegalArgumentException(layer.getClass().getSimpleName() + " expects " + expected + " inputs, found " + found);
    }

    private void node(NetSpec.Node node, int[] outputs) {
        current = output(node.inputs().get(0), outputs);
        for (int other : node.inputs().subList(1, node.inputs().size())) join(node.join(), output(other, outputs));
        for (LayerSpec layer : node.layers()) add(layer);
    }

    private static int output(int node, int[] outputs) {
        return node < 0 ? 0 : outputs[node];
    }

    /** Joins the current buffer with another; features and channels are what is concatenated. */
    private void join(LayerSpec.MergeKind kind, int second) {
        Shape a = shape();
        Shape b = buffers.get(second);
        Shape out = a;
        if (kind == LayerSpec.MergeKind.CONCAT) {
            Shape fits = a.kind() != b.kind() ? null : switch (a.kind()) {
                case TABLE -> Shape.table(a.a(), b.b());
                case IMAGE -> Shape.image(a.a(), b.b(), a.c(), a.d());
                case SEQUENCE -> Shape.sequence(a.a(), a.b(), b.c());
            };
            if (!b.equals(fits)) throw new IllegalArgumentException("cannot merge " + a + " and " + b);
            out = switch (a.kind()) {
                case TABLE -> Shape.table(a.a(), a.b() + b.b());
                case IMAGE -> Shape.image(a.a(), a.b() + b.b(), a.c(), a.d());
                case SEQUENCE -> Shape.sequence(a.a(), a.b(), a.c() + b.c());
            };
        } else if (!a.equals(b)) {
            throw new IllegalArgumentException("cannot join " + a + " and " + b);
        }
        push(new Op.Merge(current, second, buffer(out), kind));
    }

    /** In training an activation can ride along only if its derivative follows from its output. */
    private boolean fuses(Activation a) {
        return a.elementwise() && (!training || a.differentiableFromOutput());
    }

    private void activate(Activation a) {
        if (!a.isIdentity()) push(new Op.Activate(current, buffer(shape()), a));
    }

    private void add(LayerSpec layer) {
        Shape s = shape();
        if (layer instanceof LayerSpec.Dense d) {
            Shape out;
            if (s.kind() == Shape.Kind.SEQUENCE) {
                expectSize(s.c(), d.in(), layer);
                out = Shape.sequence(s.a(), s.b(), d.out());
            } else {
                expect(s, Shape.Kind.TABLE, layer);
                expectSize(s.b(), d.in(), layer);
                out = Shape.table(s.a(), d.out());
            }
            boolean fused = fuses(d.activation());
            push(new Op.Dense(current, buffer(out), d.weights(), d.bias(), fused ? d.activation() : Activation.IDENTITY));
            if (!fused) activate(d.activation());
        } else if (layer instanceof LayerSpec.Convolution c) {
            expect(s, Shape.Kind.IMAGE, layer);
            convolution(layer, c.in(), c.out(), c.same() ? c.window().same((int) s.c(), (int) s.d()) : c.window(), c.weights(), c.bias(), c.activation(), false);
        } else if (layer instanceof LayerSpec.Convolution1D c) {
            toImage(layer);
            Shape i = shape();
            convolution(layer, c.in(), c.out(), c.same() ? c.window().same((int) i.c(), 1) : c.window(), c.weights(), c.bias(), c.activation(), true);
            toSteps();
        } else if (layer instanceof LayerSpec.Pooling p) {
            expect(s, Shape.Kind.IMAGE, layer);
            pool(layer, p.kind(), p.same() ? p.window().same((int) s.c(), (int) s.d()) : p.window());
        } else if (layer instanceof LayerSpec.Pooling1D p) {
            toImage(layer);
            Shape i = shape();
            pool(layer, p.kind(), p.same() ? p.window().same((int) i.c(), 1) : p.window());
            toSteps();
        } else if (layer instanceof LayerSpec.GlobalPooling p) {
            globalPool(p, s);
        } else if (layer instanceof LayerSpec.BatchNorm b) {
            expectSize(s.kind() == Shape.Kind.SEQUENCE ? s.c() : s.b(), b.size(), layer);
            push(new Op.BatchNorm(current, buffer(s), b));
        } else if (layer instanceof LayerSpec.Activate a) {
            activate(a.activation());
        } else if (layer instanceof LayerSpec.Dropout d) {
            dropout(d.keep());
        } else if (layer instanceof LayerSpec.MaskSteps) {
            if (maskAlive) push(new Op.MaskSteps(current, buffer(s)));
        } else if (layer instanceof LayerSpec.Flatten f) {
            if (s.kind() == Shape.Kind.IMAGE) push(new Op.Flatten(current, buffer(Shape.table(s.a(), s.b() * s.c() * s.d())), f.channelsLast()));
            else expect(s, Shape.Kind.TABLE, layer);
        } else if (layer instanceof LayerSpec.Unflatten u) {
            if (s.kind() == Shape.Kind.IMAGE) return;
            expect(s, Shape.Kind.TABLE, layer);
            expectSize(s.b(), (long) u.channels() * u.height() * u.width(), layer);
            push(new Op.Unflatten(current, buffer(Shape.image(s.a(), u.channels(), u.height(), u.width())), u.channelsLast()));
        } else if (layer instanceof LayerSpec.StepsToRows) {
            if (s.kind() == Shape.Kind.TABLE) return;
            expect(s, Shape.Kind.SEQUENCE, layer);
            push(new Op.View(current, buffer(Shape.table(s.a() * s.b(), s.c()))));
        } else if (layer instanceof LayerSpec.RowsToSteps) {
            expect(s, Shape.Kind.TABLE, layer);
            push(new Op.View(current, buffer(Shape.sequence(s.a() / batch, batch, s.b()))));
        } else if (layer instanceof LayerSpec.Lstm || layer instanceof LayerSpec.SimpleRnn) {
            recurrent(layer, current, maskAlive);
        } else if (layer instanceof LayerSpec.Bidirectional b) {
            int in = current;
            dropout(b.forwardKeep());
            recurrent(b.forward(), current, maskAlive);
            int first = current;
            current = in;
            boolean byMask = maskAlive && b.backward() instanceof LayerSpec.SimpleRnn;
            boolean turned = b.skipsZeros() || byMask;
            int lengths = byMask ? -1 : in;
            if (turned) push(new Op.ReverseSteps(in, buffer(s), lengths));
            dropout(b.backwardKeep());
            recurrent(byMask ? ((LayerSpec.SimpleRnn) b.backward()).forwards() : b.backward(), current, false);
            if (turned) push(new Op.ReverseSteps(current, buffer(shape()), lengths));
            int second = current;
            current = first;
            join(b.merge(), second);
        } else if (layer instanceof LayerSpec.LastStep) {
            expect(s, Shape.Kind.SEQUENCE, layer);
            push(new Op.LastStep(current, buffer(Shape.table(s.b(), s.c())), maskAlive));
            maskAlive = false;
        } else if (layer instanceof LayerSpec.Embedding e) {
            Shape out = e.sequence() ? Shape.sequence(s.a(), s.b(), e.out()) : Shape.table(s.a(), e.out());
            push(new Op.Embedding(current, buffer(out), e));
            activate(e.activation());
            if (maskAlive) push(new Op.MaskSteps(current, buffer(out)));
        } else if (layer instanceof LayerSpec.Foreign f) {
            Shape out = Shape.ofOutside(f.layer().output(s.outside(net.channelsLast()), batch), net.channelsLast());
            push(new Op.Foreign(current, buffer(out), f.layer()));
        }
    }

    private void dropout(double keep) {
        if (training && keep < 1) push(new Op.Dropout(current, buffer(shape()), keep, dropouts++));
    }

    private void convolution(LayerSpec layer, int in, int out, Window w, Param weights, Param bias, Activation a, boolean rowsFirst) {
        Shape s = shape();
        expectSize(s.b(), in, layer);
        boolean fused = fuses(a);
        push(new Op.Convolution(current, buffer(outImage(layer, s, out, w)), w, weights, bias, fused ? a : Activation.IDENTITY, rowsFirst));
        if (!fused) activate(a);
    }

    private void pool(LayerSpec layer, LayerSpec.PoolKind kind, Window w) {
        push(new Op.Pool(current, buffer(outImage(layer, shape(), shape().b(), w)), w, kind));
    }

    private static Shape outImage(LayerSpec layer, Shape s, long channels, Window w) {
        int h = w.outH((int) s.c());
        int width = w.outW((int) s.d());
        if (h < 1 || width < 1)
            throw new IllegalArgumentException(layer.getClass().getSimpleName() + ": its input is " + s.c() + "x" + s.d() + ", smaller than the window");
        return Shape.image(s.a(), channels, h, width);
    }

    private void globalPool(LayerSpec.GlobalPooling p, Shape s) {
        if (s.kind() == Shape.Kind.SEQUENCE) {
            push(new Op.PoolSteps(current, buffer(Shape.table(s.b(), s.c())), p.kind(), maskAlive));
            maskAlive = false;
            return;
        }
        expect(s, Shape.Kind.IMAGE, p);
        Window whole = new Window((int) s.c(), (int) s.d(), 1, 1, 0, 0, 0, 0, 1, 1);
        push(new Op.Pool(current, buffer(Shape.image(s.a(), s.b(), 1, 1)), whole, p.kind()));
        push(new Op.Flatten(current, buffer(Shape.table(s.a(), s.b())), false));
    }

    private void toImage(LayerSpec layer) {
        Shape s = shape();
        expect(s, Shape.Kind.SEQUENCE, layer);
        push(new Op.StepsToImage(current, buffer(Shape.image(s.b(), s.c(), s.a(), 1))));
    }

    private void toSteps() {
        Shape s = shape();
        push(new Op.ImageToSteps(current, buffer(Shape.sequence(s.c(), s.a(), s.b()))));
    }

    private void recurrent(LayerSpec layer, int in, boolean mask) {
        Shape s = buffers.get(in);
        expect(s, Shape.Kind.SEQUENCE, layer);
        if (layer instanceof LayerSpec.Lstm l) {
            expectSize(s.c(), l.in(), layer);
            push(new Op.Lstm(in, buffer(Shape.sequence(s.a(), s.b(), l.out())), l));
        } else if (layer instanceof LayerSpec.SimpleRnn r) {
            expectSize(s.c(), r.in(), layer);
            push(new Op.SimpleRnn(in, buffer(Shape.sequence(s.a(), s.b(), r.out())), r));
        } else {
            throw new IllegalArgumentException(layer.getClass().getSimpleName() + " is not recurrent");
        }
        // DL4J's LSTM takes no notice of a mask on its input; its simple layer does.
        if (mask && layer instanceof LayerSpec.SimpleRnn) push(new Op.MaskSteps(current, buffer(shape())));
    }

    private Program withBackward(boolean labelMasked) {
        int output = current;
        Map<Integer, Integer> gradients = new HashMap<>();
        int last = forward.size() - 1;
        LossSpec.Kind kind = net.loss().kind();
        boolean ofLogits = kind == LossSpec.Kind.LOGISTIC || kind == LossSpec.Kind.MCXENT && forward.get(last) instanceof Op.Activate a
                && a.activation().kind() == Activation.Kind.SOFTMAX;
        int first = ofLogits ? forward.get(last).in() : output;
        int gradient = buffer(buffers.get(first));
        gradients.put(first, gradient);
        List<Program.Backward> backward = new ArrayList<>();
        int lowest = lowestTrained();
        for (int i = ofLogits ? last - 1 : last; i >= lowest; i--) {
            Op op = forward.get(i);
            int gradOut = gradients.get(op.out());
            Program.Gradient in = wanted(op.in(), i, lowest, gradients);
            Program.Gradient second = op instanceof Op.Merge m ? wanted(m.second(), i, lowest, gradients) : Program.Gradient.NONE;
            backward.add(new Program.Backward(op, gradOut, in, second));
        }
        Program.Loss loss = new Program.Loss(kind == LossSpec.Kind.LOGISTIC ? first : output, gradient, ofLogits, net.divideByBatch() ? 1.0 / batch : 1.0);
        return new Program(net, buffers, forward, output, loss, backward, batch, masked, labelMasked);
    }

    /** Where operation {@code i} puts the gradient of {@code of}. */
    private Program.Gradient wanted(int of, int i, int lowest, Map<Integer, Integer> gradients) {
        if (i <= lowest || !producedAbove(of, lowest)) return Program.Gradient.NONE;
        boolean more = gradients.containsKey(of);
        return new Program.Gradient(gradients.computeIfAbsent(of, b -> buffer(buffers.get(b))), more);
    }

    private boolean producedAbove(int buffer, int lowest) {
        for (int i = lowest; i < forward.size(); i++) if (forward.get(i).out() == buffer) return true;
        return false;
    }

    /** First operation with parameters: below it no gradient is needed. */
    private int lowestTrained() {
        for (int i = 0; i < forward.size(); i++) {
            Op op = forward.get(i);
            if (op instanceof Op.Dense || op instanceof Op.Convolution || op instanceof Op.BatchNorm || op instanceof Op.Lstm
                    || op instanceof Op.SimpleRnn || op instanceof Op.Embedding || op instanceof Op.Foreign f && f.layer().trained()) return i;
        }
        throw new IllegalArgumentException("the network has no parameters");
    }
}
