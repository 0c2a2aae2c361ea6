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
        List<String> whole = IntStream.range(0, column.size()).mapToObj(row -> column.isMissing(row) ? "\u0000" + row : normal(column.text(row))).toList();
        if (new HashSet<>(whole).size() < OWN * whole.size()) {
            return new Grouping(whole);
        }
        List<String> heads = whole.stream().map(key -> key.replaceFirst("[_\\-/:. ][^_\\-/:. ]*$", "")).toList();
        return new Grouping(new HashSet<>(heads).size() < OWN * heads.size() ? heads : whole);
    }

    static String normal(String text) {
        return text == null ? "" : text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    }
}
