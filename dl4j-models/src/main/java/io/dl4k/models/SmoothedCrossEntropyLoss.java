package io.dl4k.models;

import java.util.Arrays;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Stock's multi-class cross-entropy on smoothed labels {@code y (1 - smoothing) + smoothing / classes}, with optional
 * class weights. Keeps a classifier from being surer than its labels deserve.
 */
public final class SmoothedCrossEntropyLoss implements ILossFunction {

    private static final long serialVersionUID = 1L;

    @JsonProperty("smoothing")
    private final double smoothing;
    @JsonProperty("classWeights")
    private final double[] classWeights;

    /**
     * @param smoothing    share of the label spread over all classes, in [0, 1)
     * @param classWeights one weight per class, or empty for equal ones; copied
     * @throws IllegalArgumentException if a value is out of range
     */
    @JsonCreator
    public SmoothedCrossEntropyLoss(@JsonProperty("smoothing") double smoothing,
            @JsonProperty("classWeights") double[] classWeights) {
        this.smoothing = Check.share("smoothing", smoothing);
        this.classWeights = classWeights.clone();
        for (double weight : classWeights) {
            Check.positive("classWeights", weight);
        }
    }

    /** @return share of the label spread over all classes */
    public double smoothing() {
        return smoothing;
    }

    /** @return one weight per class, or none; a copy */
    public double[] classWeights() {
        return classWeights.clone();
    }

    /** Made at each call: it holds a device array, which a configuration must not. */
    private LossMCXENT stock() {
        return stockCrossEntropy(classWeights);
    }

    static LossMCXENT stockCrossEntropy(double[] classWeights) {
        return classWeights.length == 0 ? new LossMCXENT()
                : new LossMCXENT(Nd4j.createFromArray(classWeights).reshape(1, classWeights.length));
    }

    private INDArray smoothed(INDArray labels, INDArray preOutput) {
        return labels.castTo(preOutput.dataType()).mul(1 - smoothing).addi(smoothing / labels.size(1));
    }

    @Override
    public double computeScore(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask,
            boolean average) {
        return stock().computeScore(smoothed(labels, preOutput), preOutput, activation, mask, average);
    }

    @Override
    public INDArray computeScoreArray(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return stock().computeScoreArray(smoothed(labels, preOutput), preOutput, activation, mask);
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return stock().computeGradient(smoothed(labels, preOutput), preOutput, activation, mask);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(INDArray labels, INDArray preOutput, IActivation activation,
            INDArray mask, boolean average) {
        return stock().computeGradientAndScore(smoothed(labels, preOutput), preOutput, activation, mask, average);
    }

    @Override
    public String name() {
        return toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SmoothedCrossEntropyLoss loss && Double.compare(smoothing, loss.smoothing) == 0
                && Arrays.equals(classWeights, loss.classWeights);
    }

    @Override
    public int hashCode() {
        return 31 * Double.hashCode(smoothing) + Arrays.hashCode(classWeights);
    }

    @Override
    public String toString() {
        return "SmoothedCrossEntropyLoss(smoothing=" + smoothing + ", classWeights=" + Arrays.toString(classWeights) + ")";
    }
}
