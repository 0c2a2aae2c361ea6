package io.dl4k.kaggle.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A zip as text, so that a changed byte is a changed byte of an entry and not a wrong checksum: {@code ==>NAME} and a line end before each entry's bytes. An entry
 * {@code inner.zip/NAME} is one of a zip inside.
 */
public final class Packed {
    private static final String MARK = "==>";

    private Packed() {
    }

    /** The text of entries. */
    static byte[] text(Map<String, byte[]> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entries.forEach((name, bytes) -> {
            out.writeBytes((MARK + name + "\n").getBytes(StandardCharsets.ISO_8859_1));
            out.writeBytes(bytes);
        });
        return out.toByteArray();
    }

    /** The zip that a text describes; a name that stands twice is passed over. */
    static byte[] zip(byte[] text) {
        String all = new String(text, StandardCharsets.ISO_8859_1);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        Map<String, Map<String, byte[]>> inner = new LinkedHashMap<>();
        for (String part : all.split(MARK)) {
            int end = part.indexOf('\n');
            if (end > 0) {
                String name = part.substring(0, end);
                byte[] bytes = part.substring(end + 1).getBytes(StandardCharsets.ISO_8859_1);
                int zip = name.indexOf(".zip/");
                if (zip < 0) {
                    entries.putIfAbsent(name, bytes);
                } else {
                    inner.computeIfAbsent(name.substring(0, zip + 4), any -> new LinkedHashMap<>()).putIfAbsent(name.substring(zip + 5), bytes);
                }
            }
        }
        inner.forEach((name, parts) -> entries.putIfAbsent(name, zip(parts)));
        return zip(entries);
    }

    /** A zip of entries, not deflated. */
    static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Set<String> seen = new HashSet<>();
        try (ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                if (seen.add(entry.getKey()) && entry.getKey().length() < 0x4000) {
                    zip.putNextEntry(new ZipEntry(entry.getKey()));
                    zip.write(entry.getValue());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The bytes, compressed. */
    public static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
