package io.dl4k.models;

import java.util.Arrays;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Binary cross-entropy of sigmoid outputs with what stock's XENT lacks: a weight per class and label smoothing. For a
 * label {@code y}, the smoothed label {@code s = y (1 - smoothing) + smoothing / 2} and the weighted sum {@code z}:
 * {@code w (log(1 + exp(z)) - s z)}, summed over outputs, where {@code w} goes from {@code negativeWeight} at {@code y = 0} to
 * {@code positiveWeight} at {@code y = 1}, times the output's own weight. Computed from {@code z}, so nothing is clipped.
 */
public final class BinaryCrossEntropyLoss extends ElementLoss {

    private static final long serialVersionUID = 1L;

    @JsonProperty("negativeWeight")
    private final double negativeWeight;
    @JsonProperty("positiveWeight")
    private final double positiveWeight;
    @JsonProperty("smoothing")
    private final double smoothing;
    @JsonProperty("outputWeights")
    private final double[] outputWeights;

    /**
     * @param negativeWeight weight of label 0, finite, above 0
     * @param positiveWeight weight of label 1, finite, above 0
     * @param smoothing      share of the label spread over both classes, in [0, 1)
     * @param outputWeights  one weight per output, or empty for equal ones; copied
     * @throws IllegalArgumentException if a value is out of range
     */
    @JsonCreator
    public BinaryCrossEntropyLoss(@JsonProperty("negativeWeight") double negativeWeight,
            @JsonProperty("positiveWeight") double positiveWeight, @JsonProperty("smoothing") double smoothing,
            @JsonProperty("outputWeights") double[] outputWeights) {
        this.negativeWeight = Check.positive("negativeWeight", negativeWeight);
        this.positiveWeight = Check.positive("positiveWeight", positiveWeight);
        this.smoothing = Check.share("smoothing", smoothing);
        this.outputWeights = outputWeights.clone();
        for (double weight : outputWeights) {
            Check.positive("outputWeights", weight);
        }
    }

    /** @return weight of label 0 */
    public double negativeWeight() {
        return negativeWeight;
    }

    /** @return weight of label 1 */
    public double positiveWeight() {
        return positiveWeight;
    }

    /** @return share of the label spread over both classes */
    public double smoothing() {
        return smoothing;
    }

    /** @return one weight per output, or none; a copy */
    public double[] outputWeights() {
        return outputWeights.clone();
    }

    private INDArray smoothed(INDArray labels) {
        return labels.mul(1 - smoothing).addi(smoothing / 2);
    }

    private INDArray weighted(INDArray values, INDArray labels) {
        values.muli(labels.mul(positiveWeight - negativeWeight).addi(negativeWeight));
        if (outputWeights.length > 0) {
            values.muliRowVector(Nd4j.createFromArray(outputWeights).castTo(values.dataType()));
        }
        return values;
    }

    private static void requireSigmoid(IActivation activation) {
        if (!(activation instanceof ActivationSigmoid)) {
            throw new IllegalArgumentException("BinaryCrossEntropyLoss needs sigmoid outputs, got " + activation
                    + ". Use binary() or multiLabel(n) as the output.");
        }
    }

    @Override
    INDArray losses(INDArray labels, INDArray preOutput, IActivation activation) {
        requireSigmoid(activation);
        // log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|)): no overflow for any z.
        INDArray tail = Transforms.log(Transforms.exp(Transforms.abs(preOutput, true).negi(), false).addi(1), false);
        INDArray losses = Transforms.max(preOutput, 0, true).addi(tail).subi(smoothed(labels).muli(preOutput));
        return weighted(losses, labels);
    }

    @Override
    INDArray gradients(INDArray labels, INDArray preOutput, IActivation activation) {
        requireSigmoid(activation);
        return weighted(Transforms.sigmoid(preOutput, true).subi(smoothed(labels)), labels);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BinaryCrossEntropyLoss loss
                && Double.compare(negativeWeight, loss.negativeWeight) == 0
                && Double.compare(positiveWeight, loss.positiveWeight) == 0
                && Double.compare(smoothing, loss.smoothing) == 0
                && Arrays.equals(outputWeights, loss.outputWeights);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new double[] {negativeWeight, positiveWeight, smoothing, Arrays.hashCode(outputWeights)});
    }

    @Override
    public String toString() {
        return "BinaryCrossEntropyLoss(negativeWeight=" + negativeWeight + ", positiveWeight=" + positiveWeight
                + ", smoothing=" + smoothing + ", outputWeights=" + Arrays.toString(outputWeights) + ")";
    }
}
