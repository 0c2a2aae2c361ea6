package io.dl4k.kaggle.recipe;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How training rows are parted into folds: as Kaggle parted training rows from test rows.
 *
 * @param kind of split
 * @param column that decides it: the group, the date; empty where rows are parted at random
 * @param days that the test rows take: about the length of a block of time, or of what a later fold holds out at least; empty where equal parts of the training rows are held out
 */
public record SplitSpec(Kind kind, Optional<String> column, OptionalDouble days) {
    /** How rows are parted. */
    public enum Kind implements Word {
        /** At random, every fold with the same share of each class; of numbers, of small and large ones. */
        STRATIFIED("stratified"),
        /** At random. */
        SHUFFLED("shuffled"),
        /** Rows with the same value in a column stay together: test rows have values that no training row has. */
        GROUPED("grouped"),
        /** Blocks of time in turn: test rows lie between training rows. */
        BLOCKS("blocks"),
        /** Each fold is later than all it is trained on: test rows lie after the training rows. */
        LATER("later");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        @Override
        public String word() {
            return word;
        }

        /** {@return whether a column decides it} */
        public boolean byColumn() {
            return this == GROUPED || this == BLOCKS || this == LATER;
        }
    }

    /** @throws IllegalArgumentException if a column is missing or stands where none is wanted */
    public SplitSpec {
        if (kind.byColumn() != column.isPresent()) {
            throw new IllegalArgumentException("the split '" + kind.word() + "' " + (kind.byColumn() ? "needs a column" : "takes no column"));
        }
        if (days.isPresent() && (kind != Kind.BLOCKS && kind != Kind.LATER || !(days.getAsDouble() > 0 && days.getAsDouble() < Double.POSITIVE_INFINITY))) {
            throw new IllegalArgumentException("only the splits 'blocks' and 'later' have days, finite and above 0, got " + days.getAsDouble() + " for '" + kind.word() + "'");
        }
    }

    /** Split at random. */
    public static SplitSpec of(Kind kind) {
        return new SplitSpec(kind, Optional.empty(), OptionalDouble.empty());
    }

    /** Split by a column. */
    public static SplitSpec by(Kind kind, String column) {
        return new SplitSpec(kind, Optional.of(column), OptionalDouble.empty());
    }

    /** Split by time. @param kind {@link Kind#BLOCKS} or {@link Kind#LATER} */
    public static SplitSpec byTime(Kind kind, String column, double days) {
        return new SplitSpec(kind, Optional.of(column), OptionalDouble.of(days));
    }
}
