package io.dl4k.data;

import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.RecordType;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One walk over a CSV, straight from FastCSV's character buffer, without an object per field: checks its form, and hands fields to a subclass. Used once. */
abstract class CsvWalk extends CsvCallbackHandler<Boolean> {
    /** Characters of the longest field. */
    static final int LONGEST_FIELD = 1 << 24;
    private static final int MOST_COLUMNS = 1_000_000;

    final CsvSource source;
    private final char separator;
    private final List<String> header = new ArrayList<>();
    private boolean inHeader = true;
    private int rows;
    private int field;
    private boolean empty;
    private long bytes;              // read so far
    private long line;               // of the row under way
    private long nextLine;           // of the record under way, which may have no field yet

    CsvWalk(CsvSource source, char separator) {
        this.source = source;
        this.separator = separator;
    }

    /** The names, all of them distinct. */
    final List<String> header() {
        return header;
    }

    /** Whole rows so far; also the number, from 0, of the row under way. */
    final int rows() {
        return rows;
    }

    /** The header is complete. */
    abstract void begin();

    /** A row begins. @param line it starts in, from 1 */
    abstract void row(long line);

    /** A field of the row under way, in a column that the header has. */
    abstract void value(int column, char[] chars, int offset, int length);

    /** Share of the source that was read, in [0, 1]; below 0 if its length is not known. */
    final double done() {
        return source.length() <= 0 ? -1 : Math.min(1, (double) bytes / source.length());
    }

    private InputStream counted(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int c = super.read();
                if (c >= 0) bytes++;
                return c;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                int n = super.read(to, offset, length);
                bytes += Math.max(0, n);
                return n;
            }
        };
    }

    /** @throws DataException if the source is no well-formed CSV, with file, line and column */
    final void walk() {
        try (TextReader text = new TextReader(counted(source.open()));
                CsvReader<Boolean> csv = CsvReader.builder().fieldSeparator(separator).maxBufferSize(LONGEST_FIELD)
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
    protected final void beginRecord(long startingLine) {
        // Also called where the file ends, with no record to come: the row begins with its first field.
        nextLine = startingLine + (inHeader ? 0 : source.lineShift());
        field = 0;
        empty = false;
    }

    @Override
    protected final void addField(char[] chars, int offset, int length, boolean quoted) {
        int c = field++;
        if (c == 0) {
            line = nextLine;
            if (!inHeader) row(line);
        }
        if (inHeader) {
            if (c >= MOST_COLUMNS) throw DataException.at(source.name(), line, null, "more than 1,000,000 columns: is this a CSV with a header line?");
            header.add(new String(chars, offset, length));
        } else if (c < header.size()) {   // others are counted, and refused when the row is complete
            value(c, chars, offset, length);
        }
    }

    @Override
    protected final Boolean buildRecord() {
        if (empty) return null;
        if (inHeader) {
            requireNames();
            begin();
            inHeader = false;
            return true;
        }
        if (field != header.size())
            throw DataException.at(source.name(), line, null, "expected " + counted(header.size()) + " as in the header, found " + field + ".");
        if (rows == Integer.MAX_VALUE) throw DataException.at(source.name(), line, null, "more than 2,147,483,647 rows.");
        rows++;
        return true;
    }

    private static String counted(int fields) {
        return fields == 1 ? "1 field" : fields + " fields";
    }

    private void requireNames() {
        Map<String, Integer> seen = new HashMap<>();
        for (int c = 0; c < header.size(); c++) {
            String name = header.get(c);
            if (name.isBlank())
                throw DataException.at(source.name(), line, null, "column " + (c + 1) + " of " + header.size() + " has no name. Name it, or leave it out (pandas: to_csv(index=False)).");
            Integer before = seen.put(name, c);
            if (before != null)
                throw DataException.at(source.name(), line, name, "the name stands twice in the header, as column " + (before + 1) + " and " + (c + 1) + ". Rename one.");
        }
    }

    @Override
    protected final void setEmpty() {
        empty = true;
    }

    @Override
    protected final RecordType getRecordType() {
        return empty ? RecordType.EMPTY : RecordType.DATA;
    }

    @Override
    protected final int getFieldCount() {
        return field;
    }

    @Override
    protected final void setComment(char[] chars, int offset, int length) {
        throw new IllegalStateException("comments are not enabled");
    }
}
