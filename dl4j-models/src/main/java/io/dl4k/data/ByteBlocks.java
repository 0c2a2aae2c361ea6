package io.dl4k.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Values of the columns that hold only 0 to 255, row after row, in blocks of equally many rows: a table of pixels grows without copying what it has, and
 * a row of neighbouring pixels lies in one piece. A column that turns out larger leaves its slot unused until the next block is laid without it.
 */
final class ByteBlocks {
    /** Bytes of a block: small enough that the collector never treats it as a giant object (half of a 1 MB region). */
    private static final int BLOCK_BYTES = 1 << 18;
    private static final int MOST_ROWS_SHIFT = 14;

    /** {@code data[(row in block) * stride + slots[column]]}; slot -1: the column is not here. */
    private record Block(byte[] data, int stride, int[] slots) { }

    private final int shift;
    private final int mask;
    private final List<Block> blocks = new ArrayList<>();
    private final int[] live;
    private boolean relaid = true;

    ByteBlocks(int columns) {
        live = new int[columns];
        Arrays.setAll(live, i -> i);
        int rows = Math.max(1, BLOCK_BYTES / Math.max(1, columns));
        shift = Math.min(MOST_ROWS_SHIFT, 31 - Integer.numberOfLeadingZeros(rows));
        mask = (1 << shift) - 1;
    }

    /** Slots by column in the newest block, -1 where the column holds no bytes (any more). Written through {@link #leave} only. */
    int[] live() {
        return live;
    }

    /** Makes room for the row. */
    void begin(int row) {
        if ((row & mask) != 0) return;
        int[] slots;
        int stride;
        if (relaid) {
            stride = 0;
            for (int c = 0; c < live.length; c++) if (live[c] >= 0) live[c] = stride++;
            slots = live.clone();
            relaid = false;
        } else {
            Block last = blocks.get(blocks.size() - 1);
            slots = last.slots;
            stride = last.stride;
        }
        blocks.add(new Block(new byte[Math.multiplyExact(stride, mask + 1)], stride, slots));
    }

    byte[] data(int row) {
        return blocks.get(row >> shift).data;
    }

    /** Where the row starts in {@link #data}. */
    int base(int row) {
        return (row & mask) * blocks.get(row >> shift).stride;
    }

    /** The column's values will be kept elsewhere. */
    void leave(int column) {
        live[column] = -1;
        relaid = true;
    }

    /** Gives back the part of the last block that no row uses. */
    void end(int rows) {
        if (blocks.isEmpty() || (rows & mask) == 0) return;
        Block last = blocks.get(blocks.size() - 1);
        blocks.set(blocks.size() - 1, new Block(Arrays.copyOf(last.data, (rows & mask) * last.stride), last.stride, last.slots));
    }

    int get(int row, int column) {
        Block block = blocks.get(row >> shift);
        return block.data[(row & mask) * block.stride + block.slots[column]] & 0xff;
    }

    /** Copies neighbouring columns of a row. */
    void copy(int row, int column, int count, byte[] to, int offset) {
        Block block = blocks.get(row >> shift);
        System.arraycopy(block.data, (row & mask) * block.stride + block.slots[column], to, offset, count);
    }
}
