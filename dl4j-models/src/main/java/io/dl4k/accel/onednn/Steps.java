package io.dl4k.accel.onednn;

import io.dl4k.accel.program.LayerSpec;
import io.dl4k.accel.program.Op;
import io.dl4k.accel.program.Shape;
import java.util.Arrays;

/** Work on sequences [time, batch, features] with masks [batch, time], as Java loops over rows of features. */
final class Steps {
    private Steps() { }

    /** Copies, with zeros where the mask is 0 (or scaled by it, as DL4J does). */
    static void mask(Plan plan, Binder.Run run, Tensor from, Tensor to, Shape s) {
        int steps = (int) s.a();
        int batch = (int) s.b();
        int features = (int) s.c();
        float[] row = new float[features];
        plan.call("mask", () -> {
            float[] mask = run.feed.featureMask();
            for (int t = 0; t < steps; t++) {
                for (int n = 0; n < batch; n++) {
                    float m = mask[n * steps + t];
                    int at = (t * batch + n) * features;
                    if (m == 0) {
                        Arrays.fill(row, 0);
                    } else {
                        from.floats().get(at, row);
                        if (m != 1) for (int f = 0; f < features; f++) row[f] *= m;
                    }
                    to.floats().put(at, row);
                }
            }
        }, from, to);
    }

    /** Number of steps of each row before its padding, which is all zeros and at the end.
     *
     *  @throws UnsupportedOperationException if a step of zeros comes before another: DL4J would start anew there */
    static void lengths(Plan plan, Tensor from, Shape s, int[] lengths) {
        int steps = (int) s.a();
        int batch = (int) s.b();
        int features = (int) s.c();
        plan.call("lengths", () -> {
            Arrays.fill(lengths, 0);
            for (int t = 0; t < steps; t++) {
                for (int n = 0; n < batch; n++) {
                    int at = (t * batch + n) * features;
                    int end = at + features;
                    while (at < end && from.floats().get(at) == 0) at++;
                    if (at == end) continue;
                    if (lengths[n] < t) throw new UnsupportedOperationException("a step of zeros before the end of a sequence, under MaskZeroLayer");
                    lengths[n] = t + 1;
                }
            }
        }, from);
    }

    /** The same by the mask, which has its padding at the end. */
    static void lengths(Plan plan, Binder.Run run, Shape s, int[] lengths) {
        int steps = (int) s.a();
        plan.call("lengths", () -> {
            for (int n = 0; n < lengths.length; n++) {
                lengths[n] = 0;
                while (lengths[n] < steps && run.feed.featureMask()[n * steps + lengths[n]] != 0) lengths[n]++;
            }
        });
    }

    /** Its own transpose, so this is its gradient too. */
    static void reverse(Plan plan, Tensor from, Tensor to, Shape s, int[] lengths) {
        int steps = (int) s.a();
        int batch = (int) s.b();
        int features = (int) s.c();
        float[] row = new float[features];
        float[] zeros = new float[features];
        plan.call("reverse", () -> {
            for (int t = 0; t < steps; t++) {
                for (int n = 0; n < batch; n++) {
                    boolean padding = t >= lengths[n];
                    if (!padding) from.floats().get(((lengths[n] - 1 - t) * batch + n) * features, row);
                    to.floats().put((t * batch + n) * features, padding ? zeros : row);
                }
            }
        }, from, to);
    }

    /** Last step with a mask other than 0; the first if there is none. */
    private static int last(Binder.Run run, int n, int steps, boolean masked) {
        if (!masked) return steps - 1;
        float[] mask = run.feed.featureMask();
        int t = steps - 1;
        while (t > 0 && mask[n * steps + t] == 0) t--;
        return t;
    }

    static void last(Plan plan, Binder.Run run, Tensor from, Tensor to, Shape s, boolean masked) {
        int steps = (int) s.a();
        int batch = (int) s.b();
        int features = (int) s.c();
        float[] row = new float[features];
        plan.call("last step", () -> {
            for (int n = 0; n < batch; n++) {
                from.floats().get((last(run, n, steps, masked) * batch + n) * features, row);
                to.floats().put(n * features, row);
            }
        }, from, to);
    }

    static void lastGradient(Plan plan, Binder.Run run, Tensor from, Tensor to, Shape s, boolean masked) {
        int steps = (int) s.a();
        int batch = (int) s.b();
        int features = (int) s.c();
        float[] row = new float[features];
        float[] zeros = new float[features * batch];
        plan.call("last step gradient", () -> {
            for (int t = 0; t < steps; t++) to.floats().put(t * batch * features, zeros);
            for (int n = 0; n < batch; n++) {
                from.floats().get(n * features, row);
                to.floats().put((last(run, n, steps, masked) * batch + n) * features, row);
            }
        }, from, to);
    }

    /** Max, mean or sum over the valid steps. Returns, for MAX, the tensor that remembers where the maximum was. */
    static Tensor pool(Plan plan, Binder.Run run, Op.PoolSteps op, Tensor from, Tensor to, Shape s) {
        if (op.kind() == LayerSpec.PoolKind.MAX) return largest(plan, run, op, from, to, s);
        int steps = (int) s.a();
        int batch = (int) s.b();
        int features = (int) s.c();
        float[] row = new float[features];
        float[] sum = new float[features];
        plan.call("pool steps", () -> {
            float[] mask = op.masked() ? run.feed.featureMask() : null;
            for (int n = 0; n < batch; n++) {
                Arrays.fill(sum, 0);
                int valid = 0;
                for (int t = 0; t < steps; t++) {
                    if (mask != null && mask[n * steps + t] == 0) continue;
                    valid++;
                    from.floats().get((t * batch + n) * features, row);
                    for (int f = 0; f < features; f++) sum[f] += row[f];
                }
                if (op.kind() != LayerSpec.PoolKind.SUM) for (int f = 0; f < features; f++) sum[f] /= valid;
                to.floats().put(n * features, sum);
            }
        }, from, to);
        return null;
    }

    /** In two passes: HotSpot vectorises the search for the largest, but not for its place. */
    private static Tensor largest(Plan plan, Binder.Run run, Op.PoolSteps op, Tensor from, Tensor to, Shape s) {
        int steps = (int) s.a();
        int batch = (int) s.b();
        int features = (int) s.c();
        float[] step = new float[batch * features];
        float[] best = new float[batch * features];
        float[] where = new float[batch * features];
        Tensor which = plan.tensor(to.desc);
        plan.call("pool steps", () -> {
            float[] mask = op.masked() ? run.feed.featureMask() : null;
            Arrays.fill(best, Float.NEGATIVE_INFINITY);
            for (int t = 0; t < steps; t++) {
                from.floats().get(t * step.length, step);
                for (int n = 0; n < batch; n++) if (mask == null || mask[n * steps + t] != 0) raise(best, step, n * features, (n + 1) * features);
            }
            to.floats().put(0, best);
            Arrays.fill(where, 0);
            // Backwards, so that the first of equals remains.
            for (int t = steps - 1; t >= 0; t--) {
                from.floats().get(t * step.length, step);
                for (int n = 0; n < batch; n++) if (mask == null || mask[n * steps + t] != 0) mark(where, t, best, step, n * features, (n + 1) * features);
            }
            which.floats().put(0, where);
        }, from, to, which);
        return which;
    }

    private static void raise(float[] best, float[] step, int from, int to) {
        for (int i = from; i < to; i++) best[i] = Math.max(best[i], step[i]);
    }

    private static void mark(float[] where, int t, float[] best, float[] step, int from, int to) {
        for (int i = from; i < to; i++) if (step[i] == best[i]) where[i] = t;
    }

    static void poolGradient(Plan plan, Binder.Run run, Op.PoolSteps op, Tensor g, Tensor to, Tensor which, Shape s) {
        int steps = (int) s.a();
        int batch = (int) s.b();
        int features = (int) s.c();
        boolean max = op.kind() == LayerSpec.PoolKind.MAX;
        float[] row = new float[features];
        float[] where = new float[features];
        float[] zeros = new float[features];
        Runnable body = () -> {
            float[] mask = op.masked() ? run.feed.featureMask() : null;
            for (int n = 0; n < batch; n++) {
                g.floats().get(n * features, row);
                if (max) {
                    which.floats().get(n * features, where);
                    for (int t = 0; t < steps; t++) to.floats().put((t * batch + n) * features, zeros);
                    for (int f = 0; f < features; f++) to.floats().put(((int) where[f] * batch + n) * features + f, row[f]);
                    continue;
                }
                int valid = steps;
                if (mask != null) {
                    valid = 0;
                    for (int t = 0; t < steps; t++) if (mask[n * steps + t] != 0) valid++;
                }
                if (op.kind() != LayerSpec.PoolKind.SUM) for (int f = 0; f < features; f++) row[f] /= valid;
                for (int t = 0; t < steps; t++) to.floats().put((t * batch + n) * features, mask != null && mask[n * steps + t] == 0 ? zeros : row);
            }
        };
        if (max) plan.call("pool steps gradient", body, g, to, which);
        else plan.call("pool steps gradient", body, g, to);
    }
}
