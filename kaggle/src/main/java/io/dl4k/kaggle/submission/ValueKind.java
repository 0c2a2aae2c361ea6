package io.dl4k.kaggle.submission;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What may stand in a target column of a submission. */
public sealed interface ValueKind {
    /** More labels than this are taken for numbers: counts and prices have many distinct values, classes few. */
    int MOST_LABELS = 1000;

    /** @return what is wrong with the value, and what to do; empty if it may stand there */
    Optional<String> problem(String value);

    /** One of a set of labels, written exactly so. */
    record Label(Set<String> labels) implements ValueKind {
        public Label {
            labels = java.util.Collections.unmodifiableSet(new TreeSet<>(labels));
        }

        @Override
        public Optional<String> problem(String value) {
            if (labels.contains(value)) {
                return Optional.empty();
            }
            String advice = number(value).filter(x -> x > 0 && x < 1).isPresent() ? " Write class labels, not probabilities." : " Write a label of the training set.";
            return Optional.of("expected " + among() + ", found '" + value + "'." + advice);
        }

        private String among() {
            if (labels.size() == 2) {
                return String.join(" or ", labels);
            }
            if (labels.size() > 12) {
                return "one of " + labels.size() + " labels such as " + String.join(", ", labels.stream().limit(3).toList());
            }
            return "one of " + String.join(", ", labels);
        }
    }

    /** Any finite number. */
    record Number() implements ValueKind {
        @Override
        public Optional<String> problem(String value) {
            return number(value).isPresent() ? Optional.empty() : Optional.of("expected a number, found '" + value + "'. Write a finite number with a decimal point.");
        }
    }

    /** Any text but none at all. */
    record Text() implements ValueKind {
        @Override
        public Optional<String> problem(String value) {
            return value.isBlank() ? Optional.of("the value is empty. Write one.") : Optional.empty();
        }
    }

    /**
     * The kind that the sample's values show, with the training set's labels where there are any.
     *
     * <p>Values with a fraction mean numbers; text means labels. Whole numbers are ambiguous: they are labels if the sample itself shows
     * several of the training labels, or if there are more than two training labels and the sample's value is one of them (a single column cannot hold
     * the probabilities of three classes). A sample of nothing but 0 beside two training labels may stand for labels or probabilities: numbers.
     *
     * @param sample the column's values in the sample submission, at least one
     * @param training distinct values of the training set's target; empty if unknown or continuous
     */
    static ValueKind of(Collection<String> sample, Set<String> training) {
        Set<String> shown = new TreeSet<>(sample);
        boolean numeric = shown.stream().allMatch(v -> number(v).isPresent());
        if (!numeric) {
            return training.isEmpty() || !training.containsAll(shown) ? new Text() : new Label(training);
        }
        boolean whole = shown.stream().allMatch(v -> v.matches("[+-]?\\d+"));
        if (!whole) {
            return new Number();
        }
        boolean known = !training.isEmpty() && training.size() <= MOST_LABELS && training.containsAll(shown);
        if (known && (shown.size() > 1 || training.size() > 2)) {
            return new Label(training);
        }
        // Without the training set, a few whole numbers that repeat are labels too: gender_submission.csv shows 0 and 1.
        boolean repeated = training.isEmpty() && shown.size() > 1 && shown.size() <= 20 && sample.size() >= 5 * shown.size();
        return repeated ? new Label(shown) : new Number();
    }

    /** The finite number that a text spells as Kaggle reads it; NaN and infinities are none. */
    private static Optional<Double> number(String value) {
        if (!value.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
            return Optional.empty();
        }
        double x = Double.parseDouble(value);
        return Double.isFinite(x) ? Optional.of(x) : Optional.empty();
    }
}
