package io.dl4k.kaggle.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A chart of points in a plane, as the page's script draws it.
 *
 * @param id of the element it is drawn into
 */
record Plot(String id, Axis x, Axis y, List<Series> series) {
    /** How points are drawn. */
    enum Draw {
        LINE, DASH, DOTS, MARK, BARS;

        @JsonValue
        String json() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What colour they have. */
    enum Tone {
        ACCENT, SECOND, SOFT;

        @JsonValue
        String json() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Points, drawn in their order. */
    record Series(Draw draw, Tone tone, List<Double> x, List<Double> y) {
        Series {
            x = List.copyOf(x);
            y = List.copyOf(y);
        }
    }

    /** @param logarithmic whether equal steps are equal ratios; {@code low} is above 0 then */
    record Axis(String name, double low, double high, boolean logarithmic) {
        private static final double MARGIN = 0.04;

        /** From 0 to 1. */
        static Axis share(String name) {
            return new Axis(name, 0, 1, false);
        }

        /** Around all these values, with a margin. */
        static Axis around(String name, List<Double> some, List<Double> others, boolean logarithmic) {
            double[] all = Stream.concat(some.stream(), others.stream()).mapToDouble(value -> logarithmic ? Math.log(value) : value).toArray();
            double low = DoubleStream.of(all).min().orElse(0);
            double high = DoubleStream.of(all).max().orElse(1);
            double margin = high > low ? MARGIN * (high - low) : Math.max(1, Math.abs(low)) / 2;
            return logarithmic ? new Axis(name, Math.exp(low - margin), Math.exp(high + margin), true) : new Axis(name, low - margin, high + margin, false);
        }

        Axis named(String other) {
            return new Axis(other, low, high, logarithmic);
        }
    }
}
