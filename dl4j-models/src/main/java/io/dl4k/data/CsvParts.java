package io.dl4k.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;

/**
 * A CSV in parts, for a file larger than memory: each part is a source with the file's header and some of its rows, one after the other.
 *
 * <p>A part reads as the same rows of the whole file: columns are numbers or text as they are there, lines are counted as there. For that the file is walked
 * over once before, keeping nothing, which also finds whatever is wrong with its form; a second walk cuts it. Fields are separated by commas. Not thread-safe.
 */
public final class CsvParts implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final String MARK = "\ufeff";

    private final CsvSource source;
    private final BitSet texts;
    private final int rows;
    private final int step;
    private final int characters;
    private final TextReader reader;
    private final char[] buffer = new char[BUFFER];
    private int at;
    private int end;
    private final String header;
    private final long headerLines;
    /** Lines that have ended. */
    private long line;
    private int given;

    private CsvParts(CsvSource source, TableReader.Scan scan, int step, int characters) throws IOException {
        this.source = source;
        this.texts = scan.texts();
        this.rows = scan.rows();
        this.step = step;
        this.characters = characters;
        this.reader = new TextReader(source.open());
        StringBuilder first = new StringBuilder();
        record(first);
        // Its own line end is not kept: a CR would make one of an LF that a part begins with. The mark is not part of what is read: without it a name that
        // begins with one would lose its own.
        this.header = MARK + first.toString().replaceAll("^[\\r\\n]+|(\\r\\n?|\\n)$", "") + "\n";
        this.headerLines = lines(header);
    }

    /**
     * Walks over the file once.
     *
     * @param step a part, unless it is the last, has a multiple of this many rows, at least 1
     * @param characters a part ends as soon as it has this many, at least 1
     * @throws DataException if the source is no well-formed CSV, with file, line and column
     */
    public static CsvParts of(CsvSource source, int step, int characters) {
        if (step < 1 || characters < 1) throw new IllegalArgumentException("step and characters must be at least 1, got " + step + " and " + characters);
        TableReader.Scan scan = new TableReader.Scan(source);
        scan.walk();
        try {
            return new CsvParts(source, scan, step, characters);
        } catch (IOException e) {
            throw GuardedStream.failure(source.name(), e);
        }
    }

    /** Rows of the file. */
    public int rows() {
        return rows;
    }

    /**
     * The next rows, or nothing at the end.
     *
     * @throws DataException if the file changed or cannot be read any more
     */
    public Optional<CsvSource> next() {
        StringBuilder text = new StringBuilder(header);
        long before = line;
        int taken = 0;
        try {
            while (taken % step != 0 || text.length() - header.length() < characters) {
                if (!record(text)) break;
                taken++;
            }
        } catch (IOException e) {
            throw GuardedStream.failure(source.name(), e);
        }
        given += taken;
        boolean done = taken == 0;
        if (given > rows || done && given < rows) throw TableReader.changed(source);
        return done ? Optional.empty() : Optional.of(CsvSource.part(source.name(), text.toString().getBytes(StandardCharsets.UTF_8), texts, before - headerLines));
    }

    /** Appends one record with its line end, and the empty lines before it. @return whether there was one */
    private boolean record(StringBuilder to) throws IOException {
        boolean any = false;
        boolean fieldStarts = true;
        boolean quoted = false;
        boolean closed = false;   // a quoted field just ended, unless another quote follows
        while (true) {
            int c = read();
            if (c < 0) return any;
            to.append((char) c);
            boolean lineEnds = c == '\n' || c == '\r';
            if (c == '\r' && peek() == '\n') to.append((char) read());
            if (lineEnds) line++;
            if (quoted) {
                closed = c == '"';
                quoted = !closed;
            } else if (lineEnds) {
                if (any) return true;
            } else {
                any = true;
                // In the middle of a field a quote is a character like any other.
                quoted = c == '"' && (fieldStarts || closed);
                closed = false;
                fieldStarts = c == ',';
            }
        }
    }

    private static long lines(String text) {
        long ends = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' && (i == 0 || text.charAt(i - 1) != '\r') || c == '\r') ends++;
        }
        return ends;
    }

    private int read() throws IOException {
        int c = peek();
        if (c >= 0) at++;
        return c;
    }

    private int peek() throws IOException {
        if (at == end) {
            end = Math.max(0, reader.read(buffer, 0, buffer.length));
            at = 0;
        }
        return at == end ? -1 : buffer[at];
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw GuardedStream.failure(source.name(), e);
        }
    }
}
