package io.dl4k.models;

import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossPoisson;

/**
 * What a regression output is trained on. Classes use multi-class cross-entropy, binary and multi-label outputs binary
 * cross-entropy; their options are {@code classWeights} and {@code labelSmoothing} of the builders.
 */
public sealed interface Loss {

    /** @return the loss function of the network's output layer */
    ILossFunction toStock();

    /** @return the output's activation: identity, or softplus where the loss needs positive outputs */
    default org.nd4j.linalg.activations.IActivation outputActivation() {
        return Activation.IDENTITY.toStock();
    }

    /** Mean over outputs of the squared residual. */
    record MeanSquared() implements Loss {
        @Override
        public ILossFunction toStock() {
            return new LossMSE();
        }
    }

    /** Mean over outputs of the absolute residual. */
    record MeanAbsolute() implements Loss {
        @Override
        public ILossFunction toStock() {
            return new LossMAE();
        }
    }

    /**
     * Mean over outputs of {@link HuberLoss}.
     *
     * @param delta residual from which the loss grows linearly, finite, above 0
     */
    record Huber(double delta) implements Loss {
        public Huber {
            Check.positive("delta", delta);
        }

        @Override
        public ILossFunction toStock() {
            return new HuberLoss(delta);
        }
    }

    /** Sum over outputs of {@code output - label log(output)}, for counts; outputs are positive by a softplus. */
    record Poisson() implements Loss {
        @Override
        public ILossFunction toStock() {
            return new LossPoisson();
        }

        @Override
        public org.nd4j.linalg.activations.IActivation outputActivation() {
            return new org.nd4j.linalg.activations.impl.ActivationSoftPlus();
        }
    }

    /** @return mean squared error */
    static Loss mse() {
        return new MeanSquared();
    }

    /** @return mean absolute error */
    static Loss mae() {
        return new MeanAbsolute();
    }

    /** @return Huber loss */
    static Loss huber(double delta) {
        return new Huber(delta);
    }

    /** @return Poisson deviance up to a constant */
    static Loss poisson() {
        return new Poisson();
    }
}
