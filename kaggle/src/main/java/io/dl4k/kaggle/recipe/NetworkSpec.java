package io.dl4k.kaggle.recipe;

import java.util.List;

/** A network, described. */
public sealed interface NetworkSpec {
    /** What pools the steps of a sequence. */
    enum Pool implements Word {
        /** The largest value of each unit. */
        MAX("max"),
        /** The mean of each unit. */
        MEAN("mean"),
        /** The last step. */
        LAST("last");

        private final String word;

        Pool(String word) {
            this.word = word;
        }

        @Override
        public String word() {
            return word;
        }
    }

    /** What bends the sums of hidden layers. */
    enum Bend implements Word {
        /** {@code max(x, x / 100)}. */
        LEAKY_RELU("leaky-relu"),
        /** {@code max(x, 0)}. */
        RELU("relu"),
        /** {@code x Phi(x)}: smooth. */
        GELU("gelu"),
        /** {@code tanh x}: bounded. */
        TANH("tanh");

        private final String word;

        Bend(String word) {
            this.word = word;
        }

        @Override
        public String word() {
            return word;
        }
    }

    /**
     * A multilayer perceptron.
     *
     * @param hidden units of each layer, from the input on, at least 1; none makes it linear, from weights of 0
     * @param activation of the hidden layers
     * @param dropout share of each hidden layer's units dropped, in [0, 1)
     * @param inputDropout share of the inputs dropped, in [0, 1)
     * @param batchNorm whether hidden layers are normalised
     * @param l1 penalty, at least 0
     * @param l2 penalty, at least 0
     * @param robust whether far-off numbers count by their distance, not its square; classes do not care
     */
    record Mlp(List<Integer> hidden, Bend activation, double dropout, double inputDropout, boolean batchNorm, double l1, double l2, boolean robust) implements NetworkSpec {
        /** @throws IllegalArgumentException if a number is out of its range */
        public Mlp {
            hidden = List.copyOf(hidden);
            requirePositive("hidden", hidden);
            requireShare("dropout", dropout);
            requireShare("input-dropout", inputDropout);
            requireNotNegative("l1", l1);
            requireNotNegative("l2", l2);
        }

        /** Without batch norm, a penalty on single weights, or robustness. */
        public Mlp(List<Integer> hidden, Bend activation, double dropout, double inputDropout, double l2) {
            this(hidden, activation, dropout, inputDropout, false, 0, l2, false);
        }
    }

    /**
     * A convolutional network: blocks of convolutions, each block ended by a pool of 2, then a dense layer.
     *
     * @param blocks filters of each convolution, block after block
     * @param kernel side of the windows, at least 1
     * @param batchNorm whether convolutions are normalised
     * @param dense units after the blocks, at least 1
     * @param dropout share of the dense layer's units dropped, in [0, 1)
     * @param shift most pixels an image is shifted while training, at least 0
     * @param rotation most degrees it is turned, in [0, 180]
     * @param scale most change of its size, in [0, 1)
     */
    record Cnn(List<List<Integer>> blocks, int kernel, boolean batchNorm, int dense, double dropout, double shift, double rotation, double scale)
            implements NetworkSpec {
        /** @throws IllegalArgumentException if a number is out of its range */
        public Cnn {
            blocks = blocks.stream().map(List::copyOf).toList();
            blocks.forEach(block -> requirePositive("blocks", block));
            requirePositive("kernel", List.of(kernel));
            requirePositive("dense", List.of(dense));
            requireShare("dropout", dropout);
            requireNotNegative("shift", shift);
            requireShare("scale", scale);
            if (!(rotation >= 0 && rotation <= 180)) {
                throw new IllegalArgumentException("rotation must be in [0, 180], got " + rotation);
            }
        }
    }

    /**
     * A recurrent network over the words of the text columns.
     *
     * @param embedding length of a word's vector, at least 1
     * @param units of the LSTM, at least 1
     * @param bidirectional whether it reads both ways
     * @param pool of the steps
     * @param dropout share dropped after the embedding and after the pool, in [0, 1)
     * @param length words a row, at least 1; longer ones are cut
     */
    record Lstm(int embedding, int units, boolean bidirectional, Pool pool, double dropout, int length) implements NetworkSpec {
        /** @throws IllegalArgumentException if a number is out of its range */
        public Lstm {
            requirePositive("embedding", List.of(embedding));
            requirePositive("units", List.of(units));
            requirePositive("length", List.of(length));
            requireShare("dropout", dropout);
        }
    }

    /**
     * A recurrent network over the rows before each row, by the clock, the row itself the last.
     *
     * @param over column of dates
     * @param steps rows of a window with the row itself, at least 1
     * @param units of the LSTM, at least 1
     * @param dropout share dropped after it, in [0, 1)
     * @param l2 penalty, at least 0
     */
    record Series(String over, int steps, int units, double dropout, double l2) implements NetworkSpec {
        /** @throws IllegalArgumentException if a number is out of its range */
        public Series {
            requirePositive("steps", List.of(steps));
            requirePositive("units", List.of(units));
            requireShare("dropout", dropout);
            requireNotNegative("l2", l2);
        }
    }

    private static void requirePositive(String name, List<Integer> values) {
        if (values.stream().anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException(name + " must be at least 1, got " + values);
        }
    }

    private static void requireShare(String name, double x) {
        if (!(x >= 0 && x < 1)) {
            throw new IllegalArgumentException(name + " must be in [0, 1), got " + x);
        }
    }

    private static void requireNotNegative(String name, double x) {
        if (!(x >= 0 && x < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " must be finite and at least 0, got " + x);
        }
    }
}
