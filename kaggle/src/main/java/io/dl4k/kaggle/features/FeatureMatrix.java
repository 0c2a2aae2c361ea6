package io.dl4k.kaggle.features;

import java.util.List;

/**
 * Rows of float features, finite, ready for a network.
 *
 * @param names one name a feature
 * @param values row-major {@code [rows, names.size()]}; not copied, not to be changed
 * @param rows number of rows
 */
public record FeatureMatrix(List<String> names, float[] values, int rows) {
    /** @throws IllegalArgumentException if the array's length is not rows x features */
    public FeatureMatrix {
        names = List.copyOf(names);
        if (values.length != (long) rows * names.size()) {
            throw new IllegalArgumentException(rows + " rows of " + names.size() + " features need " + (long) rows * names.size() + " values, got " + values.length);
        }
    }

    /** Features of one row. */
    public int width() {
        return names.size();
    }

    /** The value of a feature in a row. */
    public float value(int row, int feature) {
        return values[row * width() + feature];
    }
}
