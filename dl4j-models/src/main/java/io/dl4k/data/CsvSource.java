package io.dl4k.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * One CSV that can be opened again and again: a file, an entry of a zip archive, or bytes in memory. Gzip and zip are recognised by their first bytes,
 * whatever the name says, and inflated within bounds (64 GiB, and 300 times the compressed size).
 */
public final class CsvSource {
    /** Opens the inflated bytes anew. */
    interface Opener {
        InputStream open() throws IOException;
    }

    private static final int GZIP_BUFFER = 1 << 16;

    private final String name;
    private final Opener opener;
    private final Optional<BitSet> texts;
    private final long lineShift;
    private final long length;

    CsvSource(String name, Opener opener) {
        this(name, opener, -1);
    }

    /** @param length of what the opener's stream gives, bytes; below 0: unknown */
    CsvSource(String name, Opener opener, long length) {
        this(name, opener, Optional.empty(), 0, length);
    }

    private CsvSource(String name, Opener opener, Optional<BitSet> texts, long lineShift, long length) {
        this.name = Objects.requireNonNull(name);
        this.opener = opener;
        this.texts = texts;
        this.lineShift = lineShift;
        this.length = length;
    }

    /**
     * A part of a longer file that reads as its rows do there.
     *
     * @param bytes header and rows
     * @param texts the columns that are text in the file; the others are numbers
     * @param lineShift what is added to the number of a row's line
     */
    static CsvSource part(String name, byte[] bytes, BitSet texts, long lineShift) {
        return new CsvSource(name, () -> new ByteArrayInputStream(bytes), Optional.of(texts), lineShift, bytes.length);
    }

    /** Columns of text, where that is settled already. */
    Optional<BitSet> texts() {
        return texts;
    }

    long lineShift() {
        return lineShift;
    }

    /** Bytes, as they come out of {@link #open}; below 0: unknown. */
    long length() {
        return length;
    }

    /**
     * A file: plain CSV, gzip, or a zip archive that holds one CSV.
     *
     * @throws DataException if there is no such file
     */
    public static CsvSource of(Path csvOrGz) {
        if (Files.isDirectory(csvOrGz)) throw DataException.in(csvOrGz.toString(), "a folder, where a CSV file was expected.");
        if (!Files.isRegularFile(csvOrGz)) throw missing(csvOrGz);
        return of(csvOrGz, csvOrGz.getFileName().toString());
    }

    static CsvSource of(Path file, String name) {
        return new CsvSource(name, () -> {
            if (ZipArchive.isZip(file)) return ZipArchive.openOnly(file, name);
            return inflate(name, Files.newInputStream(file), Files.size(file));
        }, plainLength(file));
    }

    /** Of a file that is not packed; what cannot be read is found out when it is. */
    private static long plainLength(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(2);
            boolean packed = start.length == 2 && (isGzip(start[0] & 0xff, start[1] & 0xff) || start[0] == 'P' && start[1] == 'K');
            return packed ? -1 : Files.size(file);
        } catch (IOException e) {
            return -1;
        }
    }

    private static boolean isGzip(int first, int second) {
        return first == 0x1f && second == 0x8b;
    }

    /** Bytes in memory: CSV or gzip. The array is not copied. */
    public static CsvSource of(String name, byte[] bytes) {
        Objects.requireNonNull(bytes);
        return new CsvSource(name, () -> inflate(name, new ByteArrayInputStream(bytes), bytes.length));
    }

    /** Name for messages, such as {@code titanic.zip!train.csv}. */
    public String name() {
        return name;
    }

    /**
     * The inflated bytes from the start. Close the stream after use.
     *
     * @throws DataException if the source cannot be opened; the stream's own methods throw it too, never an {@code IOException}
     */
    public InputStream open() {
        try {
            return opener.open();
        } catch (NoSuchFileException e) {
            throw DataException.in(name, "no such file. Check the path.", e);
        } catch (IOException e) {
            throw GuardedStream.failure(name, e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    static DataException missing(Path path) {
        return DataException.in(path.toString(), "no such file or folder. Check the path.");
    }

    /** The bytes, gunzipped if they are gzip; closes {@code raw} if that fails. */
    static InputStream inflate(String name, InputStream raw, long size) throws IOException {
        try {
            InputStream in = raw.markSupported() ? raw : new BufferedInputStream(raw, GZIP_BUFFER);
            in.mark(2);
            boolean gzip = isGzip(in.read(), in.read());
            in.reset();
            return gzip
                    ? GuardedStream.of(name, new GZIPInputStream(in, GZIP_BUFFER), size, GuardedStream.Limits.STANDARD)
                    : GuardedStream.of(name, in, -1, GuardedStream.Limits.STANDARD);
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }
}
