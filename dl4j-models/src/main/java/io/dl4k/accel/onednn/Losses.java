package io.dl4k.accel.onednn;

import io.dl4k.accel.program.LossSpec;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;
import java.nio.FloatBuffer;

/** Score and first gradient with DL4J's formulas and clipping, in Java: outputs are small beside the layers before them. */
final class Losses {
    private static final float SOFTMAX_CLIP = 1e-10f;
    private static final float SIGMOID_CLIP = 1e-5f;
    private final LossSpec spec;
    private final boolean ofLogits;
    private final boolean masked;
    private final int rows;
    private final int outs;
    private final int steps;
    private final int batch;
    private final float scale;
    private final float[] weights;
    private final float[] a;
    private final float[] y;
    private final float[] g;

    Losses(Program program, int rows, int outs) {
        this.spec = program.net().loss();
        this.ofLogits = program.loss().ofLogits();
        this.masked = program.labelMasked();
        this.rows = rows;
        this.outs = outs;
        Shape s = program.buffers().get(program.output());
        this.steps = s.kind() == Shape.Kind.SEQUENCE ? (int) s.a() : 1;
        this.batch = rows / steps;
        this.scale = (float) program.loss().scale();
        this.weights = spec.weights().isEmpty() ? null : new float[outs];
        for (int i = 0; weights != null && i < outs; i++) weights[i] = spec.weights().get(i).floatValue();
        this.a = new float[rows * outs];
        this.y = new float[rows * outs];
        this.g = new float[rows * outs];
    }

    /** Reads outputs and targets [rows, outs], writes the scaled gradient, returns the unscaled sum of the loss. */
    double run(FloatBuffer output, FloatBuffer targets, FloatBuffer gradient, float[] mask) {
        output.get(0, a);
        targets.get(0, y);
        if (spec.smoothing() > 0 && spec.kind() == LossSpec.Kind.MCXENT) smooth();
        double score = 0;
        for (int r = 0; r < rows; r++) {
            score += switch (spec.kind()) {
                case MCXENT -> crossEntropy(r, mask);
                case XENT -> binaryCrossEntropy(r, mask);
                case L2, MSE -> squared(r, mask);
                case L1, MAE -> absolute(r, mask);
                case HUBER -> huber(r, mask);
                case POISSON -> poisson(r, mask);
                case LOGISTIC -> logistic(r, mask);
            };
        }
        if (masked) for (int i = 0; i < g.length; i++) g[i] *= maskAt(mask, i);
        for (int i = 0; i < g.length; i++) g[i] *= scale;
        gradient.put(0, g);
        return score;
    }

    private void smooth() {
        float keep = (float) (1 - spec.smoothing());
        float spread = (float) (spec.smoothing() / outs);
        for (int i = 0; i < y.length; i++) y[i] = y[i] * keep + spread;
    }

    /** Mask of cell i; rows of a sequence are in the order time, batch, the mask in the order batch, time. */
    private float maskAt(float[] mask, int i) {
        int row = i / outs;
        if (steps > 1 || mask.length == batch) return mask[row % batch * steps + row / batch];
        return mask[i];
    }

    private float factor(float[] mask, int i) {
        float w = weights == null ? 1 : weights[i % outs];
        return masked ? w * maskAt(mask, i) : w;
    }

    private double crossEntropy(int r, float[] mask) {
        double score = 0;
        int from = r * outs;
        int to = from + outs;
        for (int i = from; i < to; i++) {
            if (y[i] != 0) score -= factor(mask, i) * y[i] * Math.log(Math.min(Math.max(a[i], SOFTMAX_CLIP), 1 - SOFTMAX_CLIP));
        }
        if (!ofLogits) {
            for (int i = from; i < to; i++) g[i] = -(weights == null ? 1 : weights[i - from]) * y[i] / a[i];
        } else if (weights == null) {
            for (int i = from; i < to; i++) g[i] = a[i] - y[i];
        } else {
            float sum = 0;
            for (int i = from; i < to; i++) sum += weights[i - from] * y[i];
            for (int i = from; i < to; i++) g[i] = a[i] * sum - weights[i - from] * y[i];
        }
        return score;
    }

    private double binaryCrossEntropy(int r, float[] mask) {
        double score = 0;
        for (int i = r * outs; i < (r + 1) * outs; i++) {
            float p = Math.min(Math.max(a[i], SIGMOID_CLIP), 1 - SIGMOID_CLIP);
            score -= factor(mask, i) * (y[i] * Math.log(p) + (1 - y[i]) * Math.log(1 - p));
            g[i] = (p - y[i]) / (p * (1 - p)) * (weights == null ? 1 : weights[i - r * outs]);
        }
        return score;
    }

    private double squared(int r, float[] mask) {
        double score = 0;
        float share = spec.kind() == LossSpec.Kind.MSE ? 1f / outs : 1;
        for (int i = r * outs; i < (r + 1) * outs; i++) {
            float d = a[i] - y[i];
            score += factor(mask, i) * share * d * d;
            g[i] = 2 * d * share * (weights == null ? 1 : weights[i - r * outs]);
        }
        return score;
    }

    private double absolute(int r, float[] mask) {
        double score = 0;
        float share = spec.kind() == LossSpec.Kind.MAE ? 1f / outs : 1;
        for (int i = r * outs; i < (r + 1) * outs; i++) {
            float d = a[i] - y[i];
            score += factor(mask, i) * share * Math.abs(d);
            g[i] = Math.signum(d) * share * (weights == null ? 1 : weights[i - r * outs]);
        }
        return score;
    }

    private double huber(int r, float[] mask) {
        double score = 0;
        float share = 1f / outs;
        float delta = (float) spec.delta();
        for (int i = r * outs; i < (r + 1) * outs; i++) {
            float d = a[i] - y[i];
            // With c = min(|d|, delta), both branches are c (|d| - c / 2).
            float c = Math.min(Math.abs(d), delta);
            score += factor(mask, i) * share * c * (Math.abs(d) - c / 2);
            g[i] = share * Math.max(-delta, Math.min(delta, d));
        }
        return score;
    }

    private double poisson(int r, float[] mask) {
        double score = 0;
        for (int i = r * outs; i < (r + 1) * outs; i++) {
            score += factor(mask, i) * (a[i] - y[i] * Math.log(a[i]));
            g[i] = 1 - y[i] / a[i];
        }
        return score;
    }

    /** {@code a} holds the sigmoid's input here, and the gradient is by it. */
    private double logistic(int r, float[] mask) {
        double score = 0;
        for (int i = r * outs; i < (r + 1) * outs; i++) {
            double z = a[i];
            double tail = Math.exp(-Math.abs(z));
            double s = y[i] * (1 - spec.smoothing()) + spec.smoothing() / 2;
            double w = spec.negative() + (spec.positive() - spec.negative()) * y[i];
            // log(1 + exp(z)) without overflow for any z.
            score += factor(mask, i) * w * (Math.max(z, 0) + Math.log1p(tail) - s * z);
            double sigmoid = z >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
            g[i] = (float) (w * (sigmoid - s)) * (weights == null ? 1 : weights[i - r * outs]);
        }
        return score;
    }
}
