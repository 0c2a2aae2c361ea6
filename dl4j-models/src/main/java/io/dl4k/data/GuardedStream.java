package io.dl4k.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/**
 * A stream of untrusted bytes: bounded in size and in how much larger than its compressed form it may get, checked against the size and checksum
 * it was announced with, and with every failure turned into a {@link DataException}.
 */
final class GuardedStream extends InputStream {
    /** What the bytes are held to. */
    record Limits(long bytes, long ratio, long ratioFrom) {
        /** 64 GiB, and 300 times the compressed size once past 64 MiB: one-hot tables reach 100, deflate itself 1032. */
        static final Limits STANDARD = new Limits(1L << 36, 300, 1L << 26);
    }

    private final String name;
    private final InputStream in;
    private final Limits limits;
    private final long compressed;
    private final long size;
    private final long checksum;
    private final CRC32 sum;
    private long count;
    private boolean ended;

    private GuardedStream(String name, InputStream in, Limits limits, long compressed, long size, long checksum) {
        this.name = name;
        this.in = in;
        this.limits = limits;
        this.compressed = compressed;
        this.size = size;
        this.checksum = checksum;
        this.sum = checksum >= 0 ? new CRC32() : null;
    }

    /** @param compressed size of what the bytes are inflated from; below 0: they are not compressed */
    static GuardedStream of(String name, InputStream in, long compressed, Limits limits) {
        return new GuardedStream(name, in, limits, compressed, -1, -1);
    }

    /** @param size announced size, below 0 if unknown  @param checksum announced CRC-32, below 0 if unknown */
    static GuardedStream ofEntry(String name, InputStream in, long compressed, long size, long checksum) {
        return new GuardedStream(name, in, Limits.STANDARD, compressed, size, checksum);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        int n;
        try {
            n = in.read(to, offset, length);
        } catch (IOException e) {
            throw failure(name, e);
        }
        if (n < 0) {
            if (!ended) checkEnd();
            ended = true;
            return -1;
        }
        count += n;
        if (sum != null) sum.update(to, offset, n);
        if (count > limits.bytes) throw DataException.in(name, "more than " + limits.bytes + " bytes: too large to be read. Give a smaller file.");
        if (compressed >= 0 && count > limits.ratioFrom && count / Math.max(1, compressed) >= limits.ratio)
            throw DataException.in(name, "inflates to more than " + limits.ratio + " times its size: refused as a zip bomb. Unpack it yourself if you trust it.");
        return n;
    }

    private void checkEnd() {
        if (size >= 0 && count != size)
            throw DataException.in(name, "damaged: " + size + " bytes announced, " + count + " found. Download it again.");
        if (sum != null && sum.getValue() != checksum)
            throw DataException.in(name, "damaged: its checksum is wrong. Download it again.");
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw failure(name, e);
        }
    }

    static DataException failure(String name, IOException e) {
        if (e instanceof EOFException) return DataException.in(name, "the compressed data ends early: the file is cut off. Download it again.", e);
        if (e instanceof ZipException && mentions(e, "encrypted")) return encrypted(name, e);
        if (e instanceof ZipException) return DataException.in(name, "damaged compressed data (" + reason(e) + "). Download it again.", e);
        return DataException.in(name, "cannot be read (" + reason(e) + ").", e);
    }

    static DataException encrypted(String name, IOException e) {
        return DataException.in(name, "the zip archive is encrypted. Unpack it with its password and give the folder.", e);
    }

    static boolean mentions(IOException e, String word) {
        return e.getMessage() != null && e.getMessage().contains(word);
    }

    static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().replaceAll("\\s+", " ");
    }
}
