package io.dl4k.kaggle.competition;

import io.dl4k.accel.program.Precision;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * What a user may choose about a run; empty means the competition's default.
 *
 * @param folds of the cross-validation, at least 2, or 1 to hold out a tenth of the rows
 * @param ensemble networks a fold, at least 1
 * @param epochs of every network, at least 1
 * @param timeBudget wall clock for all training; {@link Duration#ZERO}: no limit
 * @param seed of everything random
 * @param workers replicas of a network that share each batch, at least 1
 * @param precision of products and convolutions in training, on a GPU with CUDA 13
 */
public record RunOptions(OptionalInt folds, OptionalInt ensemble, OptionalInt epochs, Duration timeBudget, long seed, int workers, Precision precision) {
    /** Networks of one candidate: what a model file holds. */
    private static final int MOST_NETWORKS = 1000;

    /** @throws IllegalArgumentException if a number is out of its range */
    public RunOptions {
        requireAtLeastOne("folds", folds);
        requireAtLeastOne("ensemble", ensemble);
        requireAtLeastOne("epochs", epochs);
        requireAtLeastOne("workers", OptionalInt.of(workers));
        Objects.requireNonNull(precision, "precision");
        if (timeBudget.isNegative()) {
            throw new IllegalArgumentException("the time budget must not be negative, got " + timeBudget);
        }
    }

    /** Networks that are each trained whole, in float32. */
    public RunOptions(OptionalInt folds, OptionalInt ensemble, OptionalInt epochs, Duration timeBudget, long seed) {
        this(folds, ensemble, epochs, timeBudget, seed, 1, Precision.FLOAT32);
    }

    /** The competition's defaults. */
    public static RunOptions defaults(long seed) {
        return new RunOptions(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), Duration.ZERO, seed);
    }

    /**
     * Whether a run with these options can be.
     *
     * @throws IllegalArgumentException if there are more folds than training rows, or more networks than a model file holds
     */
    public void requirePossible(Competition.Info info, int trainingRows) {
        int k = folds.orElse(info.defaultFolds());
        int members = ensemble.orElse(info.defaultEnsemble());
        if (k > trainingRows) {
            throw new IllegalArgumentException("folds must be at most the number of training rows, " + trainingRows + ", got " + k);
        }
        if ((long) k * members > MOST_NETWORKS) {
            throw new IllegalArgumentException("folds times ensemble must be at most " + MOST_NETWORKS + " networks, got " + k + " x " + members);
        }
    }

    private static void requireAtLeastOne(String name, OptionalInt value) {
        if (value.isPresent() && value.getAsInt() < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, got " + value.getAsInt());
        }
    }
}
