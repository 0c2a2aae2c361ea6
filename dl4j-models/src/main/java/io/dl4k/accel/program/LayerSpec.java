package io.dl4k.accel.program;

/** One computation of a network, in DL4J's meaning of the parameters. A null bias stands for none. */
public sealed interface LayerSpec {
    /** {@code act(x W + b)}, W stored column by column [in, out]; on tables, or on sequences step by step. */
    record Dense(int in, int out, Param weights, Param bias, Activation activation) implements LayerSpec { }

    /** Cross-correlation, W stored [out, in, rows, columns]. With {@code same}, the padding follows from the input. */
    record Convolution(int in, int out, Window window, boolean same, Param weights, Param bias, Activation activation) implements LayerSpec { }

    /** The same over time steps; {@code window} has one column. W is stored [steps, in, out]: DL4J allots [out, in, steps, 1], but its
     *  forward and backward passes read that memory in this order. */
    record Convolution1D(int in, int out, Window window, boolean same, Param weights, Param bias, Activation activation) implements LayerSpec { }

    /** Largest or mean cell of a window. */
    record Pooling(PoolKind kind, Window window, boolean same) implements LayerSpec { }

    /** The same over time steps. */
    record Pooling1D(PoolKind kind, Window window, boolean same) implements LayerSpec { }

    /** Over all rows and columns of an image, or all valid steps of a sequence. */
    record GlobalPooling(PoolKind kind) implements LayerSpec { }

    /** Normalises each feature or channel; gamma and beta are fixed numbers when their Params are null. Variance is stored as such, or as
     *  log10 of the deviation. */
    record BatchNorm(int size, Param gamma, Param beta, Param mean, Param variance, boolean logDeviation,
                     double fixedGamma, double fixedBeta, double epsilon, double decay) implements LayerSpec { }

    /** An activation of its own. */
    record Activate(Activation activation) implements LayerSpec { }

    /** Keeps a cell with probability {@code keep} and scales it by 1/keep; training only. */
    record Dropout(double keep, int layer) implements LayerSpec { }

    /** Images to rows, cell order channel-row-column, or row-column-channel with {@code channelsLast}. */
    record Flatten(boolean channelsLast) implements LayerSpec { }

    /** Rows to images. */
    record Unflatten(int channels, int height, int width, boolean channelsLast) implements LayerSpec { }

    /** Sequences to one row a step. */
    record StepsToRows() implements LayerSpec { }

    /** Back from rows to the steps of the input's batch. */
    record RowsToSteps() implements LayerSpec { }

    /** LSTM; W [in, 4 out], RW [out, 4 out], columns in DL4J's gate order candidate, forget, output, input.
     *
     *  @param activation of the candidate and of the cell's output  @param gate of the three gates */
    record Lstm(int in, int out, Param weights, Param recurrent, Param bias, Activation activation, Activation gate, boolean backward) implements LayerSpec { }

    /** {@code h = act(x W + h' RW + b)}. */
    record SimpleRnn(int in, int out, Param weights, Param recurrent, Param bias, Activation activation, boolean backward) implements LayerSpec {
        /** The same from the first step to the last. */
        SimpleRnn forwards() {
            return new SimpleRnn(in, out, weights, recurrent, bias, activation, false);
        }
    }

    /** Two recurrent layers over the same input, the second from the end to the start.
     *
     *  @param forwardKeep share of the cells that each direction's own dropout keeps  @param backwardKeep 1 for no dropout
     *  @param skipsZeros whether the second starts at the last step that is not all zeros, and is zero after it */
    record Bidirectional(LayerSpec forward, LayerSpec backward, MergeKind merge, double forwardKeep, double backwardKeep, boolean skipsZeros) implements LayerSpec { }

    /** Zero where the features mask is; unchanged without one. */
    record MaskSteps() implements LayerSpec { }

    /** The last valid step. */
    record LastStep() implements LayerSpec { }

    /** Row {@code x} of W [vocabulary, out] stored column by column; the input holds whole numbers. */
    record Embedding(int vocabulary, int out, Param weights, Param bias, Activation activation, boolean sequence) implements LayerSpec { }

    /** Computed by somebody else. */
    record Foreign(ForeignLayer layer) implements LayerSpec { }

    /** What pooling does with a window. MEAN counts padding cells only if PADDED. */
    enum PoolKind { MAX, MEAN, MEAN_PADDED, SUM }

    /** How two directions become one. */
    enum MergeKind { CONCAT, ADD, MUL, AVERAGE }
}
