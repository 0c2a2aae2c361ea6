package io.dl4k.accel.program;

import java.util.List;

/** The loss on the last activations.
 *
 *  @param kind which formula
 *  @param weights one weight an output, empty for none
 *  @param smoothing share of each label spread evenly: over the outputs by MCXENT, over both classes by LOGISTIC; 0 for the others
 *  @param delta where HUBER turns linear; unused by the others
 *  @param negative weight of label 0 in LOGISTIC  @param positive weight of label 1 */
public record LossSpec(Kind kind, List<Double> weights, double smoothing, double delta, double negative, double positive) {
    /** With {@code a} the output and {@code y} the target, per row: MCXENT {@code -sum y ln a}, XENT
     *  {@code -sum y ln a + (1-y) ln(1-a)}, L2 {@code sum (a-y)^2}, MSE that over the number of outputs, L1 and MAE likewise with
     *  {@code |a-y|}, HUBER {@code (a-y)^2 / 2} within delta and {@code delta (|a-y| - delta / 2)} beyond, over the number of outputs,
     *  POISSON {@code sum a - y ln a}, LOGISTIC XENT by the sigmoid's input, so that nothing is clipped. */
    public enum Kind { MCXENT, XENT, MSE, L2, MAE, L1, HUBER, POISSON, LOGISTIC }

    public LossSpec {
        weights = List.copyOf(weights);
    }

    /** A loss without smoothing. */
    public LossSpec(Kind kind, List<Double> weights) {
        this(kind, weights, 0, 1, 1, 1);
    }
}
