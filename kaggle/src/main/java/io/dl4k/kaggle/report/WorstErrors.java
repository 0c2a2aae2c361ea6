package io.dl4k.kaggle.report;

import java.util.List;

/**
 * The rows that were predicted worst, out of fold.
 *
 * @param order what makes one worse than another, for people
 * @param cases the worst first
 */
public record WorstErrors(String order, List<Case> cases) {
    /**
     * One row.
     *
     * @param line of the training file
     * @param actual what it is
     * @param predicted what it was taken for
     * @param size how wrong, such as "99.2% sure"
     * @param exhibit the row itself
     */
    public record Case(long line, String actual, String predicted, String size, Exhibit exhibit) {
    }

    /** A row as a person looks at it. */
    public sealed interface Exhibit {
    }

    /**
     * A grey image.
     *
     * @param width in pixels
     * @param png the image as a PNG file; not copied
     */
    public record Image(int width, byte[] png) implements Exhibit {
    }

    /** A text, and what else the row says. */
    public record Text(String text, List<Value> values) implements Exhibit {
        public Text {
            values = List.copyOf(values);
        }
    }

    /** The row's values. */
    public record Values(List<Value> values) implements Exhibit {
        public Values {
            values = List.copyOf(values);
        }
    }

    /** A column's value, empty where it is missing. */
    public record Value(String column, String text) {
    }

    public WorstErrors {
        cases = List.copyOf(cases);
    }
}
