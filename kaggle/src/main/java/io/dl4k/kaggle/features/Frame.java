package io.dl4k.kaggle.features;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;

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
    private final List<Numbers> numbers = new ArrayList<>();
    private final List<Categories> categories = new ArrayList<>();

    /** @param rows number of rows of every column */
    public Frame(int rows) {
        this.rows = rows;
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
        for (int row = 0; row < rows; row++) {
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
        for (int row = 0; row < rows; row++) {
            values[row] = value.apply(row);
        }
        categories.add(new Categories(name, values));
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
