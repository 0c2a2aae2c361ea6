package io.dl4k.kaggle.recipe;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * One network to be tried and how it is trained; what is empty is taken from the candidate of that name in the competition below, and must be there if there
 * is none.
 *
 * @param name small letters, digits and dashes
 * @param network its layers
 * @param features what it is given; empty: the defaults
 * @param epochs passes over the training rows, at least 1
 * @param batch rows a step, at least 1
 * @param learningRate the schedule's peak, finite, above 0
 */
public record CandidateSpec(String name, Optional<NetworkSpec> network, Optional<FeatureSpec> features, OptionalInt epochs, OptionalInt batch, OptionalDouble learningRate) {
    /** @throws IllegalArgumentException if a number is out of its range or the name has other characters */
    public CandidateSpec {
        if (!name.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException("a candidate's name has small letters, digits and dashes, got '" + name + "'");
        }
        if (epochs.orElse(1) < 1 || batch.orElse(1) < 1) {
            throw new IllegalArgumentException("epochs and batch must be at least 1");
        }
        double rate = learningRate.orElse(1);
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("learning-rate must be finite and above 0, got " + rate);
        }
    }

    /** A candidate that says everything. */
    public static CandidateSpec of(String name, NetworkSpec network, FeatureSpec features, int epochs, int batch, double learningRate) {
        return new CandidateSpec(name, Optional.of(network), Optional.of(features), OptionalInt.of(epochs), OptionalInt.of(batch), OptionalDouble.of(learningRate));
    }
}
