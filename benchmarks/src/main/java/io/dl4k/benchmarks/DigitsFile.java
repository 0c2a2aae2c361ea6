package io.dl4k.benchmarks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The zip of the digits competition: the real one from the folder of the system property {@code dl4k.data} or from {@code shared/data} of a parent folder, else one
 * of the same shape in a temporary folder, which {@link #close()} deletes.
 */
final class DigitsFile implements AutoCloseable {
    static final int ROWS = 42_000;
    static final int PIXELS = 784;
    private static final int TEST_ROWS = 28_000;
    private static final String NAME = "digit-recognizer.zip";
    private static final int INK_PERCENT = 19;   // of the real digits' pixels are not 0
    private static final long SEED = 42;

    private final Path zip;
    private final Path made;

    private DigitsFile(Path zip, Path made) {
        this.zip = zip;
        this.made = made;
    }

    static DigitsFile open() throws IOException {
        String property = System.getProperty("dl4k.data");
        if (property != null && Files.exists(Path.of(property, NAME))) return new DigitsFile(Path.of(property, NAME), null);
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path real = folder.resolve("shared/data").resolve(NAME);
            if (Files.exists(real)) return new DigitsFile(real, null);
        }
        return make(ROWS);
    }

    /** A zip of the same columns with as much ink as the real digits. */
    static DigitsFile make(int rows) throws IOException {
        Path folder = Files.createTempDirectory("dl4k-digits");
        Path zip = folder.resolve(NAME);
        SplittableRandom random = new SplittableRandom(SEED);
        try (ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(zip)))) {
            out.putNextEntry(new ZipEntry("train.csv"));
            images(out, rows, true, random);
            int tests = Math.max(1, rows * TEST_ROWS / ROWS);
            out.putNextEntry(new ZipEntry("test.csv"));
            images(out, tests, false, random);
            out.putNextEntry(new ZipEntry("sample_submission.csv"));
            write(out, new StringBuilder("ImageId,Label"));
            for (int row = 1; row <= tests; row++) write(out, new StringBuilder().append(row).append(",0"));
        }
        return new DigitsFile(zip, folder);
    }

    private static void images(OutputStream out, int rows, boolean labelled, SplittableRandom random) throws IOException {
        StringBuilder line = new StringBuilder(labelled ? "label" : "");
        for (int p = 0; p < PIXELS; p++) line.append(line.isEmpty() ? "" : ",").append("pixel").append(p);
        write(out, line);
        for (int row = 0; row < rows; row++) {
            if (labelled) line.append(random.nextInt(10));
            for (int p = 0; p < PIXELS; p++) line.append(line.isEmpty() ? "" : ",").append(random.nextInt(100) < INK_PERCENT ? 1 + random.nextInt(255) : 0);
            write(out, line);
        }
    }

    private static void write(OutputStream out, StringBuilder line) throws IOException {
        out.write(line.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
        line.setLength(0);
    }

    Path zip() {
        return zip;
    }

    @Override
    public void close() throws IOException {
        if (made == null) return;
        try (Stream<Path> files = Files.walk(made)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
