package io.dl4k.data;

import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.RecordType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a CSV into columns from FastCSV's character buffer, without an object per field. One per walk over the file: the first takes every column, the second,
 * if some columns turned out to be text late, takes those.
 */
final class TableReader extends CsvCallbackHandler<Boolean> {
    /** Characters of the longest field. */
    static final int LONGEST_FIELD = 1 << 24;
    private static final int MOST_COLUMNS = 1_000_000;

    private final CsvSource source;
    private final TableOptions options;
    private final boolean[] again;   // second walk: the columns to take; null in the first
    private final TextPool pool = new TextPool();
    private final NumberParser numbers = new NumberParser();
    private final LineIndex lines = new LineIndex();
    private final List<String> header = new ArrayList<>();
    private boolean inHeader = true;
    private ByteBlocks bytes;
    private ColumnBuilder[] columns;
    private int[] slots;             // ByteBlocks.live(): where the row's bytes go, -1 for columns kept elsewhere
    private byte[] block;
    private int base;
    private int rows;
    private int field;
    private boolean empty;
    private long line;               // of the row under way
    private long nextLine;           // of the record under way, which may have no field yet

    private TableReader(CsvSource source, TableOptions options, boolean[] again) {
        this.source = source;
        this.options = options;
        this.again = again;
    }

    static Table read(CsvSource source, TableOptions options) {
        TableReader first = new TableReader(source, options, null);
        first.walk();
        int rows = first.rows;
        boolean[] again = new boolean[first.columns.length];
        boolean any = false;
        for (int c = 0; c < again.length; c++) any |= again[c] = first.columns[c].needsSecondPass(rows);
        Column[] columns = new Column[again.length];
        TableReader second = null;
        if (any) {
            second = new TableReader(source, options, again);
            second.walk();
            if (second.rows != rows || !second.header.equals(first.header)) throw DataException.in(source.name(), "the file changed while it was read. Try again.");
        }
        for (int c = 0; c < again.length; c++) columns[c] = (again[c] ? second : first).columns[c].build(rows);
        return new Table(source.name(), rows, columns, first.bytes, first.lines);
    }

    private void walk() {
        try (TextReader text = new TextReader(source.open());
                CsvReader<Boolean> csv = CsvReader.builder().fieldSeparator(options.separator()).maxBufferSize(LONGEST_FIELD)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE).missingFieldStrategy(FieldMismatchStrategy.IGNORE).allowUnclosedQuote(false)
                        .build(this, text)) {
            for (Boolean ignored : csv) { }
        } catch (CsvParseException e) {
            throw e.getCause() instanceof DataException known ? known : fault(e);
        } catch (TextReader.NoTextException e) {
            throw noText(e);
        } catch (UncheckedIOException e) {
            throw e.getCause() instanceof TextReader.NoTextException noText ? noText(noText) : GuardedStream.failure(source.name(), e.getCause());
        } catch (IOException e) {
            throw GuardedStream.failure(source.name(), e);
        }
        if (inHeader) throw DataException.in(source.name(), "the file is empty: expected a header and rows.");
        if (rows == 0) throw DataException.at(source.name(), line, null, "a header and no rows.");
        bytes.end(rows);
    }

    private DataException noText(TextReader.NoTextException e) {
        try {
            return DataException.at(source.name(), TextReader.lineOfFault(source), null, e.getMessage());
        } catch (IOException again) {
            return DataException.in(source.name(), e.getMessage(), again);
        }
    }

    private DataException fault(CsvParseException e) {
        String found = "";
        for (Throwable t = e; t != null; t = t.getCause()) found += t.getMessage() + "\n";
        String message;
        if (found.contains("Unclosed quoted field")) message = "a quoted field is not closed before the file ends. Is the file cut off, or a quote not doubled?";
        else if (found.contains("after closing quote")) message = "more characters after a closing quote. Double the quotes inside a quoted field.";
        else if (found.contains("maximum buffer size"))
            message = String.format("a field of more than %,d characters. Is a quote not closed?", LONGEST_FIELD);
        else message = "not a CSV: " + e.getMessage();
        return DataException.at(source.name(), nextLine, !inHeader && field < header.size() ? header.get(field) : null, message);
    }

    @Override
    protected void beginRecord(long startingLine) {
        // Also called where the file ends, with no record to come: the row begins with its first field.
        nextLine = startingLine;
        field = 0;
        empty = false;
    }

    private void beginRow() {
        line = nextLine;
        if (inHeader) return;
        if (again == null) {
            bytes.begin(rows);
            block = bytes.data(rows);
            base = bytes.base(rows);
            lines.add(rows, line);
        }
    }

    @Override
    protected void addField(char[] chars, int offset, int length, boolean quoted) {
        int c = field++;
        if (c == 0) beginRow();
        if (inHeader) {
            if (c >= MOST_COLUMNS) throw DataException.at(source.name(), line, null, "more than 1,000,000 columns: is this a CSV with a header line?");
            header.add(new String(chars, offset, length));
            return;
        }
        if (c >= columns.length) return;   // counted, and refused when the row is complete
        int slot = slots[c];
        if (slot >= 0) {
            int value = NumberParser.smallInt(chars, offset, length);
            if (value >= 0) {
                block[base + slot] = (byte) value;
                return;
            }
        }
        if (again == null || again[c]) columns[c].add(rows, chars, offset, length, numbers, pool);
    }

    @Override
    protected Boolean buildRecord() {
        if (empty) return null;
        if (inHeader) {
            endHeader();
            return true;
        }
        if (field != columns.length)
            throw DataException.at(source.name(), line, null, "expected " + counted(columns.length) + " as in the header, found " + field + ".");
        if (rows == Integer.MAX_VALUE) throw DataException.at(source.name(), line, null, "more than 2,147,483,647 rows.");
        rows++;
        return true;
    }

    private static String counted(int fields) {
        return fields == 1 ? "1 field" : fields + " fields";
    }

    private void endHeader() {
        Map<String, Integer> seen = new HashMap<>();
        for (int c = 0; c < header.size(); c++) {
            String name = header.get(c);
            if (name.isBlank())
                throw DataException.at(source.name(), line, null, "column " + (c + 1) + " of " + header.size() + " has no name. Name it, or leave it out (pandas: to_csv(index=False)).");
            Integer before = seen.put(name, c);
            if (before != null)
                throw DataException.at(source.name(), line, name, "the name stands twice in the header, as column " + (before + 1) + " and " + (c + 1) + ". Rename one.");
        }
        bytes = new ByteBlocks(header.size());
        columns = new ColumnBuilder[header.size()];
        for (int c = 0; c < columns.length; c++) {
            columns[c] = new ColumnBuilder(header.get(c), c, bytes);
            if (again != null ? again[c] : options.asText().contains(header.get(c))) columns[c].keepText();
        }
        slots = bytes.live();
        if (again != null) Arrays.fill(slots, -1);
        inHeader = false;
    }

    @Override
    protected void setEmpty() {
        empty = true;
    }

    @Override
    protected RecordType getRecordType() {
        return empty ? RecordType.EMPTY : RecordType.DATA;
    }

    @Override
    protected int getFieldCount() {
        return field;
    }

    @Override
    protected void setComment(char[] chars, int offset, int length) {
        throw new IllegalStateException("comments are not enabled");
    }
}
