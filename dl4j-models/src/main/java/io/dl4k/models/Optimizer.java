package io.dl4k.models;

import org.nd4j.linalg.learning.config.IUpdater;

/** How gradients become steps. Each is the stock updater of that name; the rate is a {@link Schedule}. */
public sealed interface Optimizer {

    /** @return the learning rate per step */
    Schedule rate();

    /** @return the same optimizer with another learning rate */
    Optimizer withRate(Schedule rate);

    /** @return the stock updater; {@link AdamW}'s weight decay is set on the layers beside it */
    IUpdater toStock();

    /** @return share of the weights, times the learning rate, taken away at each step; 0 for all but {@link AdamW} */
    default double weightDecay() {
        return 0;
    }

    /** @return plain stochastic gradient descent */
    static Optimizer sgd(double rate) {
        return new Sgd(Schedule.constant(rate));
    }

    /** @return gradient descent with Nesterov momentum 0.9 */
    static Optimizer nesterov(double rate) {
        return new Nesterov(Schedule.constant(rate), 0.9);
    }

    /** @return RMSProp with decay 0.95, epsilon 1e-8 */
    static Optimizer rmsProp(double rate) {
        return new RmsProp(Schedule.constant(rate), 0.95, 1e-8);
    }

    /** @return AdaGrad with epsilon 1e-6 */
    static Optimizer adaGrad(double rate) {
        return new AdaGrad(Schedule.constant(rate), 1e-6);
    }

    /** @return Adam with betas 0.9 and 0.999, epsilon 1e-8 */
    static Optimizer adam(double rate) {
        return new Adam(Schedule.constant(rate), 0.9, 0.999, 1e-8);
    }

    /** @return Adam as in {@link #adam} with decoupled weight decay */
    static Optimizer adamW(double rate, double weightDecay) {
        return new AdamW(Schedule.constant(rate), weightDecay, 0.9, 0.999, 1e-8);
    }

    /**
     * {@code w -= rate * g}.
     *
     * @param rate learning rate
     */
    record Sgd(Schedule rate) implements Optimizer {
        public Sgd {
            Check.notNull("rate", rate);
        }

        @Override
        public Sgd withRate(Schedule other) {
            return new Sgd(other);
        }

        @Override
        public IUpdater toStock() {
            return following(rate, new org.nd4j.linalg.learning.config.Sgd(rate.first()));
        }
    }

    /**
     * Gradient descent with Nesterov momentum.
     *
     * @param rate     learning rate
     * @param momentum share of the last step kept, in [0, 1)
     */
    record Nesterov(Schedule rate, double momentum) implements Optimizer {
        public Nesterov {
            Check.notNull("rate", rate);
            Check.share("momentum", momentum);
        }

        @Override
        public Nesterov withRate(Schedule other) {
            return new Nesterov(other, momentum);
        }

        @Override
        public IUpdater toStock() {
            return following(rate, new org.nd4j.linalg.learning.config.Nesterovs(rate.first(), momentum));
        }
    }

    /**
     * Steps divided by a running root mean square of the gradient.
     *
     * @param rate    learning rate
     * @param decay   share of the running mean kept, in [0, 1)
     * @param epsilon added to the divisor, above 0
     */
    record RmsProp(Schedule rate, double decay, double epsilon) implements Optimizer {
        public RmsProp {
            Check.notNull("rate", rate);
            Check.share("decay", decay);
            Check.positive("epsilon", epsilon);
        }

        @Override
        public RmsProp withRate(Schedule other) {
            return new RmsProp(other, decay, epsilon);
        }

        @Override
        public IUpdater toStock() {
            return following(rate, new org.nd4j.linalg.learning.config.RmsProp(rate.first(), decay, epsilon));
        }
    }

    /**
     * Steps divided by the root of the sum of all squared gradients so far.
     *
     * @param rate    learning rate
     * @param epsilon added to the divisor, above 0
     */
    record AdaGrad(Schedule rate, double epsilon) implements Optimizer {
        public AdaGrad {
            Check.notNull("rate", rate);
            Check.positive("epsilon", epsilon);
        }

        @Override
        public AdaGrad withRate(Schedule other) {
            return new AdaGrad(other, epsilon);
        }

        @Override
        public IUpdater toStock() {
            return following(rate, new org.nd4j.linalg.learning.config.AdaGrad(rate.first(), epsilon));
        }
    }

    /**
     * Adam. Stock adds epsilon to the uncorrected root, which differs from the paper for tiny gradients only.
     *
     * @param rate    learning rate
     * @param beta1   share of the running mean kept, in [0, 1)
     * @param beta2   share of the running mean square kept, in [0, 1)
     * @param epsilon added to the divisor, above 0
     */
    record Adam(Schedule rate, double beta1, double beta2, double epsilon) implements Optimizer {
        public Adam {
            Check.notNull("rate", rate);
            Check.share("beta1", beta1);
            Check.share("beta2", beta2);
            Check.positive("epsilon", epsilon);
        }

        @Override
        public Adam withRate(Schedule other) {
            return new Adam(other, beta1, beta2, epsilon);
        }

        @Override
        public IUpdater toStock() {
            return following(rate, new org.nd4j.linalg.learning.config.Adam(rate.first(), beta1, beta2, epsilon));
        }
    }

    /**
     * Adam with decoupled weight decay: after Adam's step, {@code w -= rate * weightDecay * w} (weights, not biases).
     * Stock adds {@code weightDecay / 2 * |w|^2} to the reported score.
     *
     * @param rate        learning rate
     * @param weightDecay finite, at least 0
     * @param beta1       share of the running mean kept, in [0, 1)
     * @param beta2       share of the running mean square kept, in [0, 1)
     * @param epsilon     added to the divisor, above 0
     */
    record AdamW(Schedule rate, double weightDecay, double beta1, double beta2, double epsilon) implements Optimizer {
        public AdamW {
            Check.notNull("rate", rate);
            Check.notNegative("weightDecay", weightDecay);
            Check.share("beta1", beta1);
            Check.share("beta2", beta2);
            Check.positive("epsilon", epsilon);
        }

        @Override
        public AdamW withRate(Schedule other) {
            return new AdamW(other, weightDecay, beta1, beta2, epsilon);
        }

        @Override
        public IUpdater toStock() {
            return following(rate, new org.nd4j.linalg.learning.config.Adam(rate.first(), beta1, beta2, epsilon));
        }
    }

    /** A constant rate needs no schedule; without one the rate can be set while training. */
    private static IUpdater following(Schedule rate, IUpdater updater) {
        if (!(rate instanceof Schedule.Constant)) {
            updater.setLrAndSchedule(rate.first(), rate.toStock());
        }
        return updater;
    }
}
