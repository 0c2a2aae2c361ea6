package io.dl4k.accel.program;

import java.util.List;

/** The loss on the last activations.
 *
 *  @param kind which formula
 *  @param weights one weight an output, empty for none */
public record LossSpec(Kind kind, List<Double> weights) {
    /** With {@code a} the output and {@code y} the target, per row: MCXENT {@code -sum y ln a}, XENT
     *  {@code -sum y ln a + (1-y) ln(1-a)}, L2 {@code sum (a-y)^2}, MSE that over the number of outputs, L1 and MAE likewise with
     *  {@code |a-y|}. */
    public enum Kind { MCXENT, XENT, MSE, L2, MAE, L1 }

    public LossSpec {
        weights = List.copyOf(weights);
    }
}
