package io.dl4k.accel.program;

/** How a gradient becomes a step. Formulas are DL4J's, in which {@code p} loses {@code update}. State lies one array after the other. */
public sealed interface UpdaterSpec {
    /** Arrays of the block's length that this keeps. */
    int states();

    /** {@code update = g}: batch-norm statistics, whose "gradient" is the update. */
    record None() implements UpdaterSpec {
        @Override public int states() { return 0; }
    }

    /** {@code update = lr * g}. */
    record Sgd(Rate lr) implements UpdaterSpec {
        @Override public int states() { return 0; }
    }

    /** {@code v' = mu v - lr g; update = mu v - (1 + mu) v'}. */
    record Nesterovs(Rate lr, Rate momentum) implements UpdaterSpec {
        @Override public int states() { return 1; }
    }

    /** {@code m, v} moving averages; {@code update = lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps)}, t from 1. */
    record Adam(Rate lr, double beta1, double beta2, double epsilon) implements UpdaterSpec {
        @Override public int states() { return 2; }
    }

    /** {@code c = d c + (1 - d) g^2; update = lr g / (sqrt(c) + eps)}; c starts at eps, not 0. */
    record RmsProp(Rate lr, double decay, double epsilon) implements UpdaterSpec {
        @Override public int states() { return 1; }
    }

    /** {@code h = h + g^2; update = lr g / (sqrt(h) + eps)}. */
    record AdaGrad(Rate lr, double epsilon) implements UpdaterSpec {
        @Override public int states() { return 1; }
    }
}
