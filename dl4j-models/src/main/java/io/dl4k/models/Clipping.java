package io.dl4k.models;

/**
 * A bound on gradients, applied after the division by the batch size and before the optimizer. L2 is added afterwards and
 * is not clipped. Batch norm's running mean and variance, which Deeplearning4j keeps among the gradients, are never clipped.
 */
public sealed interface Clipping {

    /** Gradients as they are. */
    record None() implements Clipping {
    }

    /**
     * Every element into [-threshold, threshold]. Batch norm layers are left as they are.
     *
     * @param threshold finite, above 0
     */
    record ByValue(double threshold) implements Clipping {
        public ByValue {
            Check.positive("threshold", threshold);
        }
    }

    /**
     * Each layer's gradient scaled down to this L2 norm if it is longer. Batch norm layers are left as they are.
     *
     * @param threshold finite, above 0
     */
    record ByNorm(double threshold) implements Clipping {
        public ByNorm {
            Check.positive("threshold", threshold);
        }
    }

    /**
     * The whole network's gradient scaled down to this L2 norm if it is longer: the step keeps its direction. Not in stock;
     * {@code build()} attaches a {@link GlobalNormClipping}.
     *
     * @param threshold finite, above 0
     */
    record ByGlobalNorm(double threshold) implements Clipping {
        public ByGlobalNorm {
            Check.positive("threshold", threshold);
        }
    }

    /** @return no clipping */
    static Clipping none() {
        return new None();
    }

    /** @return every element into [-threshold, threshold] */
    static Clipping byValue(double threshold) {
        return new ByValue(threshold);
    }

    /** @return each layer's gradient at most this long */
    static Clipping byNorm(double threshold) {
        return new ByNorm(threshold);
    }

    /** @return the whole gradient at most this long */
    static Clipping byGlobalNorm(double threshold) {
        return new ByGlobalNorm(threshold);
    }
}
