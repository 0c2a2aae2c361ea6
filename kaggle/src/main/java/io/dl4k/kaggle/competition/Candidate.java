package io.dl4k.kaggle.competition;

import io.dl4k.training.Averaging;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;

/**
 * One way to solve a competition: features, network and recipe.
 *
 * @param name unique within the competition, letters, digits and dashes
 * @param family kind of network
 * @param preparation of the features
 * @param architecture of the network
 * @param recipe of its training
 */
public record Candidate(String name, Family family, Preparation preparation, Architecture architecture, Recipe recipe) {
    /** Builds the network, initialised. */
    @FunctionalInterface
    public interface Architecture {
        /**
         * @param encoder that feeds it
         * @param outputs classes, or numbers
         * @param seed of the initial weights
         */
        Model build(Encoder encoder, int outputs, long seed);
    }

    /**
     * How the network is trained: Adam under a cosine schedule with a linear warm-up over the first tenth of the steps.
     *
     * @param epochs passes over the training rows, at least 1
     * @param batchSize rows a step, at least 1
     * @param learningRate the schedule's peak, above 0
     * @param averaging what average of the weights is kept in place of the last ones
     */
    public record Recipe(int epochs, int batchSize, double learningRate, Optional<Averaging> averaging) {
        public Recipe {
            java.util.Objects.requireNonNull(averaging);
            if (epochs < 1 || batchSize < 1 || !(learningRate > 0)) {
                throw new IllegalArgumentException("epochs and batchSize must be at least 1 and learningRate above 0, got " + epochs + ", " + batchSize + ", " + learningRate);
            }
        }

        /** Without averaging. */
        public Recipe(int epochs, int batchSize, double learningRate) {
            this(epochs, batchSize, learningRate, Optional.empty());
        }

        /** The same with averaged weights. */
        public Recipe withAveraging(Averaging average) {
            return new Recipe(epochs, batchSize, learningRate, Optional.of(average));
        }
    }

    public Candidate {
        if (!name.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException("a candidate's name has small letters, digits and dashes, got '" + name + "'");
        }
    }
}
