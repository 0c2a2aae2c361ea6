package io.dl4k.data;

import java.util.Arrays;
import java.util.BitSet;

/** One column while it is read: starts as bytes, becomes ints, doubles or text as its fields demand, and never loses a value on the way. */
final class ColumnBuilder {
    private enum Kind {
        BYTES, INTS, DOUBLES,
        TEXT,
        /** Text whose first fields were taken for numbers: read again from the start. */
        LATE_TEXT
    }

    private final String name;
    private final int index;
    private final ByteBlocks bytes;
    private Kind kind = Kind.BYTES;
    private Chunks.OfInt ints;
    private Chunks.OfDouble doubles;
    private String[] texts;
    private BitSet absent;
    private boolean anySpelledMissing;

    ColumnBuilder(String name, int index, ByteBlocks bytes) {
        this.name = name;
        this.index = index;
        this.bytes = bytes;
    }

    String name() {
        return name;
    }

    /** From the first row on, keep the exact characters. */
    void keepText() {
        bytes.leave(index);
        kind = Kind.TEXT;
        texts = new String[16];
    }

    /** A field that is no byte: the reader stores those itself. */
    void add(int row, char[] chars, int offset, int length, NumberParser numbers, TextPool pool) {
        if (kind == Kind.LATE_TEXT) return;
        if (length == 0) {
            missing(row);
            return;
        }
        if (kind == Kind.TEXT) {
            text(row, pool.get(chars, offset, length));
            return;
        }
        NumberParser.Kind found = numbers.parse(chars, offset, length);
        if (found == NumberParser.Kind.TEXT) {
            if (NumberParser.isMissing(chars, offset, length)) {
                anySpelledMissing = true;
                missing(row);
            } else {
                becomeText(row, pool.get(chars, offset, length));
            }
        } else {
            number(row, found, numbers.value(), numbers.form());
        }
    }

    private void missing(int row) {
        if (kind == Kind.TEXT) {
            text(row, null);
            return;
        }
        if (absent == null) absent = new BitSet();
        absent.set(row);
    }

    private void becomeText(int row, String text) {
        boolean nothingLost = !anySpelledMissing && (absent == null ? row == 0 : absent.nextClearBit(0) >= row);
        if (kind == Kind.BYTES) bytes.leave(index);
        ints = null;
        doubles = null;
        absent = null;
        if (nothingLost) {
            kind = Kind.TEXT;
            texts = new String[Math.max(16, row + 1)];
            text(row, text);
        } else {
            kind = Kind.LATE_TEXT;
        }
    }

    private void number(int row, NumberParser.Kind found, double value, byte form) {
        boolean isInt = found == NumberParser.Kind.WHOLE && value == (int) value;
        if (kind == Kind.BYTES) leaveBytes(row, isInt);
        if (kind == Kind.INTS && !isInt) {
            doubles = new Chunks.OfDouble();
            for (int r = 0; r < row; r++) doubles.set(r, ints.get(r), (byte) 0);
            ints = null;
            kind = Kind.DOUBLES;
        }
        if (kind == Kind.INTS) ints.set(row, (int) value);
        else doubles.set(row, value, form);
    }

    private void leaveBytes(int row, boolean toInts) {
        if (toInts) ints = new Chunks.OfInt();
        else doubles = new Chunks.OfDouble();
        for (int r = 0; r < row; r++) {
            int value = bytes.get(r, index);
            if (toInts) ints.set(r, value);
            else doubles.set(r, value, (byte) 0);
        }
        bytes.leave(index);
        kind = toInts ? Kind.INTS : Kind.DOUBLES;
    }

    private void text(int row, String text) {
        if (row >= texts.length) texts = Arrays.copyOf(texts, Math.max(row + 1, row + (row >> 1)));
        texts[row] = text;
    }

    /** Whether it has met text. */
    boolean isText() {
        return kind == Kind.TEXT || kind == Kind.LATE_TEXT;
    }

    /** Whether the column must be read again as text. Asked once all rows are in. */
    boolean needsSecondPass(int rows) {
        if (kind == Kind.LATE_TEXT) return true;
        // Nothing but spellings of "no value" is no column of numbers: they may be categories.
        return anySpelledMissing && absent.cardinality() == rows;
    }

    Column build(int rows) {
        if (kind == Kind.TEXT) return new TextColumn(name, Arrays.copyOf(texts, rows));
        NumberColumn.Values values = kind == Kind.BYTES ? new NumberColumn.Bytes(bytes, index) : kind == Kind.INTS ? new NumberColumn.Ints(ints) : new NumberColumn.Doubles(doubles);
        return new NumberColumn(name, rows, values, absent);
    }
}
