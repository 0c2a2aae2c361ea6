package io.dl4k.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** An open zip archive whose entries are untrusted. Nothing is ever unpacked to disk. */
final class ZipArchive implements Closeable {
    private final String name;
    private final ZipFile zip;

    /** @param name name for messages */
    ZipArchive(Path file, String name) throws IOException {
        this.name = name;
        try {
            this.zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw refusal(name, e);
        }
    }

    private static DataException refusal(String name, ZipException e) {
        if (GuardedStream.mentions(e, "encrypted")) return GuardedStream.encrypted(name, e);
        if (GuardedStream.mentions(e, "compression method"))
            return DataException.in(name, "packed with a method that Java cannot read. Unpack it yourself and give the folder.", e);
        return DataException.in(name, "the zip archive is cut off or damaged (" + GuardedStream.reason(e) + "). Download it again.", e);
    }

    /** Whether the file starts like a zip archive, an empty one included. */
    static boolean isZip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(4);
            return start.length == 4 && start[0] == 'P' && start[1] == 'K' && (start[2] == 3 && start[3] == 4 || start[2] == 5 && start[3] == 6);
        }
    }

    /** The archive's only CSV, as a stream that closes the archive with itself. */
    static InputStream openOnly(Path file, String name) throws IOException {
        ZipArchive archive = new ZipArchive(file, name);
        try {
            List<String> names = archive.names();
            if (names.size() != 1)
                throw DataException.in(name, names.isEmpty() ? "no .csv file inside." : "expected one .csv file inside, found " + String.join(", ", names) + ".");
            return new FilterInputStream(archive.source(names.get(0)).open()) {
                @Override
                public void close() throws IOException {
                    super.close();
                    archive.close();
                }
            };
        } catch (RuntimeException e) {
            archive.close();
            throw e;
        }
    }

    /**
     * Names of the data files inside, as the archive spells them.
     *
     * @throws DataException if any entry would lie outside the archive's own folder, or stands there twice
     */
    List<String> names() {
        List<String> names = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        zip.stream().forEach(entry -> {
            String entryName = entry.getName();
            checkInside(entryName);
            if (!seen.add(entryName))
                throw DataException.in(name, "entry " + DataException.quoted(entryName) + " stands there twice: no telling which is meant. Unpack it yourself and give the folder.");
            if (!entry.isDirectory() && DataFiles.isData(entryName)) names.add(entryName);
        });
        return names;
    }

    private void checkInside(String entryName) {
        String path = entryName.replace('\\', '/');
        boolean outside = path.startsWith("/") || path.matches("[A-Za-z]:.*");
        for (String part : path.split("/")) outside |= part.equals("..");
        if (outside)
            throw DataException.in(name, "entry " + DataException.quoted(entryName) + " points outside the archive: refused. Get the file from its source again.");
    }

    CsvSource source(String entryName) {
        String source = name + "!" + entryName;
        ZipEntry entry = zip.getEntry(entryName);
        return new CsvSource(source, () -> {
            InputStream bytes = GuardedStream.ofEntry(source, zip.getInputStream(entry), entry.getCompressedSize(), entry.getSize(), entry.getCrc());
            if (entryName.toLowerCase(Locale.ROOT).endsWith(".zip")) return inner(source, bytes, entry.getSize());
            return CsvSource.inflate(source, bytes, entry.getSize());
        }, entryName.toLowerCase(Locale.ROOT).matches("(?s).*\\.(zip|gz)") ? -1 : entry.getSize());
    }

    /** The first CSV of a zip inside the zip, read as it comes. */
    private static InputStream inner(String source, InputStream bytes, long size) throws IOException {
        ZipInputStream inner = new ZipInputStream(new BufferedInputStream(bytes));
        try {
            for (ZipEntry entry = inner.getNextEntry(); entry != null; entry = inner.getNextEntry())
                if (!entry.isDirectory() && DataFiles.isData(entry.getName()))
                    return GuardedStream.of(source, inner, size, GuardedStream.Limits.STANDARD);
            throw DataException.in(source, "no .csv file inside.");
        } catch (DataException | IOException e) {
            inner.close();
            throw e;
        } catch (IllegalArgumentException e) {
            // What Java answers names with that say they are UTF-8 and are not.
            inner.close();
            throw DataException.in(source, "the zip archive is cut off or damaged (a name in it is not UTF-8). Download it again.", e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
