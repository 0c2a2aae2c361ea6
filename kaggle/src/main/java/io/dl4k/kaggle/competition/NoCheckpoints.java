package io.dl4k.kaggle.competition;

import io.dl4k.training.TrainingKeeper;
import io.dl4k.training.TrainingState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** For runs that are short, and thrown away when they are stopped. */
final class NoCheckpoints extends Checkpoints {
    private final Decisions decisions;

    NoCheckpoints(Duration budget) {
        decisions = new Decisions(budget);
    }

    @Override
    Decisions decisions() {
        return decisions;
    }

    @Override
    boolean has(Candidate candidate, int fold, int member) {
        return false;
    }

    @Override
    Optional<TrainedNetwork> find(Candidate candidate, int fold, int member) {
        return Optional.empty();
    }

    @Override
    Optional<Begun> begun(Candidate candidate, int fold, int member) {
        return Optional.empty();
    }

    @Override
    TrainingKeeper keeper(Candidate candidate, int fold, int member, NetworkPlan plan, Optional<TrainingState> found) {
        return TrainingKeeper.none();
    }

    @Override
    void keep(TrainedNetwork network) {
        // Whoever trained it has it.
    }

    @Override
    void flush() {
        // Nothing is written.
    }

    @Override
    public OptionalLong keepNow(Duration patience) {
        return OptionalLong.empty();
    }

    @Override
    public String cost() {
        return "no checkpoints";
    }

    @Override
    public void delete() {
        // Nothing is there.
    }
}
