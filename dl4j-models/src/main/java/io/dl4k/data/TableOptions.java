package io.dl4k.data;

import java.util.HashSet;
import java.util.Set;

/**
 * How a CSV is read.
 *
 * @param asText columns kept with their exact characters even if they look like numbers (ids); names that the file does not have are ignored
 * @param separator between fields: comma, semicolon, tab, or another character that is no quote, letter, digit or line end
 */
public record TableOptions(Set<String> asText, char separator) {
    /** No column kept as text, fields separated by commas. */
    public static final TableOptions DEFAULT = new TableOptions(Set.of(), ',');

    /** @throws IllegalArgumentException if the separator cannot be told from a field */
    public TableOptions {
        asText = Set.copyOf(asText);
        if (separator == '"' || separator == '\n' || separator == '\r' || separator == 0 || Character.isLetterOrDigit(separator))
            throw new IllegalArgumentException("separator must not be a quote, letter, digit or line end, got " + DataException.quoted("" + separator));
    }

    /** The same, with these columns kept as text too. */
    public TableOptions withAsText(String... columns) {
        Set<String> all = new HashSet<>(asText);
        all.addAll(Set.of(columns));
        return new TableOptions(all, separator);
    }

    /** The same, with another separator. */
    public TableOptions withSeparator(char other) {
        return new TableOptions(asText, other);
    }
}
