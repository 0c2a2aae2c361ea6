package io.dl4k.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.function.Predicate;

/**
 * A CSV in memory, column by column. Immutable.
 *
 * <p><b>Numbers.</b> A column is a column of numbers if every field that is there is a number as JSON writes it ({@code 0}, {@code -12.50}, {@code 1e5}) that a
 * double holds: whole numbers up to 2^53, nothing that overflows. Anything else makes it a column of text with every field's exact characters:
 * {@code 007}, {@code +5}, {@code 1,5}, {@code 1e400}, {@code 9007199254740993} and {@code inf} are text, and so is a number with spaces around it.
 *
 * <p><b>Missing.</b> An empty field, quoted or not, is missing everywhere. {@code NA}, {@code N/A}, {@code n/a}, {@code <NA>}, {@code #N/A}, {@code NaN}, {@code nan},
 * {@code NULL}, {@code null} and {@code None} are missing in a column whose other fields are numbers, and values like any other in a column of text.
 *
 * <p><b>Format.</b> A header with distinct names, then at least one row with as many fields. UTF-8, or UTF-16 with a byte order mark. Lines end with LF, CR or CRLF;
 * quoted fields may hold separators, line ends and doubled quotes. Empty lines are skipped.
 */
public final class Table {
    private static final int MOST_NAMES_SHOWN = 12;

    private final String name;
    private final int rows;
    private final Column[] columns;
    private final Map<String, Integer> index = new LinkedHashMap<>();
    private final ByteBlocks bytes;
    private final IntToLongFunction lines;

    Table(String name, int rows, Column[] columns, ByteBlocks bytes, IntToLongFunction lines) {
        this.name = name;
        this.rows = rows;
        this.columns = columns;
        this.bytes = bytes;
        this.lines = lines;
        for (int c = 0; c < columns.length; c++) index.put(columns[c].name(), c);
    }

    /**
     * Reads the whole source; twice if a column of numbers turns out to be text late in the file.
     *
     * @throws DataException if the source is no well-formed CSV, with file, line and column
     */
    public static Table read(CsvSource source, TableOptions options) {
        return TableReader.read(source, options);
    }

    /** Reads with {@link TableOptions#DEFAULT}. */
    public static Table read(CsvSource source) {
        return read(source, TableOptions.DEFAULT);
    }

    /** Name of the source. */
    public String name() {
        return name;
    }

    /** Rows, without the header. */
    public int rows() {
        return rows;
    }

    /** The header, in the file's order. */
    public List<String> columnNames() {
        return List.copyOf(index.keySet());
    }

    /** Whether the header has this name, exactly. */
    public boolean has(String column) {
        return index.containsKey(column);
    }

    /** @throws DataException with the nearest name, if there is no such column */
    public Column column(String column) {
        return columns[position(column)];
    }

    /** The line in the file, from 1, where the row (from 0) starts. */
    public long line(int row) {
        if (row < 0 || row >= rows) throw new IndexOutOfBoundsException("row " + row + " of " + rows);
        return lines.applyAsLong(row);
    }

    /**
     * The column as numbers. A column kept as text is converted if each of its fields is a number or a spelling of "missing".
     *
     * @throws DataException with line and value of the first field that is no number, or if there is no such column
     */
    public NumberColumn numbers(String column) {
        Column found = column(column);
        if (found instanceof NumberColumn numbers) return numbers;
        TextColumn text = (TextColumn) found;
        Chunks.OfDouble values = new Chunks.OfDouble();
        BitSet absent = new BitSet();
        NumberParser parser = new NumberParser();
        for (int row = 0; row < rows; row++) {
            String value = text.value(row);
            if (value == null || NumberParser.isMissing(value)) absent.set(row);
            else if (parser.parse(value) == NumberParser.Kind.TEXT) throw DataException.at(name, line(row), column, "expected a number, found " + DataException.quoted(value) + ".");
            else values.set(row, parser.value(), parser.form());
        }
        return new NumberColumn(column, rows, new NumberColumn.Doubles(values), absent);
    }

    /**
     * The column as text; numbers as {@link Column#text} gives them. To keep the exact characters of numbers, read with {@link TableOptions#asText}.
     *
     * @throws DataException if there is no such column
     */
    public TextColumn text(String column) {
        Column found = column(column);
        if (found instanceof TextColumn text) return text;
        String[] values = new String[rows];
        for (int row = 0; row < rows; row++) values[row] = found.text(row);
        return new TextColumn(column, values);
    }

    /**
     * The same table, except that in the given columns each row has what another row had: to see what happens where a value is not the row's own.
     *
     * @param moved names of the columns
     * @param from for each row, the row whose values it has in these columns
     * @throws DataException if there is no such column
     * @throws IllegalArgumentException if {@code from} does not name a row for each row
     */
    public Table moved(Set<String> moved, int[] from) {
        if (from.length != rows || Arrays.stream(from).anyMatch(row -> row < 0 || row >= rows)) {
            throw new IllegalArgumentException("from must name one of " + rows + " rows for each of them");
        }
        int[] rowsFrom = from.clone();
        Column[] changed = columns.clone();
        for (String column : moved) {
            int c = position(column);
            changed[c] = moved(columns[c], rowsFrom);
        }
        return new Table(name, rows, changed, bytes, lines);
    }

    private static Column moved(Column column, int[] from) {
        return column instanceof NumberColumn numbers ? numbers.moved(from) : ((TextColumn) column).moved(from);
    }

    /**
     * Some rows of the table, in the order given. Their lines are those of the file.
     *
     * @throws IllegalArgumentException if there are none, or one is not there
     */
    public Table chosen(int[] wanted) {
        if (wanted.length == 0 || Arrays.stream(wanted).anyMatch(row -> row < 0 || row >= rows)) {
            throw new IllegalArgumentException("at least one row is wanted, each of " + rows);
        }
        int[] from = wanted.clone();
        long[] fileLines = Arrays.stream(from).mapToLong(this::line).toArray();
        return new Table(name, from.length, Arrays.stream(columns).map(column -> moved(column, from)).toArray(Column[]::new), bytes, row -> fileLines[row]);
    }

    /**
     * The columns whose names are accepted, as one image per row, in the file's order. Nothing is copied if they stand next to each other, or if some were {@link #moved}.
     *
     * @throws DataException if there is none, or with line and value of the first field that is no whole number from 0 to 255
     */
    public Pixels pixels(Predicate<String> wanted) {
        List<Integer> chosen = new ArrayList<>();
        for (int c = 0; c < columns.length; c++) if (wanted.test(columns[c].name())) chosen.add(c);
        if (chosen.isEmpty()) throw DataException.in(name, "no column of pixels. Its columns are " + shownNames() + ".");
        for (int c : chosen) checkPixels(columns[c]);
        int first = chosen.get(0), count = chosen.size();
        NumberColumn.Values[] values = chosen.stream().map(c -> ((NumberColumn) columns[c]).storage()).toArray(NumberColumn.Values[]::new);
        boolean inPlace = Arrays.stream(values).allMatch(v -> v instanceof NumberColumn.Bytes);
        if (!inPlace) return Pixels.view(values, rows);
        if (chosen.get(count - 1) - first == count - 1) return Pixels.view(bytes, first, count, rows);
        byte[] gathered = new byte[Math.multiplyExact(rows, count)];
        for (int row = 0, at = 0; row < rows; row++) for (NumberColumn.Values v : values) gathered[at++] = (byte) v.value(row);
        return Pixels.of(gathered, count);
    }

    private void checkPixels(Column column) {
        boolean fits = column instanceof NumberColumn numbers && numbers.isBytes();
        if (fits && column.missing() == 0) return;
        for (int row = 0; row < rows; row++) {
            String value = column.text(row);
            if (value == null || NumberParser.smallInt(value.toCharArray(), 0, value.length()) < 0)
                throw DataException.at(name, line(row), column.name(), "expected a pixel from 0 to 255, found " + (value == null ? "nothing" : DataException.quoted(value)) + ".");
        }
        // Every field is a byte, and yet the column is none: the options asked for text.
        throw new IllegalArgumentException("column '" + column.name() + "' is kept as text: leave it out of asText to use it as pixels");
    }

    private int position(String column) {
        Integer position = index.get(column);
        if (position != null) return position;
        String nearest = Names.nearest(column, index.keySet());
        throw DataException.in(name, "no column " + DataException.quoted(column) + "." + (nearest == null ? "" : " Did you mean " + DataException.quoted(nearest) + "?")
                + " Its columns are " + shownNames() + ".");
    }

    private String shownNames() {
        List<String> names = columnNames();
        int shown = Math.min(names.size(), MOST_NAMES_SHOWN);
        return String.join(", ", names.subList(0, shown)) + (shown < names.size() ? " and " + (names.size() - shown) + " more" : "");
    }

    @Override
    public String toString() {
        return name + " (" + rows + " rows, " + columns.length + " columns)";
    }
}
