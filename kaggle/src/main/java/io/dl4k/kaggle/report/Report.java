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
 * @param best index of the one that was submitted
 * @param planned networks that were to be trained
 * @param trust in the submitted one's score
 * @param confusion of the submitted one, out of fold; empty where there are no classes
 * @param times everything that differs when the same run is repeated
 */
public record Report(String title, String metric, List<Facts> facts, List<Contender> contenders, int best, int planned, Trust trust, Optional<Confusion> confusion,
        Times times) {
    /**
     * When and how long.
     *
     * @param finished when the report was made
     * @param seconds wall clock of the whole run
     * @param contenderSeconds wall clock of each candidate's training and validation
     */
    public record Times(Instant finished, double seconds, List<Double> contenderSeconds) {
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
        if (times.contenderSeconds().size() != contenders.size()) {
            throw new IllegalArgumentException("there are times of " + times.contenderSeconds().size() + " contenders for " + contenders.size());
        }
    }

    /** The one that was submitted. */
    Contender submitted() {
        return contenders.get(best);
    }

    /** Networks trained, of all contenders. */
    int trained() {
        return contenders.stream().mapToInt(contender -> contender.networks().size()).sum();
    }
}
