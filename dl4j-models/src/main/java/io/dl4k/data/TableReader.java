package io.dl4k.data;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;

/** Reads a CSV into columns. One per walk over the file: the first takes every column, the second, if some columns turned out to be text late, takes those. */
final class TableReader extends CsvWalk {
    private static final double MEBIBYTE = 1L << 20;

    private final TableOptions options;
    private final boolean[] again;   // second walk: the columns to take; null in the first
    private final TextPool pool = new TextPool();
    private final NumberParser numbers = new NumberParser();
    private final LineIndex lines = new LineIndex();
    private ByteBlocks bytes;
    private ColumnBuilder[] columns;
    private int[] slots;             // ByteBlocks.live(): where the row's bytes go, -1 for columns kept elsewhere
    private byte[] block;
    private int base;

    private TableReader(CsvSource source, TableOptions options, boolean[] again) {
        super(source, options.separator());
        this.options = options;
        this.again = again;
    }

    static Table read(CsvSource source, TableOptions options) {
        TableReader first = new TableReader(source, options, null);
        first.walkWithinTheHeap();
        int rows = first.rows();
        first.bytes.end(rows);
        boolean[] again = new boolean[first.columns.length];
        boolean any = false;
        for (int c = 0; c < again.length; c++) any |= again[c] = first.needsSecondPass(c);
        Column[] columns = new Column[again.length];
        TableReader second = null;
        if (any) {
            second = new TableReader(source, options, again);
            second.walkWithinTheHeap();
            if (second.rows() != rows || !second.header().equals(first.header())) throw changed(source);
        }
        for (int c = 0; c < again.length; c++) columns[c] = (again[c] ? second : first).columns[c].build(rows);
        return new Table(source.name(), rows, columns, first.bytes, first.lines::line);
    }

    /** @throws DataException that says what the whole file needs, if the heap is full before its end */
    private void walkWithinTheHeap() {
        try {
            walk();
        } catch (OutOfMemoryError e) {
            columns = null;
            bytes = null;
            block = null;
            throw full(source.name(), rows(), done(), Runtime.getRuntime().maxMemory(), e);
        }
    }

    /** @param done share of the file that the rows are; below 0: unknown */
    static DataException full(String name, int rows, double done, long heap, OutOfMemoryError cause) {
        String need = done <= 0 ? "" : String.format(Locale.ROOT, ", %.0f%% of the file: all of it needs about %,.0f MiB", done * 100, heap / MEBIBYTE / done);
        return DataException.in(name, String.format(Locale.ROOT, "Java's heap of %,.0f MiB was full after %,d rows%s. Give Java a larger heap (-Xmx), or use fewer rows or columns.",
                heap / MEBIBYTE, rows, need), cause);
    }

    /** In a part of a file it was settled before what each column is. */
    private boolean needsSecondPass(int column) {
        if (source.texts().isEmpty()) return columns[column].needsSecondPass(rows());
        if (columns[column].isText() != isText(column)) throw changed(source);
        return false;
    }

    static DataException changed(CsvSource source) {
        return DataException.in(source.name(), "the file changed while it was read. Try again.");
    }

    private boolean isText(int column) {
        return options.allText() || options.asText().contains(header().get(column)) || source.texts().map(texts -> texts.get(column)).orElse(false);
    }

    @Override
    void begin() {
        bytes = new ByteBlocks(header().size());
        columns = new ColumnBuilder[header().size()];
        for (int c = 0; c < columns.length; c++) {
            columns[c] = new ColumnBuilder(header().get(c), c, bytes);
            if (again != null ? again[c] : isText(c)) columns[c].keepText();
        }
        slots = bytes.live();
        if (again != null) Arrays.fill(slots, -1);
    }

    @Override
    void row(long line) {
        if (again == null) {
            bytes.begin(rows());
            block = bytes.data(rows());
            base = bytes.base(rows());
            lines.add(rows(), line);
        }
    }

    @Override
    void value(int c, char[] chars, int offset, int length) {
        int slot = slots[c];
        if (slot >= 0) {
            int value = NumberParser.smallInt(chars, offset, length);
            if (value >= 0) {
                block[base + slot] = (byte) value;
                return;
            }
        }
        if (again == null || again[c]) columns[c].add(rows(), chars, offset, length, numbers, pool);
    }

    /** Finds which columns of a file are text, as reading it whole would find, and whether it is well formed; keeps nothing of it. */
    static final class Scan extends CsvWalk {
        private final NumberParser numbers = new NumberParser();
        private final BitSet text = new BitSet();
        private final BitSet spelledMissing = new BitSet();
        private final BitSet present = new BitSet();

        Scan(CsvSource source) {
            super(source, TableOptions.DEFAULT.separator());
        }

        /** Columns of text. */
        BitSet texts() {
            BitSet texts = (BitSet) spelledMissing.clone();
            texts.andNot(present);
            texts.or(text);
            return texts;
        }

        @Override
        void begin() {
            // Everything is decided by the values.
        }

        @Override
        void row(long line) {
            // Rows are counted already.
        }

        @Override
        void value(int c, char[] chars, int offset, int length) {
            if (length == 0 || text.get(c)) return;
            if (NumberParser.smallInt(chars, offset, length) >= 0 || numbers.parse(chars, offset, length) != NumberParser.Kind.TEXT) present.set(c);
            else if (NumberParser.isMissing(chars, offset, length)) spelledMissing.set(c);
            else text.set(c);
        }
    }
}
