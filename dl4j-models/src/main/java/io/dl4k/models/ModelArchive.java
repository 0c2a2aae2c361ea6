package io.dl4k.models;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The zip of a model from a stranger: nothing is ever unpacked to disk, and no size is believed before memory is taken for it. */
final class ModelArchive implements Closeable {

    static final String EXTRAS = "extras/";
    static final Pattern EXTRA_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    /** A network of a thousand layers takes one. */
    private static final int LARGEST_JSON = 16 << 20;
    private static final int LARGEST_EXTRA = 256 << 20;
    private static final int MOST_EXTRAS = 1000;
    /** Trained weights do not deflate to a third, descriptions to a thirtieth; deflate itself reaches 1032. */
    private static final long MOST_DEFLATED = 100;
    private static final long DEFLATED_FROM = 16 << 20;

    private final Path path;
    private final ZipFile zip;

    /** @throws ModelFileException if an entry lies outside, or stands twice */
    ModelArchive(Path path) throws IOException {
        this.path = path;
        this.zip = new ZipFile(path.toFile(), StandardCharsets.UTF_8);
        try {
            requireOwnNames();
        } catch (ModelFileException e) {
            zip.close();
            throw e;
        }
    }

    private void requireOwnNames() throws ModelFileException {
        Set<String> names = new HashSet<>();
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            String name = entries.nextElement().getName();
            String unix = name.replace('\\', '/');
            if (unix.startsWith("/") || unix.matches("[A-Za-z]:.*") || List.of(unix.split("/")).contains("..")) {
                throw refusal(name, "points outside the archive. Do not use this file, or get it from its author again.");
            }
            if (!names.add(name)) {
                throw refusal(name, "stands there twice. Do not use this file, or get it from its author again.");
            }
        }
    }

    private ModelFileException refusal(String name, String problem) {
        return new ModelFileException(path, "entry '" + ModelFileException.shown(name) + "' " + problem, null);
    }

    /**
     * As UTF-8, whatever it looks like: a reader of JSON that is given bytes guesses.
     *
     * @return the entry's text; null if there is none
     * @throws ModelFileException if it is larger than a description gets
     */
    String json(String name) throws IOException {
        byte[] bytes = read(name, LARGEST_JSON);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private byte[] read(String name, int limit) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            return null;
        }
        // The size in the directory is only a claim: one byte more than the limit is enough to know.
        if (entry.getSize() <= limit) {
            try (InputStream in = zip.getInputStream(entry)) {
                byte[] bytes = in.readNBytes(limit + 1);
                if (bytes.length <= limit) {
                    return bytes;
                }
            }
        }
        throw refusal(name, "is larger than " + limit + " bytes. It is not a model of this program.");
    }

    /** @return the entry to be read as it comes; null if there is none */
    InputStream stream(String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        return entry == null ? null : new BufferedInputStream(zip.getInputStream(entry), 1 << 16);
    }

    /** @throws ModelFileException if that many bytes, inflated from the entry, are more than what anyone wrote deflates to */
    void requireNoBomb(String name, long bytes) throws ModelFileException {
        long packed = Math.max(1, zip.getEntry(name).getCompressedSize());
        if (bytes > DEFLATED_FROM && bytes / packed >= MOST_DEFLATED) {
            throw refusal(name, "grows from " + packed + " to " + bytes + " bytes: refused. It is not a model of this program.");
        }
    }

    /** @throws ModelFileException if there are more, or larger ones, than this program writes, or than fit in half of Java's heap */
    Map<String, byte[]> extras() throws IOException {
        Map<String, byte[]> extras = new TreeMap<>();
        long room = Runtime.getRuntime().maxMemory() / 2;
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            String name = entry.getName();
            if (name.startsWith(EXTRAS)) {
                String extra = name.substring(EXTRAS.length());
                if (!EXTRA_NAME.matcher(extra).matches() || extras.size() == MOST_EXTRAS) {
                    throw refusal(name, "is not one that this program wrote. Save the model again.");
                }
                requireNoBomb(name, entry.getSize());
                room -= Math.max(0, entry.getSize());
                if (room < 0) {
                    throw new ModelFileException(path, "its entries need more than half of Java's heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB. Give Java more with DL4K_JAVA_OPTS=-Xmx8g.", null);
                }
                byte[] bytes = read(name, (int) Math.min(LARGEST_EXTRA, entry.getSize()));
                extras.put(extra, bytes);
            }
        }
        return extras;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
