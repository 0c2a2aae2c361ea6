package io.dl4k.accel.onednn;

import static io.dl4k.accel.onednn.Dnn.check;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.UpdatePlan;
import io.dl4k.accel.program.UpdaterSpec;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** From gradient to parameters. Adam runs as four fused oneDNN passes; the rest as Java loops over chunks that stay in the first-level cache. */
final class DnnUpdate implements Kernels.Update {
    private static final int CHUNK = 2048;

    /** Sets this step's numbers, before the plan or the loop runs. */
    private interface Prepared {
        void set(int iteration, int epoch);
    }

    private final UpdatePlan spec;
    private final Plan plan;
    private final FloatBuffer params;
    private final FloatBuffer gradient;
    private final FloatBuffer state;
    private final List<Prepared> prepared = new ArrayList<>();
    private final float[] p = new float[CHUNK];
    private final float[] g = new float[CHUNK];
    private final float[] s = new float[CHUNK];
    /** What the noise lies on, one array a parameter. */
    private final List<float[]> clean = new ArrayList<>();

    DnnUpdate(UpdatePlan spec, Kernels.Memory memory, Plan plan) {
        this.spec = spec;
        this.plan = plan;
        long length = 0;
        long states = 0;
        for (UpdatePlan.Block b : spec.blocks()) {
            length = Math.max(length, b.offset() + b.length());
            states = Math.max(states, b.state() + b.length() * b.updater().states());
        }
        params = plan.external(plan.scope.plain(length), memory.params()).floats();
        gradient = plan.external(plan.scope.plain(length), memory.gradient()).floats();
        state = states == 0 ? null : plan.external(plan.scope.plain(states), memory.state()).floats();
        for (UpdatePlan.Noise noise : spec.noises()) clean.add(new float[Math.toIntExact(noise.param().length())]);
        for (UpdatePlan.Block b : spec.blocks()) bind(b, memory);
        plan.allocate();
    }

    private void bind(UpdatePlan.Block b, Kernels.Memory memory) {
        int from = Math.toIntExact(b.offset());
        int length = Math.toIntExact(b.length());
        int at = Math.toIntExact(Math.max(0, b.state()));
        UpdaterSpec u = b.updater();
        float[] now = new float[2];
        if (u instanceof UpdaterSpec.Adam adam) {
            adam(b, adam, memory);
        } else if (u instanceof UpdaterSpec.None) {
            plan.call("subtract", () -> each(from, length, -1, (n) -> {
                for (int i = 0; i < n; i++) p[i] -= g[i];
            }));
        } else if (u instanceof UpdaterSpec.Sgd sgd) {
            prepared.add((iteration, epoch) -> now[0] = (float) sgd.lr().at(iteration, epoch));
            plan.call("sgd", () -> each(from, length, -1, (n) -> {
                float lr = now[0];
                for (int i = 0; i < n; i++) p[i] -= lr * g[i];
            }));
        } else if (u instanceof UpdaterSpec.Nesterovs nesterovs) {
            prepared.add((iteration, epoch) -> {
                now[0] = (float) nesterovs.lr().at(iteration, epoch);
                now[1] = (float) nesterovs.momentum().at(iteration, epoch);
            });
            plan.call("nesterovs", () -> each(from, length, at, (n) -> {
                float lr = now[0];
                float mu = now[1];
                for (int i = 0; i < n; i++) {
                    float before = s[i];
                    float v = mu * before - lr * g[i];
                    s[i] = v;
                    p[i] -= mu * before - (1 + mu) * v;
                }
            }));
        } else if (u instanceof UpdaterSpec.RmsProp rms) {
            float decay = (float) rms.decay();
            float rest = (float) (1 - rms.decay());
            float eps = (float) rms.epsilon();
            prepared.add((iteration, epoch) -> now[0] = (float) rms.lr().at(iteration, epoch));
            plan.call("rmsprop", () -> each(from, length, at, (n) -> {
                float lr = now[0];
                for (int i = 0; i < n; i++) {
                    float c = decay * s[i] + rest * g[i] * g[i];
                    s[i] = c;
                    p[i] -= lr * g[i] / ((float) Math.sqrt(c) + eps);
                }
            }));
        } else if (u instanceof UpdaterSpec.AdaGrad ada) {
            float eps = (float) ada.epsilon();
            prepared.add((iteration, epoch) -> now[0] = (float) ada.lr().at(iteration, epoch));
            plan.call("adagrad", () -> each(from, length, at, (n) -> {
                float lr = now[0];
                for (int i = 0; i < n; i++) {
                    float h = s[i] + g[i] * g[i];
                    s[i] = h;
                    p[i] -= lr * g[i] / ((float) Math.sqrt(h) + eps);
                }
            }));
        } else {
            throw new UnsupportedOperationException("updater " + u);
        }
    }

    private interface Loop {
        void run(int n);
    }

    /** Loads chunks of parameters, gradient and, unless {@code at} is negative, state; runs the loop; stores parameters and state. */
    private void each(int from, int length, int at, Loop loop) {
        for (int done = 0; done < length; done += CHUNK) {
            int n = Math.min(CHUNK, length - done);
            params.get(from + done, p, 0, n);
            gradient.get(from + done, g, 0, n);
            if (at >= 0) state.get(at + done, s, 0, n);
            loop.run(n);
            params.put(from + done, p, 0, n);
            if (at >= 0) state.put(at + done, s, 0, n);
        }
    }

    private void adam(UpdatePlan.Block b, UpdaterSpec.Adam adam, Kernels.Memory memory) {
        plan.forWork(Cost.ofBytes(3 * b.length() * Float.BYTES));
        dnnl_memory_desc vector = plan.scope.plain(b.length());
        dnnl_memory_desc scalar = plan.scope.plain(1);
        Tensor p = plan.external(vector, memory.params() + b.offset() * Float.BYTES);
        Tensor g = plan.external(vector, memory.gradient() + b.offset() * Float.BYTES);
        Tensor m = plan.external(vector, memory.state() + b.state() * Float.BYTES);
        Tensor v = plan.external(vector, memory.state() + (b.state() + b.length()) * Float.BYTES);
        Tensor rest = plan.pinned(scalar);
        Tensor one = plan.pinned(scalar);
        Tensor rate = plan.pinned(scalar);
        Tensor root = plan.tensor(vector);
        prepared.add((iteration, epoch) -> {
            rest.floats().put(0, (float) (1 - adam.beta1()));
            one.floats().put(0, 1f);
            int t = iteration + 1;
            double alpha = adam.lr().at(iteration, epoch) * Math.sqrt(1 - Math.pow(adam.beta2(), t)) / (1 - Math.pow(adam.beta1(), t));
            // DL4J's guard for a rate that is gone.
            if (Double.isNaN(alpha) || alpha == 0) alpha = adam.epsilon();
            rate.floats().put(0, (float) -alpha);
        });
        // m = (1 - beta1) g + beta1 m
        dnnl_primitive_desc pd = plan.own(new dnnl_primitive_desc());
        check(dnnl_binary_primitive_desc_create(pd, plan.dnn.engine, dnnl_binary_mul, vector, scalar, vector, plan.scope.postOps().sum(adam.beta1()).attr()), "adam");
        plan.primitive("adam m", pd, DNNL_ARG_SRC_0, g, DNNL_ARG_SRC_1, rest, DNNL_ARG_DST, m);
        // v = (1 - beta2) g g + beta2 v
        pd = plan.own(new dnnl_primitive_desc());
        check(dnnl_binary_primitive_desc_create(pd, plan.dnn.engine, dnnl_binary_mul, vector, vector, vector,
                plan.scope.postOps().eltwise(dnnl_eltwise_linear, 1 - adam.beta2(), 0).sum(adam.beta2()).attr()), "adam");
        plan.primitive("adam v", pd, DNNL_ARG_SRC_0, g, DNNL_ARG_SRC_1, g, DNNL_ARG_DST, v);
        // root = sqrt(v) + epsilon
        pd = plan.own(new dnnl_primitive_desc());
        check(dnnl_binary_primitive_desc_create(pd, plan.dnn.engine, dnnl_binary_mul, vector, scalar, vector,
                plan.scope.postOps().eltwise(dnnl_eltwise_sqrt, 0, 0).eltwise(dnnl_eltwise_linear, 1, adam.epsilon()).attr()), "adam");
        plan.primitive("adam root", pd, DNNL_ARG_SRC_0, v, DNNL_ARG_SRC_1, one, DNNL_ARG_DST, root);
        // p = p - alpha m / root
        pd = plan.own(new dnnl_primitive_desc());
        check(dnnl_binary_primitive_desc_create(pd, plan.dnn.engine, dnnl_binary_div, vector, vector, vector, plan.scope.postOps().binary(dnnl_binary_mul, scalar).sum(1).attr()), "adam");
        plan.primitive("adam p", pd, DNNL_ARG_SRC_0, m, DNNL_ARG_SRC_1, root, DNNL_ARG_DST, p, DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1, rate);
    }

    @Override public Kernels.Later penalty(int iteration, int epoch) {
        double sum = penaltyNow(iteration, epoch);
        return () -> sum;
    }

    private double penaltyNow(int iteration, int epoch) {
        double sum = 0;
        for (UpdatePlan.Penalty penalty : spec.penalties()) {
            double c = penalty.coefficient().at(iteration, epoch);
            int from = (int) penalty.param().offset();
            int length = (int) penalty.param().length();
            sum += penalty.kind() == UpdatePlan.PenaltyKind.L1 ? c * sumAbsolute(from, length) : 0.5 * c * sumSquares(params, from, length);
        }
        return sum;
    }

    private double sumAbsolute(int from, int length) {
        double sum = 0;
        for (int done = 0; done < length; done += CHUNK) {
            int n = Math.min(CHUNK, length - done);
            params.get(from + done, p, 0, n);
            float part = 0;
            for (int i = 0; i < n; i++) part += Math.abs(p[i]);
            sum += part;
        }
        return sum;
    }

    private double sumSquares(FloatBuffer of, int from, int length) {
        double sum = 0;
        for (int done = 0; done < length; done += CHUNK) {
            int n = Math.min(CHUNK, length - done);
            of.get(from + done, s, 0, n);
            // Four sums: one alone would wait for itself.
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            int i = 0;
            for (; i + 3 < n; i += 4) {
                a += s[i] * s[i];
                b += s[i + 1] * s[i + 1];
                c += s[i + 2] * s[i + 2];
                d += s[i + 3] * s[i + 3];
            }
            for (; i < n; i++) a += s[i] * s[i];
            sum += (double) a + b + c + d;
        }
        return sum;
    }

    @Override public void disturb(long seed) {
        for (int k = 0; k < spec.noises().size(); k++) {
            UpdatePlan.Noise noise = spec.noises().get(k);
            float[] kept = clean.get(k);
            params.get((int) noise.param().offset(), kept);
            SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (k + 1));
            for (int done = 0; done < kept.length; done += CHUNK) {
                int n = Math.min(CHUNK, kept.length - done);
                for (int i = 0; i < n; i++) {
                    float drawn = (float) (noise.mean() + noise.deviation() * random.nextGaussian());
                    p[i] = noise.additive() ? kept[done + i] + drawn : kept[done + i] * drawn;
                }
                params.put((int) noise.param().offset() + done, p, 0, n);
            }
        }
    }

    @Override public void calm() {
        for (int k = 0; k < spec.noises().size(); k++) params.put((int) spec.noises().get(k).param().offset(), clean.get(k));
    }

    @Override public void apply(int iteration, int epoch, double longest) {
        if (longest < Double.POSITIVE_INFINITY) shorten(longest);
        for (UpdatePlan.Clip clip : spec.clips()) clip(clip);
        for (UpdatePlan.Penalty penalty : spec.penalties()) penalise(penalty, iteration, epoch);
        for (Prepared each : prepared) each.set(iteration, epoch);
        plan.run();
    }

    private void shorten(double longest) {
        double squares = 0;
        for (UpdatePlan.Run run : spec.gradients()) squares += sumSquares(gradient, (int) run.offset(), (int) run.length());
        double norm = Math.sqrt(squares);
        if (norm > longest) for (UpdatePlan.Run run : spec.gradients()) multiplyGradient((int) run.offset(), (int) run.length(), longest / norm);
    }

    private void clip(UpdatePlan.Clip clip) {
        int from = (int) clip.offset();
        int length = (int) clip.length();
        if (clip.kind() == UpdatePlan.ClipKind.CLIP_VALUE) {
            float limit = (float) clip.threshold();
            for (int done = 0; done < length; done += CHUNK) {
                int n = Math.min(CHUNK, length - done);
                gradient.get(from + done, g, 0, n);
                for (int i = 0; i < n; i++) g[i] = Math.max(-limit, Math.min(limit, g[i]));
                gradient.put(from + done, g, 0, n);
            }
            return;
        }
        double norm = Math.sqrt(sumSquares(gradient, from, length));
        if (clip.kind() == UpdatePlan.ClipKind.CLIP_NORM && norm <= clip.threshold()) return;
        double factor = clip.kind() == UpdatePlan.ClipKind.CLIP_NORM ? clip.threshold() / norm : 1 / (norm == 0 ? 1e-5 : norm);
        multiplyGradient(from, length, factor);
    }

    private void multiplyGradient(int from, int length, double factor) {
        float f = (float) factor;
        for (int done = 0; done < length; done += CHUNK) {
            int n = Math.min(CHUNK, length - done);
            gradient.get(from + done, g, 0, n);
            for (int i = 0; i < n; i++) g[i] *= f;
            gradient.put(from + done, g, 0, n);
        }
    }

    /** L1 and L2 change the gradient; weight decay changes the parameter at once, which is the same as doing so after the updater. */
    private void penalise(UpdatePlan.Penalty penalty, int iteration, int epoch) {
        int from = (int) penalty.param().offset();
        int length = (int) penalty.param().length();
        float c = (float) penalty.coefficient().at(iteration, epoch);
        float decay = penalty.rate() == null ? c : (float) (c * penalty.rate().at(iteration, epoch));
        for (int done = 0; done < length; done += CHUNK) {
            int n = Math.min(CHUNK, length - done);
            params.get(from + done, p, 0, n);
            if (penalty.kind() == UpdatePlan.PenaltyKind.DECAY) {
                for (int i = 0; i < n; i++) p[i] -= decay * p[i];
                params.put(from + done, p, 0, n);
                continue;
            }
            gradient.get(from + done, g, 0, n);
            if (penalty.kind() == UpdatePlan.PenaltyKind.L2) for (int i = 0; i < n; i++) g[i] += c * p[i];
            else for (int i = 0; i < n; i++) g[i] += c * Math.signum(p[i]);
            gradient.put(from + done, g, 0, n);
        }
    }
}
