package io.dl4k.kaggle.competition;

import java.util.Arrays;
import java.util.List;

/**
 * How a network's outputs were standardised: {@code link(y) = output * deviation + mean}. Networks of different folds have different scales, so that their outputs
 * are brought to the link's before they are averaged.
 *
 * @param means one an output; none where outputs are probabilities
 * @param deviations one an output, above 0
 */
public record TargetScale(List<Double> means, List<Double> deviations) {
    /** Probabilities stay as they are. */
    static final TargetScale NONE = new TargetScale(List.of(), List.of());

    public TargetScale {
        means = List.copyOf(means);
        deviations = List.copyOf(deviations);
        if (means.size() != deviations.size() || deviations.stream().anyMatch(d -> !(d > 0))) {
            throw new IllegalArgumentException("a scale has as many deviations above 0 as means, got " + means + " and " + deviations);
        }
    }

    /** Learns mean and deviation of the given rows. @param linked {@code [outputs][rows of the training table]} */
    static TargetScale fit(double[][] linked, int[] rows) {
        Double[] means = new Double[linked.length];
        Double[] deviations = new Double[linked.length];
        for (int c = 0; c < linked.length; c++) {
            double[] column = linked[c];
            double mean = Arrays.stream(rows).mapToDouble(row -> column[row]).average().orElse(0);
            double variance = Arrays.stream(rows).mapToDouble(row -> (column[row] - mean) * (column[row] - mean)).average().orElse(0);
            means[c] = mean;
            deviations[c] = variance > 1e-24 ? Math.sqrt(variance) : 1;
        }
        return new TargetScale(List.of(means), List.of(deviations));
    }

    /** {@return the network's target for a number on the link's scale} */
    double standardised(int output, double linked) {
        return (linked - means.get(output)) / deviations.get(output);
    }

    /** {@return outputs {@code [rows][outputs]} on the link's scale; probabilities as they are} */
    float[][] linked(float[][] outputs) {
        if (means.isEmpty()) {
            return outputs;
        }
        float[][] linked = new float[outputs.length][means.size()];
        for (int row = 0; row < outputs.length; row++) {
            for (int c = 0; c < means.size(); c++) {
                linked[row][c] = (float) (outputs[row][c] * deviations.get(c) + means.get(c));
            }
        }
        return linked;
    }
}
