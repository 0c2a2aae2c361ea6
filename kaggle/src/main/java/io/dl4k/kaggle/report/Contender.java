package io.dl4k.kaggle.report;

import io.dl4k.training.History;
import java.util.List;
import java.util.Optional;

/**
 * One candidate of the run, as the report shows it.
 *
 * @param name of the candidate
 * @param family of its network, such as MLP
 * @param score over all validated rows
 * @param foldScores score of each validated fold
 * @param rows validated
 * @param weight of its networks' mean in the submission, from 0 for none to 1 for alone
 * @param networks trained for it, at least one
 */
public record Contender(String name, String family, double score, List<Double> foldScores, int rows, double weight, List<Member> networks) {
    /**
     * One trained network.
     *
     * @param fold it was validated on, from 0
     * @param number within the fold's ensemble, from 0
     * @param parameters of the network
     * @param score on the rows it was validated on
     * @param history of its training; empty where it was read from a checkpoint
     */
    public record Member(int fold, int number, long parameters, double score, Optional<History> history) {
    }

    public Contender {
        foldScores = List.copyOf(foldScores);
        networks = List.copyOf(networks);
        if (!(weight >= 0 && weight <= 1)) {
            throw new IllegalArgumentException("the weight of candidate '" + name + "' must be in [0, 1], got " + weight);
        }
        if (foldScores.isEmpty() || networks.isEmpty()) {
            throw new IllegalArgumentException("candidate '" + name + "' must have at least one fold score and one network");
        }
    }

    /** The folds' scores summed up. */
    Spread spread() {
        return Spread.of(foldScores);
    }

    /** Networks whose training nobody saw. */
    long withoutHistory() {
        return networks.stream().filter(network -> network.history().isEmpty()).count();
    }
}
