package io.dl4k.models;

import java.util.ArrayList;
import java.util.List;

/**
 * A builder whose layers are called in the order in which data passes them, the output last. What the sizes do not allow is
 * refused when the network is built, with the layer's number, counted over the calls that add one, from 1.
 *
 * @param <B> the builder itself
 */
public abstract sealed class LayeredBuilder<B extends LayeredBuilder<B>> extends NetworkBuilder<B> permits ConvNet, Rnn {

    /** One call of the user. */
    sealed interface Op {

        /** The call as messages name it. */
        String text();

        /** Square window. */
        record Conv(int filters, int kernel, int stride) implements Op {
            @Override
            public String text() {
                return "conv " + filters + ", " + kernel + (stride == 1 ? "" : ", " + stride);
            }
        }

        /** Largest or mean value of each window. */
        record Pool(boolean max, int window, int stride) implements Op {
            @Override
            public String text() {
                return (max ? "maxPool " : "avgPool ") + window + (stride == window ? "" : ", " + stride);
            }
        }

        /** Largest or mean value of each channel. */
        record GlobalPool(boolean max, String text) implements Op {
        }

        /** Two convolutions and a way around them. */
        record Residual(int filters, int kernel, int stride) implements Op {
            @Override
            public String text() {
                return "residual " + filters + ", " + kernel + (stride == 1 ? "" : ", " + stride);
            }
        }

        /** Normalisation over the batch. */
        record BatchNorm() implements Op {
            @Override
            public String text() {
                return "batchNorm";
            }
        }

        /** Dropout of the next weighted layer's inputs. */
        record Dropout(double share) implements Op {
            @Override
            public String text() {
                return "dropout " + share;
            }
        }

        /** Fully connected. */
        record Dense(int units) implements Op {
            @Override
            public String text() {
                return "dense " + units;
            }
        }

        /** A recurrent layer. */
        record Recurrent(boolean lstm, int units, boolean bidirectional) implements Op {
            @Override
            public String text() {
                return (lstm ? "lstm " : "simple ") + units + (bidirectional ? ", bidirectional" : "");
            }
        }

        /** The last valid step. */
        record LastStep() implements Op {
            @Override
            public String text() {
                return "lastStep";
            }
        }

        /** One output per step. */
        record PerStep() implements Op {
            @Override
            public String text() {
                return "perStep";
            }
        }
    }

    private final List<Op> ops = new ArrayList<>();

    LayeredBuilder() {
    }

    final B then(Op op) {
        if (hasHead()) {
            throw new IllegalArgumentException(op.text() + " comes after the output " + headText()
                    + "; call it before the output");
        }
        ops.add(op);
        return self();
    }

    /** The calls so far, for reading. */
    final List<Op> ops() {
        return ops;
    }

    final void replaceLast(Op op) {
        ops.set(ops.size() - 1, op);
    }

    /** Whether the call after this one is batchNorm, which then goes between the sums and the activation. */
    final boolean normalised(int index) {
        return index + 1 < ops.size() && ops.get(index + 1) instanceof Op.BatchNorm;
    }

    final void requireHead() {
        if (!hasHead()) {
            throw new IllegalArgumentException(
                    "the network has no output; end with classes(n), binary(), multiLabel(n) or regression(n)");
        }
    }

    /**
     * A dense layer over all values of its input, with the hidden activation.
     *
     * @param units at least 1
     * @return this
     */
    public B dense(int units) {
        return then(new Op.Dense(Check.atLeast("dense", units, 1)));
    }

    /**
     * Drops values while training, where the next layer with weights takes its inputs.
     *
     * @param p share dropped, in [0, 1)
     * @return this
     */
    public B dropout(double p) {
        return then(new Op.Dropout(Check.share("dropout", p)));
    }

    /**
     * Softmax output, rows sum to 1; cross-entropy.
     *
     * @param count at least 2
     * @return this
     */
    public B classes(int count) {
        return head(HeadKind.CLASSES, count);
    }

    /**
     * One sigmoid output, the probability of label 1; binary cross-entropy.
     *
     * @return this
     */
    public B binary() {
        return head(HeadKind.BINARY, 1);
    }

    /**
     * One sigmoid output per independent label; binary cross-entropy summed over labels.
     *
     * @param labels at least 1
     * @return this
     */
    public B multiLabel(int labels) {
        return head(HeadKind.MULTI_LABEL, labels);
    }

    /**
     * Numbers; mean squared error unless {@link #loss} says otherwise.
     *
     * @param outputs at least 1
     * @return this
     */
    public B regression(int outputs) {
        return head(HeadKind.REGRESSION, outputs);
    }
}
