package io.dl4k.kaggle.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * An input that is broken or looks so, and what must come of it.
 *
 * @param name what is wrong with it
 * @param verb the command that gets it
 * @param made how it is made
 * @param expected what the command must do
 */
record Broken(String name, Verb verb, Made made, Expected expected) {
    /** What is run on the input. */
    enum Verb {
        /** {@code train titanic --data INPUT}. */
        TRAIN,
        /** {@code train RECIPE --data INPUT}, of which the recipe says no more than that a tiny network is to be trained. */
        FIND,
        /** {@code train auto --data INPUT}. */
        SEARCH,
        /** {@code predict --model TITANIC --data INPUT}. */
        PREDICT,
        /** {@code check INPUT --sample GOOD}. */
        CHECK,
        /** {@code check GOOD --sample INPUT}. */
        SAMPLE
    }

    /** Makes the input. */
    @FunctionalInterface
    interface Made {
        /** @param files good ones of the competition  @param folder an empty one  @return the input's path */
        Path of(KaggleFiles files, Path folder) throws IOException;
    }

    /** What the command must do. */
    sealed interface Expected {
        /** Exit 2, this one line, in which a star stands for words of Java's own, and nothing written. */
        record Refused(String message) implements Expected {
        }

        /** The bytes that the good input gives. */
        record Same() implements Expected {
        }

        /** A submission that {@code check} accepts, and of which this holds. */
        record Answered(Predicate<List<String>> lines) implements Expected {
        }
    }

    @Override
    public String toString() {
        return verb.name().toLowerCase(java.util.Locale.ROOT) + ": " + name;
    }
}
