package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The groups of rows that a column makes: rows with the same value; where hardly any value repeats but values have parts, such as {@code 0001_01}, rows with
 * the same value up to its last part. Case and space do not count.
 *
 * @param keys one a row; rows without a value are groups of their own
 */
record Grouping(List<String> keys) {
    private static final double OWN = 0.95;

    static Grouping of(Column column) {
        List<String> whole = whole(column);
        if (repeated(whole)) {
            return new Grouping(whole);
        }
        List<String> heads = whole.stream().map(key -> key.replaceFirst("[_\\-/:. ][^_\\-/:. ]*$", "")).toList();
        return new Grouping(repeated(heads) ? heads : whole);
    }

    /** {@return whether rows are grouped by the same value, not by what values begin with} */
    static boolean byWhole(Column column) {
        return repeated(whole(column));
    }

    private static List<String> whole(Column column) {
        return IntStream.range(0, column.size()).mapToObj(row -> column.isMissing(row) ? "\u0000" + row : normal(column.text(row))).toList();
    }

    private static boolean repeated(List<String> keys) {
        return new HashSet<>(keys).size() < OWN * keys.size();
    }

    static String normal(String text) {
        return text == null ? "" : text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    }
}
