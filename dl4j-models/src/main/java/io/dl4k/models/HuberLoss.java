package io.dl4k.models;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Huber loss, which stock lacks: with the residual {@code r = output - label}, {@code r^2 / 2} where {@code |r| <= delta}
 * and {@code delta (|r| - delta / 2)} beyond; the mean over outputs, as stock's MSE and MAE take it. Its gradient never
 * exceeds {@code delta}, so single wild targets do not steer the training.
 */
public final class HuberLoss extends ElementLoss {

    private static final long serialVersionUID = 1L;

    @JsonProperty("delta")
    private final double delta;

    /**
     * @param delta residual from which the loss grows linearly, finite, above 0
     * @throws IllegalArgumentException if {@code delta} is out of range
     */
    @JsonCreator
    public HuberLoss(@JsonProperty("delta") double delta) {
        this.delta = Check.positive("delta", delta);
    }

    /** @return residual from which the loss grows linearly */
    public double delta() {
        return delta;
    }

    @Override
    INDArray losses(INDArray labels, INDArray preOutput, IActivation activation) {
        INDArray size = Transforms.abs(activation.getActivation(preOutput.dup(), true).subi(labels), false);
        // With c = min(|r|, delta), both branches are c (|r| - c / 2).
        INDArray core = Transforms.min(size, delta, true);
        return size.subi(core.mul(0.5)).muli(core).divi(labels.size(1));
    }

    @Override
    INDArray gradients(INDArray labels, INDArray preOutput, IActivation activation) {
        INDArray residual = activation.getActivation(preOutput.dup(), true).subi(labels);
        INDArray slope = Nd4j.math().clipByValue(residual, -delta, delta).divi(labels.size(1));
        return activation.backprop(preOutput.dup(), slope).getFirst();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HuberLoss huber && Double.compare(delta, huber.delta) == 0;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(delta);
    }

    @Override
    public String toString() {
        return "HuberLoss(delta=" + delta + ")";
    }
}
