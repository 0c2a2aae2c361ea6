package io.dl4k.accel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.dl4k.accel.program.Activation;

/** oneDNN's names for activations. */
final class Elementwise {
    static final double SELU_ALPHA = 1.67326324235437728481;
    static final double SELU_SCALE = 1.05070098735548049342;

    private Elementwise() { }

    /** @param fromOutput whether the derivative is taken from the output */
    static int algorithm(Activation a, boolean fromOutput) {
        return switch (a.kind()) {
            case RELU -> fromOutput ? dnnl_eltwise_relu_use_dst_for_bwd : dnnl_eltwise_relu;
            case ELU -> fromOutput ? dnnl_eltwise_elu_use_dst_for_bwd : dnnl_eltwise_elu;
            case SELU -> dnnl_eltwise_elu;
            case SIGMOID -> fromOutput ? dnnl_eltwise_logistic_use_dst_for_bwd : dnnl_eltwise_logistic;
            case TANH -> fromOutput ? dnnl_eltwise_tanh_use_dst_for_bwd : dnnl_eltwise_tanh;
            case HARD_SIGMOID -> dnnl_eltwise_hardsigmoid;
            case HARD_TANH -> dnnl_eltwise_clip;
            case SOFTPLUS -> dnnl_eltwise_soft_relu;
            case MISH -> dnnl_eltwise_mish;
            case GELU_TANH -> dnnl_eltwise_gelu_tanh;
            case SWISH -> dnnl_eltwise_swish;
            case IDENTITY, SOFTMAX -> throw new IllegalArgumentException(a.kind() + " is not elementwise");
        };
    }

    static float alpha(Activation a) {
        return switch (a.kind()) {
            case SELU -> (float) SELU_ALPHA;
            case SOFTPLUS -> 1;
            case HARD_SIGMOID -> 0.2f;
            case HARD_TANH -> -1;
            default -> a.alpha();
        };
    }

    static float beta(Activation a) {
        return switch (a.kind()) {
            case HARD_SIGMOID -> 0.5f;
            case HARD_TANH -> 1;
            default -> 0;
        };
    }
}
