package io.dl4k.accel.program;

/** One operation of a program; numbers name buffers. */
public sealed interface Op {
    /** Buffer read. */
    int in();

    /** Buffer written. */
    int out();

    /** {@code out = act(in W + b)}. */
    record Dense(int in, int out, Param weights, Param bias, Activation activation) implements Op { }

    /** Convolution with bias and activation; weights [out, in, rows, columns], or [rows, in, out] when {@code rowsFirst}. */
    record Convolution(int in, int out, Window window, Param weights, Param bias, Activation activation, boolean rowsFirst) implements Op { }

    /** Window pooling. */
    record Pool(int in, int out, Window window, LayerSpec.PoolKind kind) implements Op { }

    /** Sequence to table over all valid steps. */
    record PoolSteps(int in, int out, LayerSpec.PoolKind kind, boolean masked) implements Op { }

    /** Batch normalisation; by the batch's own statistics when training. */
    record BatchNorm(int in, int out, LayerSpec.BatchNorm spec) implements Op { }

    /** Activation. */
    record Activate(int in, int out, Activation activation) implements Op { }

    /** Dropout. {@code index} numbers the dropouts of a network, so that each has its own random numbers. */
    record Dropout(int in, int out, double keep, int index) implements Op { }

    /** The same cells in the same (row-major) order under another shape. */
    record View(int in, int out) implements Op { }

    /** Image to table. */
    record Flatten(int in, int out, boolean channelsLast) implements Op { }

    /** Table to image. */
    record Unflatten(int in, int out, boolean channelsLast) implements Op { }

    /** Sequence [time, batch, features] to the image [batch, features, time, 1] that a convolution over time reads. */
    record StepsToImage(int in, int out) implements Op { }

    /** Back again. */
    record ImageToSteps(int in, int out) implements Op { }

    /** LSTM. */
    record Lstm(int in, int out, LayerSpec.Lstm spec) implements Op { }

    /** Simple recurrent layer. */
    record SimpleRnn(int in, int out, LayerSpec.SimpleRnn spec) implements Op { }

    /** Two of one shape into one; CONCAT puts features or channels side by side. */
    record Merge(int in, int second, int out, LayerSpec.MergeKind kind) implements Op { }

    /** Zero where the step is padding. */
    record MaskSteps(int in, int out) implements Op { }

    /** Each row's steps in reverse order, up to its last step that is not all zeros in buffer {@code lengthsOf}, or to the mask's last
     *  step where that is negative; zeros after it. */
    record ReverseSteps(int in, int out, int lengthsOf) implements Op { }

    /** Last valid step to table. */
    record LastStep(int in, int out, boolean masked) implements Op { }

    /** Rows of a table of vectors. */
    record Embedding(int in, int out, LayerSpec.Embedding spec) implements Op { }

    /** Computed by somebody else. */
    record Foreign(int in, int out, ForeignLayer layer) implements Op { }
}
