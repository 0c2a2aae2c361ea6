package io.dl4k.training;

/**
 * An average of the weights over the course of training, batch-norm statistics included. It is what the validation sees after each
 * epoch and what the network holds in the end; training itself goes on from the weights as they are.
 */
public sealed interface Averaging {

    /**
     * The exponential moving average over steps: step {@code i} of {@code n} weighs {@code decay^(n-i)}, and the weights sum to 1, so
     * that the average is not drawn towards the initial weights.
     *
     * @param decay in (0, 1); the average looks back about {@code 1 / (1 - decay)} steps
     */
    record Exponential(double decay) implements Averaging {
        /** @throws IllegalArgumentException if {@code decay} is outside (0, 1) or NaN */
        public Exponential {
            if (!(decay > 0 && decay < 1)) {
                throw new IllegalArgumentException("decay must be in (0, 1), got " + decay);
            }
        }
    }

    /**
     * The mean of the weights at the ends of the last {@code epochs} epochs, or of all so far if there are fewer. Holds that many
     * copies of the weights.
     *
     * @param epochs at least 1
     */
    record LastEpochs(int epochs) implements Averaging {
        /** @throws IllegalArgumentException if {@code epochs} is below 1 */
        public LastEpochs {
            if (epochs < 1) {
                throw new IllegalArgumentException("epochs to average must be at least 1, got " + epochs);
            }
        }
    }
}
