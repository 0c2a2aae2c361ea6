package io.dl4k.kaggle.competition;

import io.dl4k.data.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Trained networks of one competition that vote: those of a candidate with equal weights, candidates with theirs.
 *
 * @param competition they solve
 * @param answer how predictions are written
 * @param idColumn of the submission
 * @param targetColumns of the submission
 * @param weights of the candidates, by name, above 0
 * @param networks at least one of each candidate that has a weight, and none of others
 */
public record Ensemble(Competition competition, Answer answer, String idColumn, List<String> targetColumns, Map<String, Double> weights, List<TrainedNetwork> networks) {
    public Ensemble {
        targetColumns = List.copyOf(targetColumns);
        weights = Collections.unmodifiableMap(new TreeMap<>(weights));
        networks = List.copyOf(networks);
        List<String> candidates = networks.stream().map(network -> network.candidate().name()).distinct().sorted().toList();
        if (candidates.isEmpty() || !candidates.equals(List.copyOf(weights.keySet())) || weights.values().stream().anyMatch(w -> !(w > 0))) {
            throw new IllegalArgumentException("networks of " + candidates + " and weights above 0 for each are wanted, got " + weights);
        }
    }

    /** @return predictions as the metric takes them, the same for the same rows however the ensemble came to be */
    public float[][] predict(Table table, int[] rows) {
        List<float[][]> votes = new ArrayList<>();
        weights.keySet().forEach(name -> votes
                .add(mean(networks.stream().filter(network -> network.candidate().name().equals(name)).map(network -> network.predict(table, rows)).toList())));
        return answer.predictions(mean(votes, List.copyOf(weights.values())));
    }

    /** The same in the file's order and then in this one: a row's batch, and with it the last bits of its prediction, does not depend on the order asked for. */
    public float[][] predictInOrder(Table table, int[] order) {
        float[][] all = predict(table, CompetitionRun.all(table.rows()));
        return java.util.Arrays.stream(order).mapToObj(row -> all[row]).toArray(float[][]::new);
    }

    /** Whether rows can be predicted without the others of their file. */
    boolean rowByRow() {
        return networks.stream().allMatch(network -> network.encoder().rowByRow());
    }

    /** Element-wise mean, summed in the list's order. */
    static float[][] mean(List<float[][]> predictions) {
        return mean(predictions, Collections.nCopies(predictions.size(), 1.0));
    }

    /** Element-wise weighted mean, summed in the list's order. */
    static float[][] mean(List<float[][]> predictions, List<Double> weights) {
        double all = weights.stream().mapToDouble(x -> x).sum();
        float[][] first = predictions.get(0);
        float[][] mean = new float[first.length][];
        for (int row = 0; row < first.length; row++) {
            double[] sum = new double[first[row].length];
            for (int p = 0; p < predictions.size(); p++) {
                float[] prediction = predictions.get(p)[row];
                double weight = weights.get(p);
                for (int c = 0; c < sum.length; c++) {
                    sum[c] += weight * prediction[c];
                }
            }
            mean[row] = new float[sum.length];
            for (int c = 0; c < sum.length; c++) {
                mean[row][c] = (float) (sum[c] / all);
            }
        }
        return mean;
    }
}
