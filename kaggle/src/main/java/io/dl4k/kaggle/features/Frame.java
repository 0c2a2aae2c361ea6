package io.dl4k.kaggle.features;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Named columns computed from a table row by row, before anything is fitted: numbers (NaN where missing) and categories (null where missing). Built by
 * chained calls, read by {@link FrameEncoder}.
 */
public final class Frame {
    /** @param values one a row, NaN where missing; never infinite */
    record Numbers(String name, double[] values) {
    }

    /** @param values one a row, null where missing */
    record Categories(String name, String[] values) {
    }

    private final int rows;
    private final int[] active;
    private final List<Numbers> numbers = new ArrayList<>();
    private final List<Categories> categories = new ArrayList<>();

    /** @param rows number of rows of every column */
    public Frame(int rows) {
        this(rows, IntStream.range(0, rows).toArray());
    }

    /**
     * A frame of a few rows of a large table: no other row is computed, or may be looked at.
     *
     * @param rows number of rows of the table
     * @param active rows that count, each in [0, rows)
     */
    public Frame(int rows, int[] active) {
        this.rows = rows;
        this.active = active.clone();
    }

    /** {@return the rows that are computed; a copy} */
    public int[] active() {
        return active.clone();
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /**
     * Adds a numeric column.
     *
     * @param value gives a row's number, NaN if missing
     * @throws IllegalArgumentException if the name is taken or a number is infinite
     */
    public Frame number(String name, IntToDoubleFunction value) {
        requireNew(name);
        double[] values = new double[rows];
        for (int row : active) {
            values[row] = value.applyAsDouble(row);
            if (Double.isInfinite(values[row])) {
                throw new IllegalArgumentException("feature '" + name + "' is infinite in row " + row);
            }
        }
        numbers.add(new Numbers(name, values));
        return this;
    }

    /**
     * Adds a column of two values, 1 where true.
     *
     * @throws IllegalArgumentException if the name is taken
     */
    public Frame flag(String name, java.util.function.IntPredicate value) {
        return number(name, row -> value.test(row) ? 1 : 0);
    }

    /**
     * Adds a category column.
     *
     * @param value gives a row's category, null if missing
     * @throws IllegalArgumentException if the name is taken
     */
    public Frame category(String name, IntFunction<String> value) {
        requireNew(name);
        String[] values = new String[rows];
        for (int row : active) {
            values[row] = value.apply(row);
        }
        categories.add(new Categories(name, values));
        return this;
    }

    /** @throws IllegalArgumentException if there is no such column of numbers */
    double[] numberOf(String name) {
        return numbers.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException("there is no number '" + name + "'")).values();
    }

    /** @throws IllegalArgumentException if there is no such column of categories */
    String[] categoryOf(String name) {
        return categories.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException("there is no category '" + name + "'")).values();
    }

    /**
     * Adds a column of numbers for each pair.
     *
     * @throws IllegalArgumentException if a pair's columns are not there
     */
    public Frame crosses(List<Cross> pairs) {
        for (Cross pair : pairs) {
            number(pair.name(), pair.of(this));
        }
        return this;
    }

    List<Numbers> numbers() {
        return numbers;
    }

    List<Categories> categories() {
        return categories;
    }

    private void requireNew(String name) {
        if (numbers.stream().anyMatch(c -> c.name().equals(name)) || categories.stream().anyMatch(c -> c.name().equals(name))) {
            throw new IllegalArgumentException("feature '" + name + "' is there already");
        }
    }
}
