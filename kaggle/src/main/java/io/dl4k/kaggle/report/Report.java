package io.dl4k.kaggle.report;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that a report shows.
 *
 * @param title of the competition
 * @param metric it is scored by
 * @param facts about run, machine and versions
 * @param contenders in the order they were tried, at least one
 * @param best index of the best one
 * @param planned networks that were to be trained for the folds
 * @param onAllRows networks trained anew on all rows, which predict in place of those of the folds; 0: these predict
 * @param trust in the score of what was submitted
 * @param outlook what of this competition the score cannot know; empty: nothing is known
 * @param findings about what was submitted, out of fold
 * @param times everything that differs when the same run is repeated
 */
public record Report(String title, String metric, List<Facts> facts, List<Contender> contenders, int best, int planned, int onAllRows, Trust trust,
        Optional<Outlook> outlook, Findings findings, Times times) {
    /**
     * When, how long and in how much memory.
     *
     * @param finished when the report was made
     * @param seconds wall clock of the whole run
     * @param memory that the process took, for people
     * @param contenderSeconds wall clock of each candidate's training and validation
     */
    public record Times(Instant finished, double seconds, String memory, List<Double> contenderSeconds) {
        public Times {
            contenderSeconds = List.copyOf(contenderSeconds);
        }
    }

    public Report {
        facts = List.copyOf(facts);
        contenders = List.copyOf(contenders);
        if (best < 0 || best >= contenders.size()) {
            throw new IllegalArgumentException("best must be one of " + contenders.size() + " contenders, got " + best);
        }
        if (contenders.stream().noneMatch(contender -> contender.weight() > 0)) {
            throw new IllegalArgumentException("at least one contender votes in the submission");
        }
        if (times.contenderSeconds().size() != contenders.size()) {
            throw new IllegalArgumentException("there are times of " + times.contenderSeconds().size() + " contenders for " + contenders.size());
        }
    }

    /** Those whose networks vote in the submission, in the order they were tried. */
    List<Contender> voters() {
        return contenders.stream().filter(contender -> contender.weight() > 0).toList();
    }

    /** Networks that vote in the submission. */
    int votingNetworks() {
        return onAllRows > 0 ? onAllRows : voters().stream().mapToInt(contender -> contender.networks().size()).sum();
    }

    /** Networks trained for the folds, of all contenders. */
    int trained() {
        return contenders.stream().mapToInt(contender -> contender.networks().size()).sum();
    }
}
