package io.dl4k.kaggle.competition;

import java.util.List;

/**
 * How a candidate did in the cross-validation.
 *
 * @param candidate that was tried
 * @param score metric over all validated rows, each predicted by the networks that were not trained on it
 * @param foldScores metric of each validated fold, the first fold first
 * @param outOfFold the predictions that were scored
 * @param networks what was trained for it, in that order
 * @param seconds its training took
 */
public record CandidateScore(Candidate candidate, double score, List<Double> foldScores, OutOfFold outOfFold, List<NetworkScore> networks, double seconds) {
    public CandidateScore {
        foldScores = List.copyOf(foldScores);
        networks = List.copyOf(networks);
    }

    /** Number of validated rows. */
    public int rows() {
        return outOfFold.size();
    }

    /** Standard deviation of the folds' scores; 0 for fewer than two. */
    public double spread() {
        if (foldScores.size() < 2) {
            return 0;
        }
        double mean = foldScores.stream().mapToDouble(x -> x).average().orElseThrow();
        return Math.sqrt(foldScores.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum() / (foldScores.size() - 1));
    }
}
