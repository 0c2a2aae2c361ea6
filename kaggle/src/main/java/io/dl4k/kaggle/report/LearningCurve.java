package io.dl4k.kaggle.report;

import io.dl4k.training.History;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a candidate's networks did epoch by epoch.
 *
 * @param epochs of the longest training
 * @param lines one a network, its value after each epoch; null where it has none
 * @param mean over the networks that have a value; null where none has
 */
record LearningCurve(int epochs, List<List<Double>> lines, List<Double> mean) {
    /** @param value of an epoch; NaN for none */
    static LearningCurve of(List<History> histories, ToDoubleFunction<History.Epoch> value) {
        int epochs = histories.stream().mapToInt(history -> history.epochs().size()).max().orElse(0);
        double[] sums = new double[epochs];
        int[] counts = new int[epochs];
        List<List<Double>> lines = new ArrayList<>();
        for (History history : histories) {
            Double[] line = new Double[epochs];
            for (int e = 0; e < history.epochs().size(); e++) {
                double x = value.applyAsDouble(history.epochs().get(e));
                if (Double.isFinite(x)) {
                    line[e] = x;
                    sums[e] += x;
                    counts[e]++;
                }
            }
            // Not List.of, which refuses null.
            lines.add(Arrays.asList(line));
        }
        Double[] mean = new Double[epochs];
        for (int e = 0; e < epochs; e++) {
            mean[e] = counts[e] == 0 ? null : Double.valueOf(sums[e] / counts[e]);
        }
        return new LearningCurve(epochs, lines, Arrays.asList(mean));
    }

    /** Whether there is nothing to draw. */
    boolean isEmpty() {
        return mean.stream().allMatch(x -> x == null);
    }
}
