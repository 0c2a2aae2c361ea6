package io.dl4k.data;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The data files a user points at: a zip as Kaggle hands it out, a folder, or a single {@code .csv}, {@code .csv.gz} or {@code .csv.zip}.
 * Files are found by base name, without regard to case, in sub folders too, and whether or not they are compressed; the file nearest to the top wins.
 * Close it after the last of its sources has been read.
 */
public final class DataFiles implements AutoCloseable {
    private static final int DEEPEST_FOLDER = 4;
    private static final int MOST_NAMES_SHOWN = 12;

    private final String name;
    private final List<String> names;
    private final Function<String, CsvSource> sources;
    private final Closeable resource;

    private DataFiles(String name, List<String> names, Function<String, CsvSource> sources, Closeable resource) {
        this.name = name;
        this.names = names.stream()
                .sorted(Comparator.comparingLong(DataFiles::depth).thenComparing(n -> baseName(n).toLowerCase(Locale.ROOT)).thenComparing(n -> n))
                .toList();
        this.sources = sources;
        this.resource = resource;
    }

    /**
     * Opens what lies at the path. A single file need not be called {@code .csv}.
     *
     * @throws DataException if nothing is there, no CSV is inside, or a zip archive is cut off, damaged, encrypted or has an entry outside itself
     */
    public static DataFiles open(Path path) {
        try {
            if (Files.isDirectory(path)) return ofFolder(path);
            if (!Files.exists(path)) throw CsvSource.missing(path);
            String name = path.getFileName().toString();
            if (ZipArchive.isZip(path)) return ofZip(path, name);
            if (name.toLowerCase(Locale.ROOT).endsWith(".zip"))
                throw DataException.in(name, "not a zip archive. Download it again; a web page may have been saved under this name.");
            return new DataFiles(name, List.of(name), n -> CsvSource.of(path, n), () -> { });
        } catch (IOException e) {
            throw GuardedStream.failure(path.toString(), e);
        }
    }

    private static DataFiles ofZip(Path path, String name) throws IOException {
        ZipArchive archive = new ZipArchive(path, name);
        try {
            List<String> names = archive.names();
            if (names.isEmpty()) throw DataException.in(name, "no .csv file inside.");
            return new DataFiles(name, names, archive::source, archive);
        } catch (RuntimeException e) {
            archive.close();
            throw e;
        }
    }

    private static DataFiles ofFolder(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        List<String> zips = new ArrayList<>();
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST_FOLDER, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String relative = folder.relativize(file).toString().replace(File.separatorChar, '/');
                if (attributes.isRegularFile() && isData(relative)) names.add(relative);
                else if (attributes.isRegularFile() && relative.toLowerCase(Locale.ROOT).endsWith(".zip")) zips.add(relative);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;   // a link in circles or a folder we may not enter: what is readable is enough
            }
        });
        if (names.isEmpty()) {
            zips.sort(null);
            throw DataException.in(folder.toString(), "no .csv file inside." + (zips.isEmpty() ? "" : " Give the zip itself: " + folder.resolve(zips.get(0)) + "."));
        }
        return new DataFiles(folder.toString(), names, n -> CsvSource.of(folder.resolve(n), n), () -> { });
    }

    /** The zip's or file's name, or the folder as given. */
    public String name() {
        return name;
    }

    /** Every data file, as the archive or folder spells it, those nearest to the top first. */
    public List<String> names() {
        return names;
    }

    /**
     * The file of this name, in any case, in any sub folder, plain or compressed; spelt exactly so if there are several.
     *
     * @param file a base name such as {@code train.csv}, or a path inside such as {@code data/train.csv}
     * @throws DataException if several folders, equally near to the top, have one
     */
    public Optional<CsvSource> find(String file) {
        if (names.contains(file)) return Optional.of(sources.apply(file));
        String wanted = uncompressed(slashed(file));
        Function<String, String> name = wanted.contains("/") ? n -> uncompressed(slashed(n)) : DataFiles::baseName;
        List<String> all = names.stream().filter(n -> name.apply(n).equalsIgnoreCase(wanted)).toList();
        if (all.isEmpty()) return Optional.empty();
        List<String> nearest = all.stream().filter(n -> depth(n) == depth(all.get(0))).toList();
        if (nearest.stream().map(DataFiles::folder).distinct().count() > 1)
            throw DataException.in(this.name, "no telling which file " + DataException.quoted(file) + " is meant: " + String.join(", ", nearest) + ". Give a folder with one of them.");
        return Optional.of(sources.apply(nearest.stream().filter(n -> name.apply(n).equals(wanted)).findFirst().orElse(nearest.get(0))));
    }

    /**
     * As {@link #find}, for a file that must be there.
     *
     * @throws DataException that lists what is there, if the file is not
     */
    public CsvSource require(String file) {
        return find(file).orElseThrow(() -> {
            List<String> shown = names.subList(0, Math.min(names.size(), MOST_NAMES_SHOWN));
            String more = shown.size() < names.size() ? " and " + (names.size() - shown.size()) + " more" : "";
            return DataException.in(name, "no file " + DataException.quoted(file) + ". It holds " + String.join(", ", shown) + more + ".");
        });
    }

    /** @param baseName asked with each file's name without folders and without {@code .gz} or {@code .zip}, such as {@code train.csv} */
    public Optional<CsvSource> findMatching(Predicate<String> baseName) {
        return names.stream().filter(n -> baseName.test(baseName(n))).findFirst().map(sources);
    }

    /** Closes the zip archive, if it is one. */
    @Override
    public void close() {
        try {
            resource.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the name is that of a CSV, plain or compressed, and not one of the shadows that macOS puts into archives. */
    static boolean isData(String name) {
        String base = name.substring(slashed(name).lastIndexOf('/') + 1);
        if (base.startsWith(".") || name.startsWith("__MACOSX/")) return false;
        return uncompressed(base).toLowerCase(Locale.ROOT).endsWith(".csv");
    }

    private static String baseName(String name) {
        return uncompressed(name.substring(slashed(name).lastIndexOf('/') + 1));
    }

    private static String folder(String name) {
        return slashed(name).substring(0, slashed(name).lastIndexOf('/') + 1);
    }

    /** Some tools of Windows write their own separator into archives. */
    private static String slashed(String name) {
        return name.replace('\\', '/');
    }

    private static String uncompressed(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".csv.gz") ? name.substring(0, name.length() - 3) : lower.endsWith(".csv.zip") ? name.substring(0, name.length() - 4) : name;
    }

    private static long depth(String name) {
        return slashed(name).chars().filter(c -> c == '/').count();
    }
}
