package io.dl4k.kaggle.page;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A chart of points in a plane, as the page's script draws it.
 *
 * @param id of the element it is drawn into
 * @param ground behind the points, or null
 */
public record Plot(String id, Axis x, Axis y, Ground ground, List<Series> series) {
    /** Without a ground. */
    public Plot(String id, Axis x, Axis y, List<Series> series) {
        this(id, x, y, null, series);
    }

    /** Copies the list. */
    public Plot {
        series = List.copyOf(series);
    }

    /** What the named series are, as markup; empty if none has a name. */
    public String key() {
        Html key = new Html();
        series.stream().filter(one -> !one.name().isEmpty()).forEach(one -> key.markup("<li class=\"" + one.draw().json() + " tone-" + one.tone().json() + "\">").text(one.name()).markup("</li>"));
        String items = key.toString();
        return items.isEmpty() ? "" : "<ul class=\"key\">" + items + "</ul>";
    }

    /**
     * A value for each cell of a grid over the whole chart, drawn as strength of colour.
     *
     * @param columns from the left
     * @param rows from the bottom
     * @param values row after row, in [0, 1]
     * @param diverging whether 0 and 1 are opposite colours with none between them; otherwise 0 is none
     */
    public record Ground(int columns, int rows, List<Double> values, boolean diverging) {
        /** @throws IllegalArgumentException if there is not one value a cell */
        public Ground {
            values = List.copyOf(values);
            if (values.size() != columns * rows) {
                throw new IllegalArgumentException("a grid of " + columns + " by " + rows + " has as many values, got " + values.size());
            }
        }
    }

    /** How points are drawn. */
    public enum Draw {
        LINE, DASH, DOTS, POINTS, MARK, BARS;

        @JsonValue
        String json() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What colour they have. */
    public enum Tone {
        ACCENT, SECOND, THIRD, FOURTH, SOFT;

        @JsonValue
        String json() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Points, drawn in their order. @param name for the chart's key; empty for none */
    public record Series(String name, Draw draw, Tone tone, List<Double> x, List<Double> y) {
        /** Without a name. */
        public Series(Draw draw, Tone tone, List<Double> x, List<Double> y) {
            this("", draw, tone, x, y);
        }

        /** Copies the lists. */
        public Series {
            x = List.copyOf(x);
            y = List.copyOf(y);
        }
    }

    /** @param logarithmic whether equal steps are equal ratios; {@code low} is above 0 then */
    public record Axis(String name, double low, double high, boolean logarithmic) {
        private static final double MARGIN = 0.04;

        /** From 0 to 1. */
        public static Axis share(String name) {
            return new Axis(name, 0, 1, false);
        }

        /** Around all these values, with a margin. */
        public static Axis around(String name, List<Double> some, List<Double> others, boolean logarithmic) {
            double[] all = Stream.concat(some.stream(), others.stream()).mapToDouble(value -> logarithmic ? Math.log(value) : value).toArray();
            double low = DoubleStream.of(all).min().orElse(0);
            double high = DoubleStream.of(all).max().orElse(1);
            double margin = high > low ? MARGIN * (high - low) : Math.max(1, Math.abs(low)) / 2;
            return logarithmic ? new Axis(name, Math.exp(low - margin), Math.exp(high + margin), true) : new Axis(name, low - margin, high + margin, false);
        }

        /** The same range for something else. */
        public Axis named(String other) {
            return new Axis(other, low, high, logarithmic);
        }
    }
}
