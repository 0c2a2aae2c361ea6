package io.dl4k.models;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.deeplearning4j.nn.weights.WeightInit;

/** What a unit does with its weighted sum {@code x}. Each is the stock function of that name. */
public enum Activation {
    /** {@code x}. */
    IDENTITY(WeightInit.XAVIER) {
        @Override
        public IActivation toStock() {
            return new ActivationIdentity();
        }
    },
    /** {@code 1 / (1 + exp(-x))}, in (0, 1). */
    SIGMOID(WeightInit.XAVIER) {
        @Override
        public IActivation toStock() {
            return new ActivationSigmoid();
        }
    },
    /** Hyperbolic tangent, in (-1, 1). */
    TANH(WeightInit.XAVIER) {
        @Override
        public IActivation toStock() {
            return new ActivationTanH();
        }
    },
    /** {@code max(0, x)}. */
    RELU(WeightInit.RELU) {
        @Override
        public IActivation toStock() {
            return new ActivationReLU();
        }
    },
    /** {@code x} above 0, {@code 0.01 x} below: the default of hidden layers. */
    LEAKY_RELU(WeightInit.RELU) {
        @Override
        public IActivation toStock() {
            return new ActivationLReLU();
        }
    },
    /** {@code x} above 0, {@code exp(x) - 1} below. */
    ELU(WeightInit.RELU) {
        @Override
        public IActivation toStock() {
            return new ActivationELU();
        }
    },
    /** ELU scaled so that activations keep mean 0 and variance 1 by themselves. */
    SELU(WeightInit.LECUN_NORMAL) {
        @Override
        public IActivation toStock() {
            return new ActivationSELU();
        }
    },
    /** {@code x} times the normal distribution's cumulative at {@code x}, by stock's approximation. */
    GELU(WeightInit.RELU) {
        @Override
        public IActivation toStock() {
            return new ActivationGELU();
        }
    },
    /** {@code x sigmoid(x)}, also called SiLU. */
    SWISH(WeightInit.RELU) {
        @Override
        public IActivation toStock() {
            return new ActivationSwish();
        }
    },
    /** {@code exp(x)} divided by the sum over the layer's units: rows sum to 1. */
    SOFTMAX(WeightInit.XAVIER) {
        @Override
        public IActivation toStock() {
            return new ActivationSoftmax();
        }
    };

    private final WeightInit weights;

    Activation(WeightInit weights) {
        this.weights = weights;
    }

    /** @return the stock function, a new instance each time */
    public abstract IActivation toStock();

    /** @return first weights that keep this activation's variance: He for rectifiers, LeCun for SELU, Xavier otherwise */
    public WeightInit weightInit() {
        return weights;
    }
}
