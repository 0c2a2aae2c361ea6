package io.dl4k.data;

import java.util.BitSet;

/** A column of numbers, stored as bytes, ints or doubles, whichever holds every value exactly. Immutable. */
public final class NumberColumn implements Column {
    /** Where the values are. Rows without a value hold anything. */
    sealed interface Values permits Bytes, Ints, Doubles, Moved {
        double value(int row);

        String text(int row);
    }

    record Bytes(ByteBlocks blocks, int column) implements Values {
        @Override
        public double value(int row) {
            return blocks.get(row, column);
        }

        @Override
        public String text(int row) {
            return Integer.toString(blocks.get(row, column));
        }
    }

    record Ints(Chunks.OfInt chunks) implements Values {
        @Override
        public double value(int row) {
            return chunks.get(row);
        }

        @Override
        public String text(int row) {
            return Integer.toString(chunks.get(row));
        }
    }

    record Doubles(Chunks.OfDouble chunks) implements Values {
        @Override
        public double value(int row) {
            return chunks.get(row);
        }

        @Override
        public String text(int row) {
            return NumberParser.print(chunks.get(row), chunks.form(row));
        }
    }

    /** Other rows' values: a row has that of row {@code from[row]}. */
    record Moved(Values values, int[] from) implements Values {
        @Override
        public double value(int row) {
            return values.value(from[row]);
        }

        @Override
        public String text(int row) {
            return values.text(from[row]);
        }
    }

    private final String name;
    private final int size;
    private final Values values;
    private final BitSet absent;
    private final int missing;

    /** @param absent rows without a value; null: none */
    NumberColumn(String name, int size, Values values, BitSet absent) {
        this.name = name;
        this.size = size;
        this.values = values;
        this.absent = absent;
        this.missing = absent == null ? 0 : absent.cardinality();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean isMissing(int row) {
        check(row);
        return absent != null && absent.get(row);
    }

    @Override
    public String text(int row) {
        return isMissing(row) ? null : values.text(row);
    }

    /** The number, NaN if missing. */
    public double value(int row) {
        return isMissing(row) ? Double.NaN : values.value(row);
    }

    @Override
    public int missing() {
        return missing;
    }

    /** A new array of all values in the order of rows, NaN where missing. */
    public double[] toArray() {
        double[] all = new double[size];
        for (int row = 0; row < size; row++) all[row] = value(row);
        return all;
    }

    /** Whether every value present is a whole number. */
    public boolean isWhole() {
        if (values instanceof Bytes || values instanceof Ints) return true;
        for (int row = 0; row < size; row++) {
            double value = value(row);
            if (!Double.isNaN(value) && value != Math.rint(value)) return false;
        }
        return true;
    }

    Values storage() {
        return values;
    }

    /** Whether every value is kept as a byte. */
    boolean isBytes() {
        return (values instanceof Moved moved ? moved.values() : values) instanceof Bytes;
    }

    /** The column with the values of rows {@code from[0], from[1], …}. */
    NumberColumn moved(int[] from) {
        BitSet moved = new BitSet();
        for (int row = 0; row < from.length; row++) if (isMissing(from[row])) moved.set(row);
        return new NumberColumn(name, from.length, new Moved(values, from), moved);
    }

    private void check(int row) {
        if (row < 0 || row >= size) throw new IndexOutOfBoundsException("row " + row + " of column '" + name + "' with " + size + " rows");
    }

    @Override
    public String toString() {
        return name + " (numbers, " + size + " rows)";
    }
}
