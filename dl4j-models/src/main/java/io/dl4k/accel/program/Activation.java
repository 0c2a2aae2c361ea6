package io.dl4k.accel.program;

/** An activation function. {@code alpha} is the slope below zero for {@code RELU}, the scale for {@code ELU}, the factor inside the
 *  sigmoid for {@code SWISH}; unused by the others.
 *
 *  @param kind which function
 *  @param alpha its parameter, finite */
public record Activation(Kind kind, float alpha) {
    /** The functions. SWISH is {@code x * sigmoid(alpha * x)}; DL4J's fast GELU is SWISH with alpha 1.702. */
    public enum Kind { IDENTITY, RELU, ELU, SELU, SIGMOID, TANH, HARD_SIGMOID, HARD_TANH, SOFTPLUS, MISH, GELU_TANH, SWISH, SOFTMAX }

    /** No change. */
    public static final Activation IDENTITY = new Activation(Kind.IDENTITY, 0);
    /** Rows that sum to 1. */
    public static final Activation SOFTMAX = new Activation(Kind.SOFTMAX, 0);

    public Activation {
        if (!Float.isFinite(alpha)) throw new IllegalArgumentException("alpha must be finite, got " + alpha);
    }

    /** Whether this leaves its input as it is. */
    public boolean isIdentity() {
        return kind == Kind.IDENTITY;
    }

    /** Whether the derivative follows from the output alone, so that the pre-activation need not be kept. */
    public boolean differentiableFromOutput() {
        return switch (kind) {
            case IDENTITY, SIGMOID, TANH -> true;
            case RELU, ELU -> alpha >= 0;
            default -> false;
        };
    }

    /** Whether each element depends only on itself. */
    public boolean elementwise() {
        return kind != Kind.SOFTMAX;
    }
}
