package io.dl4k.kaggle.competition;

import java.util.List;

/**
 * How a candidate did in the cross-validation.
 *
 * @param candidate that was tried
 * @param score metric over all validated rows, each predicted by the networks that were not trained on it
 * @param foldScores metric of each validated fold
 * @param rows validated rows
 * @param seconds its training took
 */
public record CandidateScore(Candidate candidate, double score, List<Double> foldScores, int rows, double seconds) {
    public CandidateScore {
        foldScores = List.copyOf(foldScores);
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
