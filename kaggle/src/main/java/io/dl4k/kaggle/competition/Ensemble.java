package io.dl4k.kaggle.competition;

import io.dl4k.data.Table;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Trained networks of one competition that vote with equal weights.
 *
 * @param competition they solve
 * @param labels how each class is written, by its number
 * @param idColumn of the submission
 * @param targetColumn of the submission
 * @param networks at least one
 */
public record Ensemble(Competition competition, List<String> labels, String idColumn, String targetColumn, List<TrainedNetwork> networks) {
    public Ensemble {
        labels = List.copyOf(labels);
        networks = List.copyOf(networks);
        if (networks.isEmpty()) {
            throw new IllegalArgumentException("an ensemble has at least one network");
        }
    }

    /** @return mean probabilities {@code [rows.length][classes]}, the same for the same rows however the ensemble came to be */
    public float[][] predict(Table table, int[] rows) {
        return mean(networks.stream().map(network -> network.predict(table, rows)).toList());
    }

    /** @return the label of the most probable class of each row, the first where two are equal */
    public List<String> labelsOf(float[][] probabilities) {
        return java.util.Arrays.stream(probabilities).map(row -> labels.get(IntStream.range(0, row.length).reduce(0, (a, b) -> row[b] > row[a] ? b : a))).toList();
    }

    /** Element-wise mean, summed in the list's order. */
    static float[][] mean(List<float[][]> predictions) {
        float[][] first = predictions.get(0);
        float[][] mean = new float[first.length][];
        for (int row = 0; row < first.length; row++) {
            double[] sum = new double[first[row].length];
            for (float[][] prediction : predictions) {
                for (int c = 0; c < sum.length; c++) {
                    sum[c] += prediction[row][c];
                }
            }
            mean[row] = new float[sum.length];
            for (int c = 0; c < sum.length; c++) {
                mean[row][c] = (float) (sum[c] / predictions.size());
            }
        }
        return mean;
    }
}
