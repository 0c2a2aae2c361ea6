package io.dl4k.kaggle.explain;

import io.dl4k.kaggle.page.Plot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a topic found, to be read.
 *
 * @param lines for the terminal; times may stand here, never on the page
 * @param sections of the page
 */
public record Lesson(List<String> lines, List<Section> sections) {
    /** Copies the lists. */
    public Lesson {
        lines = List.copyOf(lines);
        sections = List.copyOf(sections);
    }

    /** A part of the page under a title. */
    record Section(String title, List<Block> blocks) {
        Section(String title, Block... blocks) {
            this(title, List.of(blocks));
        }
    }

    /** What a section is made of. */
    sealed interface Block permits Words, Formula, Chart, Pair, Table, Pictures {
    }

    /** A paragraph. */
    record Words(String text) implements Block {
    }

    /** Mathematics or code on a line of its own. */
    record Formula(String text) implements Block {
    }

    /** Charts side by side where there is room. */
    record Pair(List<Chart> charts) implements Block {
        Pair(Chart... charts) {
            this(List.of(charts));
        }
    }

    /** Rows of texts; the first of each names the row. */
    record Table(List<String> header, List<List<String>> rows) implements Block {
    }

    /** Small images in a row. */
    record Pictures(String caption, List<Picture> pictures) implements Block {
    }

    /** A grey image. @param values row after row from the top, 0 black to 1 white */
    record Picture(String label, int columns, List<Double> values) {
    }

    /** Which axes have equal steps for equal ratios. */
    enum Scale {
        LINEAR, LOG_X, LOG_Y, LOG_BOTH;

        boolean x() {
            return this == LOG_X || this == LOG_BOTH;
        }

        boolean y() {
            return this == LOG_Y || this == LOG_BOTH;
        }
    }

    /** A chart. @param ground behind it, or null */
    record Chart(String caption, Plot.Axis x, Plot.Axis y, Plot.Ground ground, List<Plot.Series> series) implements Block {
        /** With axes around all points. */
        static Chart of(String caption, String x, String y, Scale scale, Plot.Series... series) {
            List<Double> xs = Arrays.stream(series).flatMap(s -> s.x().stream()).toList();
            List<Double> ys = Arrays.stream(series).flatMap(s -> s.y().stream()).toList();
            return new Chart(caption, Plot.Axis.around(x, xs, List.of(), scale.x()), Plot.Axis.around(y, ys, List.of(), scale.y()), null, List.of(series));
        }

        /** With the y axis between two values. */
        Chart between(double low, double high) {
            return new Chart(caption, x, new Plot.Axis(y.name(), low, high, y.logarithmic()), ground, series);
        }
    }

    /** Points on a longer line would lie on each other. */
    private static final int MOST_POINTS = 300;

    /** A line through values at 0, 1, 2, …; thinned if long; it ends where a value is not finite. */
    static Plot.Series line(String name, Plot.Tone tone, List<Double> values) {
        return line(name, tone, IntStream.range(0, values.size()).mapToObj(i -> (double) i).toList(), values);
    }

    /** A line through points, as above. */
    static Plot.Series line(String name, Plot.Tone tone, List<Double> x, List<Double> y) {
        return series(name, Plot.Draw.LINE, tone, x, y);
    }

    static Plot.Series series(String name, Plot.Draw draw, Plot.Tone tone, List<Double> x, List<Double> y) {
        int end = (int) y.stream().takeWhile(Double::isFinite).count();
        int every = Math.max(1, (end + MOST_POINTS - 1) / MOST_POINTS);
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        for (int i = 0; i < end; i++) {
            if (i % every == 0 || i == end - 1) {
                xs.add(rounded(x.get(i)));
                ys.add(rounded(y.get(i)));
            }
        }
        return new Plot.Series(name, draw, tone, xs, ys);
    }

    /** Five digits are more than a picture shows, and keep pages small. */
    private static double rounded(double x) {
        return x == 0 ? 0 : new java.math.BigDecimal(x).round(new java.math.MathContext(5)).doubleValue();
    }

    /** A grid of values brought to [0, 1], in three decimals. */
    static Plot.Ground ground(int columns, int rows, double[] values, boolean diverging) {
        return new Plot.Ground(columns, rows, DoubleStream.of(values).map(v -> Math.round(1000 * Math.max(0, Math.min(1, v))) / 1000.0).boxed().toList(), diverging);
    }

    static List<Double> list(double... values) {
        return DoubleStream.of(values).boxed().toList();
    }
}
