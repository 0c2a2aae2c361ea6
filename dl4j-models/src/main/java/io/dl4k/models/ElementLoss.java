package io.dl4k.models;

import java.util.Arrays;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossUtil;

/**
 * A loss that is a sum over outputs of a function of that output alone. Scores are sums over outputs; gradients are with
 * respect to the output layer's weighted sum, one row per example, not divided by the batch (stock does that later).
 */
abstract class ElementLoss implements ILossFunction {

    private static final long serialVersionUID = 1L;

    /** The loss of each element, a new array. */
    abstract INDArray losses(INDArray labels, INDArray preOutput, IActivation activation);

    /** The derivative of {@link #losses} by {@code preOutput}, a new array. */
    abstract INDArray gradients(INDArray labels, INDArray preOutput, IActivation activation);

    private INDArray masked(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        INDArray losses = losses(checked(labels, preOutput), preOutput, activation);
        if (mask != null) {
            LossUtil.applyMask(losses, mask);
        }
        return losses;
    }

    private static INDArray checked(INDArray labels, INDArray preOutput) {
        if (!labels.equalShapes(preOutput)) {
            throw new IllegalArgumentException("labels have shape " + Arrays.toString(labels.shape())
                    + ", but the network's output has " + Arrays.toString(preOutput.shape())
                    + ". Give one column per output.");
        }
        return labels.castTo(preOutput.dataType());
    }

    @Override
    public final double computeScore(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask,
            boolean average) {
        INDArray losses = masked(labels, preOutput, activation, mask);
        double sum = losses.sumNumber().doubleValue();
        return average ? sum / losses.size(0) : sum;
    }

    @Override
    public final INDArray computeScoreArray(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return masked(labels, preOutput, activation, mask).sum(true, 1);
    }

    @Override
    public final INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        INDArray gradients = gradients(checked(labels, preOutput), preOutput, activation);
        if (mask != null) {
            LossUtil.applyMask(gradients, mask);
        }
        return gradients;
    }

    @Override
    public final Pair<Double, INDArray> computeGradientAndScore(INDArray labels, INDArray preOutput,
            IActivation activation, INDArray mask, boolean average) {
        return new Pair<>(computeScore(labels, preOutput, activation, mask, average),
                computeGradient(labels, preOutput, activation, mask));
    }

    @Override
    public final String name() {
        return toString();
    }
}
