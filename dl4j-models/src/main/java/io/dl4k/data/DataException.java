package io.dl4k.data;

import java.util.Objects;

/**
 * An input file is wrong. The message is one line that says where, what was found and what to do:
 * {@code train.csv, line 213, column 'Age': expected a number, found 'old'.}
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_VALUE = 60;

    private final String file;
    private final long line;
    private final String column;

    private DataException(String file, long line, String column, String message, Throwable cause) {
        super(plain(where(file, line, column) + ": " + message), cause);
        this.file = file;
        this.line = line;
        this.column = column;
    }

    /**
     * A fault at a place in a file.
     *
     * @param file name of the file, as {@link CsvSource#name()}
     * @param line line in the file, from 1; 0 if unknown
     * @param column name of the column; null if unknown
     * @param message what was expected, what was found and what to do
     */
    public static DataException at(String file, long line, String column, String message) {
        return new DataException(Objects.requireNonNull(file), line, column, message, null);
    }

    /**
     * A fault of a file as a whole.
     *
     * @param file name of the file
     * @param message what was expected, what was found and what to do
     */
    public static DataException in(String file, String message) {
        return new DataException(Objects.requireNonNull(file), 0, null, message, null);
    }

    /**
     * Somewhere in a file, found out by another exception.
     *
     * @param message what was expected, what was found and what to do
     */
    public static DataException in(String file, String message, Throwable cause) {
        return new DataException(Objects.requireNonNull(file), 0, null, message, cause);
    }

    /** Name of the file. */
    public String file() {
        return file;
    }

    /** Line in the file, from 1; 0 if unknown. */
    public long line() {
        return line;
    }

    /** Name of the column; null if unknown. */
    public String column() {
        return column;
    }

    private static String where(String file, long line, String column) {
        StringBuilder where = new StringBuilder(file);
        if (line > 0) where.append(", line ").append(line);
        if (column != null) where.append(", column ").append(quoted(column));
        return where.toString();
    }

    /** On one line, and with what cannot be seen written out: names of files and columns are not ours. */
    private static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') plain.append("\\n");
            else if (c == '\r') plain.append("\\r");
            else if (c == '\t') plain.append("\\t");
            else if (Character.isISOControl(c) || c == '\ufeff' || c == '\u2028' || c == '\u2029') plain.append(String.format("\\u%04x", (int) c));
            else plain.append(c);
        }
        return plain.toString();
    }

    /** A value from a file inside a message: in quotes, on one line, cut where it is long. */
    static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("'");
        int shown = Math.min(value.length(), LONGEST_VALUE);
        quoted.append(plain(value.substring(0, shown)));
        if (shown < value.length()) quoted.append("…");
        return quoted.append('\'').toString();
    }
}
