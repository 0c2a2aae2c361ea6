package io.dl4k.data;

/** Images as bytes, one per row, 0 to 255 unsigned, all of the same number of pixels. Immutable. */
public final class Pixels {
    /** Where the bytes are. Its callers have checked row and pixel. */
    private interface Storage {
        int get(int row, int pixel);

        void copy(int row, byte[] to, int offset);
    }

    private final Storage storage;
    private final int size;
    private final int rows;

    private Pixels(Storage storage, int size, int rows) {
        this.storage = storage;
        this.size = size;
        this.rows = rows;
    }

    /**
     * Images in one array, row after row. The array is not copied: leave it alone afterwards.
     *
     * @param pixels pixels of all images, a multiple of {@code size}
     * @param size pixels of one image, at least 1
     * @throws IllegalArgumentException if the array does not hold whole images
     */
    public static Pixels of(byte[] pixels, int size) {
        if (size < 1) throw new IllegalArgumentException("size must be at least 1 pixel, got " + size);
        if (pixels.length % size != 0) throw new IllegalArgumentException(pixels.length + " pixels are no whole number of images of " + size);
        return new Pixels(new Storage() {
            @Override
            public int get(int row, int pixel) {
                return pixels[row * size + pixel] & 0xff;
            }

            @Override
            public void copy(int row, byte[] to, int offset) {
                System.arraycopy(pixels, row * size, to, offset, size);
            }
        }, size, pixels.length / size);
    }

    static Pixels view(ByteBlocks blocks, int firstColumn, int size, int rows) {
        return new Pixels(new Storage() {
            @Override
            public int get(int row, int pixel) {
                return blocks.get(row, firstColumn + pixel);
            }

            @Override
            public void copy(int row, byte[] to, int offset) {
                blocks.copy(row, firstColumn, size, to, offset);
            }
        }, size, rows);
    }

    /** Each pixel looked up in its column when it is wanted: for tables of which few rows will be. */
    static Pixels view(NumberColumn.Values[] columns, int rows) {
        return new Pixels(new Storage() {
            @Override
            public int get(int row, int pixel) {
                return (int) columns[pixel].value(row);
            }

            @Override
            public void copy(int row, byte[] to, int offset) {
                for (int pixel = 0; pixel < columns.length; pixel++) to[offset + pixel] = (byte) get(row, pixel);
            }
        }, columns.length, rows);
    }

    /** Images. */
    public int rows() {
        return rows;
    }

    /** Pixels of one image. */
    public int size() {
        return size;
    }

    /** One pixel, 0 to 255. */
    public int get(int row, int pixel) {
        check(row);
        if (pixel < 0 || pixel >= size) throw new IndexOutOfBoundsException("pixel " + pixel + " of " + size);
        return storage.get(row, pixel);
    }

    /** A copy of one image: {@code size()} unsigned bytes. */
    public byte[] image(int row) {
        byte[] image = new byte[size];
        copy(row, image, 0);
        return image;
    }

    /** Copies one image into an array, from {@code offset} on. */
    public void copy(int row, byte[] to, int offset) {
        check(row);
        storage.copy(row, to, offset);
    }

    private void check(int row) {
        if (row < 0 || row >= rows) throw new IndexOutOfBoundsException("image " + row + " of " + rows);
    }

    @Override
    public String toString() {
        return rows + " images of " + size + " pixels";
    }
}
