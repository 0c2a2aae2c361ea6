package io.dl4k.data;

/** One column of a {@link Table}: numbers or text, one value or none per row. Immutable. */
public sealed interface Column permits NumberColumn, TextColumn {
    /** The header's name. */
    String name();

    /** Rows. */
    int size();

    /** Whether the row has no value: an empty field, or in a number column one of its spellings ({@link Table}). */
    boolean isMissing(int row);

    /** The field as written, null if missing. For numbers with more than 15 digits or an exponent, the shortest decimal that reads back the same. */
    String text(int row);

    /** How many rows have no value. */
    int missing();
}
