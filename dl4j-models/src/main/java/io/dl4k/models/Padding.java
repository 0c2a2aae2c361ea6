package io.dl4k.models;

import org.deeplearning4j.nn.conf.ConvolutionMode;

/** What a convolution does at the edges. */
public enum Padding {
    /** Zeros around the input, so that the output's side is the input's divided by the stride, rounded up. */
    SAME(ConvolutionMode.Same),
    /** Only windows inside the input: the output's side is {@code (side - kernel) / stride + 1}, rounded down. */
    VALID(ConvolutionMode.Truncate);

    private final ConvolutionMode mode;

    Padding(ConvolutionMode mode) {
        this.mode = mode;
    }

    ConvolutionMode toStock() {
        return mode;
    }

    int output(int side, int kernel, int stride) {
        return this == SAME ? (side + stride - 1) / stride : (side - kernel) / stride + 1;
    }
}
