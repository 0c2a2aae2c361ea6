package io.dl4k.training;

import io.dl4k.accel.program.Precision;
import io.dl4k.models.Schedule;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a network is trained, whatever the network and its rows. {@link #epochs(int)} gives the defaults: the network's own learning
 * rate, no early stopping, no averaging, no limit of time, seed 42, one worker, float32.
 *
 * @param epochs passes over the rows at most, at least 1
 * @param schedule the learning rate of each step (one a batch, from 0), in place of the network's own; see {@link Trainer} for
 *     networks whose layers have different rates
 * @param earlyStopping when to stop, and that the best epoch's weights are kept; needs a {@link Validation}
 * @param averaging what average of the weights is validated and kept in place of the weights themselves
 * @param budget wall clock for the whole training; zero: no limit. It ends after the step in which the budget is spent
 * @param seed seed of what is random in training, such as dropout
 * @param workers replicas of the network that share each batch, each on a GPU or on some of the cores, at least 1. More than one trains a
 *     little differently: each sees its part of a batch, and parameters and updater state are averaged after each step
 * @param precision of products and convolutions on a GPU with CUDA 13; everything else computes in float32 whatever this says
 */
public record TrainingPlan(
        int epochs,
        Optional<Schedule> schedule,
        Optional<EarlyStopping> earlyStopping,
        Optional<Averaging> averaging,
        Duration budget,
        long seed,
        int workers,
        Precision precision) {

    private static final long DEFAULT_SEED = 42;

    /** @throws IllegalArgumentException if {@code epochs} or {@code workers} is below 1 or {@code budget} negative */
    public TrainingPlan {
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs must be at least 1, got " + epochs);
        }
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be at least 1, got " + workers);
        }
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(earlyStopping, "earlyStopping");
        Objects.requireNonNull(averaging, "averaging");
        Objects.requireNonNull(precision, "precision");
        if (budget.isNegative()) {
            throw new IllegalArgumentException("budget must not be negative, got " + budget);
        }
    }

    /**
     * The plan with nothing but a number of epochs.
     *
     * @param epochs passes over the rows, at least 1
     * @return the plan
     * @throws IllegalArgumentException if {@code epochs} is below 1
     */
    public static TrainingPlan epochs(int epochs) {
        return new TrainingPlan(
                epochs, Optional.empty(), Optional.empty(), Optional.empty(), Duration.ZERO, DEFAULT_SEED, 1, Precision.FLOAT32);
    }

    /** {@return this plan with another number of epochs, at least 1} */
    public TrainingPlan withEpochs(int epochs) {
        return new TrainingPlan(epochs, schedule, earlyStopping, averaging, budget, seed, workers, precision);
    }

    /** {@return this plan with a learning rate for each step} */
    public TrainingPlan withSchedule(Schedule schedule) {
        return new TrainingPlan(epochs, Optional.of(schedule), earlyStopping, averaging, budget, seed, workers, precision);
    }

    /** {@return this plan with early stopping} */
    public TrainingPlan withEarlyStopping(EarlyStopping earlyStopping) {
        return new TrainingPlan(epochs, schedule, Optional.of(earlyStopping), averaging, budget, seed, workers, precision);
    }

    /** {@return this plan with averaged weights} */
    public TrainingPlan withAveraging(Averaging averaging) {
        return new TrainingPlan(epochs, schedule, earlyStopping, Optional.of(averaging), budget, seed, workers, precision);
    }

    /** {@return this plan with a limit of time, zero for none} */
    public TrainingPlan withBudget(Duration budget) {
        return new TrainingPlan(epochs, schedule, earlyStopping, averaging, budget, seed, workers, precision);
    }

    /** {@return this plan with another seed} */
    public TrainingPlan withSeed(long seed) {
        return new TrainingPlan(epochs, schedule, earlyStopping, averaging, budget, seed, workers, precision);
    }

    /** {@return this plan with so many replicas, at least 1} */
    public TrainingPlan withWorkers(int workers) {
        return new TrainingPlan(epochs, schedule, earlyStopping, averaging, budget, seed, workers, precision);
    }

    /** {@return this plan with another precision, where the device has one} */
    public TrainingPlan withPrecision(Precision precision) {
        return new TrainingPlan(epochs, schedule, earlyStopping, averaging, budget, seed, workers, precision);
    }
}
