package io.dl4k.data;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** A column of text. Immutable. */
public final class TextColumn implements Column {
    private final String name;
    private final String[] values;
    private final int missing;

    TextColumn(String name, String[] values) {
        this.name = name;
        this.values = values;
        this.missing = (int) Arrays.stream(values).filter(Objects::isNull).count();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public boolean isMissing(int row) {
        return values[row] == null;
    }

    @Override
    public String text(int row) {
        return values[row];
    }

    /** The field's exact characters without the quotes around it, null if it is empty. */
    public String value(int row) {
        return values[row];
    }

    /** The column with the values of rows {@code from[0], from[1], …}. */
    TextColumn moved(int[] from) {
        return new TextColumn(name, Arrays.stream(from).mapToObj(row -> values[row]).toArray(String[]::new));
    }

    @Override
    public int missing() {
        return missing;
    }

    /** All values in the order of rows, null where missing; a view that cannot be changed. */
    public List<String> values() {
        return Collections.unmodifiableList(Arrays.asList(values));
    }

    @Override
    public String toString() {
        return name + " (text, " + values.length + " rows)";
    }
}
