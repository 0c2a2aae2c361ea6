package io.dl4k.accel.onednn;

import static io.dl4k.accel.onednn.Dnn.check;
import static io.dl4k.accel.onednn.Dnn.query;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.dl4k.accel.program.Activation;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Param;
import io.dl4k.accel.program.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** One recurrent layer in one direction, as products and elementwise calls per step. oneDNN's own recurrent primitives run as reference code,
 *  about half as fast (docs/acceleration.md).
 *  <p>Rows of a batch do not depend on each other, so each lane takes its share of the rows through all steps and meets the others only at
 *  the end; the gradients of the weights are products over all steps and rows at once. Sums before the activation lie as [gate, time,
 *  batch, out]: in each step, a lane's share of a gate is one dense block, and a gate's share of a parameter is a slice of DL4J's vector. */
abstract class Recurrent {
    /** Where a layer stands: its plan, the flat vectors, its input [time, batch, in]. */
    record Place(Plan plan, Kernels.Memory memory, boolean training, Tensor src, Shape shape) { }

    /** Consecutive rows of the batch. */
    record Rows(int from, int count) { }

    /** Calls on part of the rows, with what they share. */
    final class Part {
        final Rows rows;
        final Lane lane = new Lane(plan);
        private final Map<Activation, dnnl_primitive_desc> activations = new HashMap<>();
        private final Map<Activation, dnnl_primitive_desc> gradients = new HashMap<>();
        private final dnnl_memory_desc block;
        private final dnnl_primitive_desc multiply;
        private final dnnl_primitive_desc multiplyAdd;
        private final dnnl_primitive_desc add;

        Part(Rows rows) {
            this.rows = rows;
            block = plan.scope.plain(rows.count, out);
            multiply = binary(dnnl_binary_mul, null);
            multiplyAdd = binary(dnnl_binary_mul, plan.scope.postOps().binary(dnnl_binary_add, block).attr());
            add = binary(dnnl_binary_add, null);
        }

        private dnnl_primitive_desc binary(int algorithm, dnnl_primitive_attr attr) {
            dnnl_primitive_desc pd = plan.own(new dnnl_primitive_desc());
            check(dnnl_binary_primitive_desc_create(pd, plan.dnn.engine, algorithm, block, block, block, attr), "recurrent layer");
            return pd;
        }

        /** A tensor of these rows. */
        Tensor scratch() {
            return plan.tensor(block);
        }

        /** These rows of step {@code t} of gate {@code gate} in [gate, time, batch, out]. */
        Tensor at(Tensor of, int gate, int t) {
            return plan.view(of, block, cell(gate, t));
        }

        /** The same of gates {@code gate} and after. */
        Tensor gatesAt(Tensor of, int gate, int count, int t) {
            return plan.view(of, gatesDesc(count), cell(gate, t));
        }

        private long cell(int gate, int t) {
            return (((long) gate * steps + t) * batch + rows.from) * out;
        }

        private dnnl_memory_desc gatesDesc(int count) {
            return plan.scope.strided(new long[] {count, rows.count, out}, new long[] {(long) steps * batch * out, out, 1});
        }

        void multiply(Tensor a, Tensor b, Tensor to) {
            lane.primitive(multiply, DNNL_ARG_SRC_0, a, DNNL_ARG_SRC_1, b, DNNL_ARG_DST, to);
        }

        /** {@code to = a b + c}. */
        void multiplyAdd(Tensor a, Tensor b, Tensor c, Tensor to) {
            lane.primitive(multiplyAdd, DNNL_ARG_SRC_0, a, DNNL_ARG_SRC_1, b, DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1, c, DNNL_ARG_DST, to);
        }

        void add(Tensor a, Tensor b, Tensor to) {
            lane.primitive(add, DNNL_ARG_SRC_0, a, DNNL_ARG_SRC_1, b, DNNL_ARG_DST, to);
        }

        private dnnl_primitive_desc activation(Activation a) {
            return activations.computeIfAbsent(a, key -> {
                dnnl_primitive_desc pd = plan.own(new dnnl_primitive_desc());
                check(dnnl_eltwise_forward_primitive_desc_create(pd, plan.dnn.engine, training ? dnnl_forward_training : dnnl_forward_inference, Elementwise.algorithm(a, false), block, block,
                        Elementwise.alpha(a), Elementwise.beta(a), null), "recurrent layer's " + a.kind());
                return pd;
            });
        }

        void activate(Activation a, Tensor from, Tensor to) {
            if (!a.isIdentity()) lane.primitive(activation(a), DNNL_ARG_SRC, from, DNNL_ARG_DST, to);
        }

        /** {@code to = g a'}, by the activation's input {@code x} or output {@code y}. */
        void throughActivation(Activation a, Tensor x, Tensor y, Tensor g, Tensor to) {
            boolean fromOutput = a.differentiableFromOutput();
            dnnl_primitive_desc pd = gradients.computeIfAbsent(a, key -> {
                dnnl_primitive_desc made = plan.own(new dnnl_primitive_desc());
                check(dnnl_eltwise_backward_primitive_desc_create(made, plan.dnn.engine, Elementwise.algorithm(a, fromOutput), block, block, block, Elementwise.alpha(a), Elementwise.beta(a),
                        activation(a), null), "gradient of a recurrent layer's " + a.kind());
                return made;
            });
            lane.primitive(pd, fromOutput ? DNNL_ARG_DST : DNNL_ARG_SRC, fromOutput ? y : x, DNNL_ARG_DIFF_DST, g, DNNL_ARG_DIFF_SRC, to);
        }

        /** All steps' {@code x W + b} of all gates, before the first step. */
        private void project(Tensor sums) {
            dnnl_memory_desc x = plan.scope.strided(new long[] {steps, rows.count, in}, new long[] {(long) batch * in, in, 1});
            dnnl_memory_desc y = plan.scope.strided(new long[] {steps, rows.count, out}, new long[] {(long) batch * out, out, 1});
            dnnl_primitive_desc pd = matmul(x, plan.scope.any(1, in, out), plan.scope.plain(1, 1, out), y, plan.scope.postOps().ownScratch());
            Tensor from = plan.view(src, x, (long) rows.from * in);
            for (int q = 0; q < gates; q++) {
                Tensor w = packed(weights, q * in * out, plan.scope.strided(new long[] {1, in, out}, new long[] {(long) in * out, 1, in}), query(pd, dnnl_query_weights_md, 0));
                Tensor b = plan.external(plan.scope.plain(1, 1, out), memory.params() + (bias.offset() + (long) q * out) * Float.BYTES);
                lane.primitive(pd, DNNL_ARG_SRC, from, DNNL_ARG_WEIGHTS, w, DNNL_ARG_BIAS, b, DNNL_ARG_DST, plan.view(sums, y, cell(q, 0)));
            }
        }

        /** Product with gates {@code first} and after of the recurrent weights, added to the sums and put through their common activation. */
        final class Recurrence {
            private final dnnl_primitive_desc pd;
            private final dnnl_memory_desc before;
            private final Tensor w;

            Recurrence(int first, int count, Activation a) {
                before = plan.scope.plain(1, rows.count, out);
                Dnn.PostOps ops = plan.scope.postOps().ownScratch().sum(1);
                if (!a.isIdentity()) ops.eltwise(Elementwise.algorithm(a, false), Elementwise.alpha(a), Elementwise.beta(a));
                pd = matmul(before, plan.scope.any(count, out, out), null, gatesDesc(count), ops);
                w = packed(recurrent, first * out * out, plan.scope.strided(new long[] {count, out, out}, new long[] {(long) out * out, 1, out}), query(pd, dnnl_query_weights_md, 0));
            }

            void add(Tensor h, Tensor sums) {
                lane.primitive(pd, DNNL_ARG_SRC, plan.alias(h, before), DNNL_ARG_WEIGHTS, w, DNNL_ARG_DST, sums);
            }
        }

        /** The errors of one step, of all gates, added to the gradient of the step before. */
        final class BackRecurrence {
            private final dnnl_primitive_desc pd = matmul(block, plan.scope.plain(out, out), null, block, plan.scope.postOps().ownScratch().sum(1));
            private final Tensor[] w = new Tensor[gates];

            BackRecurrence() {
                for (int q = 0; q < gates; q++) w[q] = plan.external(plan.scope.plain(out, out), memory.params() + (recurrent.offset() + (long) q * out * out) * Float.BYTES);
            }

            void add(Tensor errors, int t, Tensor to) {
                for (int q = 0; q < gates; q++) lane.primitive(pd, DNNL_ARG_SRC, at(errors, q, t), DNNL_ARG_WEIGHTS, w[q], DNNL_ARG_DST, to);
            }
        }

        /** Gradient of the input, after the last step. */
        private void inputGradient(Tensor errors, Tensor to) {
            dnnl_memory_desc g = plan.scope.strided(new long[] {steps, rows.count, out}, new long[] {(long) batch * out, out, 1});
            dnnl_memory_desc x = plan.scope.strided(new long[] {steps, rows.count, in}, new long[] {(long) batch * in, in, 1});
            dnnl_memory_desc w = plan.scope.plain(1, out, in);
            dnnl_primitive_desc first = matmul(g, w, null, x, plan.scope.postOps().ownScratch());
            dnnl_primitive_desc next = matmul(g, w, null, x, plan.scope.postOps().ownScratch().sum(1));
            Tensor dx = plan.view(to, x, (long) rows.from * in);
            for (int q = 0; q < gates; q++) {
                lane.primitive(q == 0 ? first : next, DNNL_ARG_SRC, plan.view(errors, g, cell(q, 0)), DNNL_ARG_WEIGHTS,
                        plan.external(w, memory.params() + (weights.offset() + (long) q * in * out) * Float.BYTES), DNNL_ARG_DST, dx);
            }
        }
    }

    final Plan plan;
    final Kernels.Memory memory;
    final boolean training;
    final int steps;
    final int batch;
    final int in;
    final int out;
    final int gates;
    private final Tensor src;
    private final Param weights;
    private final Param recurrent;
    private final Param bias;
    private final boolean backward;
    private final Map<Long, List<Tensor>> packed = new HashMap<>();
    private Tensor hidden;

    Recurrent(Place place, int gates, int out, Param weights, Param recurrent, Param bias, boolean backward) {
        this.plan = place.plan;
        this.memory = place.memory;
        this.training = place.training;
        this.src = place.src;
        this.steps = (int) place.shape.a();
        this.batch = (int) place.shape.b();
        this.in = (int) place.shape.c();
        this.gates = gates;
        this.out = out;
        this.weights = weights;
        this.recurrent = recurrent;
        this.bias = bias;
        this.backward = backward;
    }

    /** What a kind of layer keeps between its passes is made here. Returns the sums' tensor [gate, time, batch, out]. */
    abstract Tensor begin(Tensor hidden);

    /** Adds one part's calls of all steps. */
    abstract void steps(Part part, Tensor hidden);

    /** Adds one part's backward calls of all steps; what was added to {@code g} is complete when a step is reached. */
    abstract void backSteps(Part part, Tensor hidden, Tensor g);

    /** Where {@link #backSteps} leaves the gradient of the sums. */
    abstract Tensor errors(Tensor g);

    /** The step that is computed as number {@code s}. */
    final int time(int s) {
        return backward ? steps - 1 - s : s;
    }

    private dnnl_primitive_desc matmul(dnnl_memory_desc a, dnnl_memory_desc b, dnnl_memory_desc plus, dnnl_memory_desc c, Dnn.PostOps ops) {
        dnnl_primitive_desc pd = plan.own(new dnnl_primitive_desc());
        check(dnnl_matmul_primitive_desc_create(pd, plan.dnn.engine, a, b, plus, c, ops.attr()), "recurrent layer");
        return pd;
    }

    /** Weights in the layout a product wants, rearranged once a run. */
    private Tensor packed(Param p, int from, dnnl_memory_desc stored, dnnl_memory_desc wanted) {
        long at = p.offset() + from;
        List<Tensor> known = packed.computeIfAbsent(at, key -> new ArrayList<>());
        for (Tensor t : known) if (Dnn.same(t.desc, wanted)) return t;
        Tensor made = plan.as("recurrent weights", plan.external(stored, memory.params() + at * Float.BYTES), wanted);
        known.add(made);
        return made;
    }

    private List<Rows> shares(int threads) {
        int n = Math.min(threads, batch);
        List<Rows> shares = new ArrayList<>();
        for (int k = 0; k < n; k++) shares.add(new Rows(batch * k / n, batch * (k + 1) / n - batch * k / n));
        return shares;
    }

    /** Adds the forward calls; returns the output [time, batch, out]. */
    final Tensor forward() {
        hidden = plan.tensor(plan.scope.plain(steps, batch, out));
        Tensor sums = begin(hidden);
        int threads = plan.now();
        plan.alone(() -> {
            List<Lane> lanes = new ArrayList<>();
            for (Rows rows : shares(threads)) {
                Part part = new Part(rows);
                part.project(sums);
                steps(part, hidden);
                lanes.add(part.lane);
            }
            plan.lanes("recurrent steps", lanes, threads);
        });
        return hidden;
    }

    /** Adds the backward calls; returns the gradient of the input, or null where nobody needs it. */
    final Tensor gradient(Tensor g, boolean needed) {
        Tensor dx = needed ? plan.tensor(plan.scope.plain(steps, batch, in)) : null;
        Tensor errors = errors(g);
        int threads = plan.now();
        plan.alone(() -> {
            List<Lane> lanes = new ArrayList<>();
            for (Rows rows : shares(threads)) {
                Part part = new Part(rows);
                backSteps(part, hidden, g);
                if (needed) part.inputGradient(errors, dx);
                lanes.add(part.lane);
            }
            plan.lanes("recurrent steps gradient", lanes, threads);
            weightGradients(errors, threads);
        });
        return dx;
    }

    private void weightGradients(Tensor errors, int threads) {
        int n = Math.min(threads, 2 * gates);
        List<Lane> lanes = new ArrayList<>();
        for (int k = 0; k < n; k++) lanes.add(new Lane(plan));
        int task = 0;
        long rows = (long) steps * batch;
        WeightGradient ofInput = new WeightGradient(rows, in, true);
        for (int q = 0; q < gates; q++) {
            ofInput.add(lanes.get(task++ % n), plan.alias(src, plan.scope.plain(rows, in)), plan.view(errors, plan.scope.plain(rows, out), q * rows * out), weights, q);
        }
        if (steps > 1) {
            // The hidden state of each step meets the errors of the step computed after it.
            long paired = rows - batch;
            long first = backward ? (long) batch * out : 0;
            long second = backward ? 0 : (long) batch * out;
            WeightGradient ofHidden = new WeightGradient(paired, out, false);
            for (int q = 0; q < gates; q++) {
                ofHidden.add(lanes.get(task++ % n), plan.view(hidden, plan.scope.plain(paired, out), first), plan.view(errors, plan.scope.plain(paired, out), q * rows * out + second), recurrent, q);
            }
        } else {
            Tensor none = plan.external(plan.scope.plain(recurrent.length()), memory.gradient() + recurrent.offset() * Float.BYTES);
            float[] zeros = new float[(int) recurrent.length()];
            plan.call("recurrent weights gradient", () -> none.floats().put(0, zeros));
        }
        plan.lanes("recurrent weights gradient", lanes, threads);
    }

    /** A gate's slice of a matrix, as [out, inputs] in row-major order, from all rows at once. */
    private final class WeightGradient {
        private final dnnl_primitive_desc pd = plan.own(new dnnl_primitive_desc());
        private final dnnl_memory_desc w;
        private final boolean withBias;

        WeightGradient(long rows, long inputs, boolean withBias) {
            this.withBias = withBias;
            w = plan.scope.plain(out, inputs);
            dnnl_memory_desc x = plan.scope.plain(rows, inputs);
            dnnl_memory_desc y = plan.scope.plain(rows, out);
            dnnl_memory_desc b = withBias ? plan.scope.plain(out) : null;
            dnnl_primitive_desc forward = plan.own(new dnnl_primitive_desc());
            check(dnnl_inner_product_forward_primitive_desc_create(forward, plan.dnn.engine, dnnl_forward_training, x, w, b, y, null), "recurrent layer");
            check(dnnl_inner_product_backward_weights_primitive_desc_create(pd, plan.dnn.engine, x, w, b, y, forward, plan.scope.postOps().ownScratch().attr()), "recurrent layer's gradient");
        }

        void add(Lane lane, Tensor x, Tensor errors, Param p, int gate) {
            Tensor dw = plan.external(w, memory.gradient() + (p.offset() + gate * p.length() / gates) * Float.BYTES);
            if (!withBias) {
                lane.primitive(pd, DNNL_ARG_SRC, x, DNNL_ARG_DIFF_DST, errors, DNNL_ARG_DIFF_WEIGHTS, dw);
                return;
            }
            Tensor db = plan.external(plan.scope.plain(out), memory.gradient() + (bias.offset() + (long) gate * out) * Float.BYTES);
            lane.primitive(pd, DNNL_ARG_SRC, x, DNNL_ARG_DIFF_DST, errors, DNNL_ARG_DIFF_WEIGHTS, dw, DNNL_ARG_DIFF_BIAS, db);
        }
    }
}
