package io.dl4k.kaggle.fuzz;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;

/** {@code DataFiles}: names inside, and the bytes that the archive says. An input that starts as no zip and no gzip does is a {@link Packed} one. */
final class ZipTarget implements Target {
    private static final byte[] CSV = "id,x\n1,0.5\n2,0.25\n".getBytes(StandardCharsets.UTF_8);

    @Override
    public void read(byte[] input, Path folder) throws IOException {
        boolean raw = input.length > 1 && (input[0] == 'P' && input[1] == 'K' || input[0] == 0x1f);
        byte[] bytes = raw ? input : Packed.zip(input);
        Path file = Files.write(folder.resolve("input.zip"), bytes);
        try (DataFiles files = DataFiles.open(file)) {
            for (String name : files.names()) {
                if (List.of(name.replace('\\', '/').split("/")).contains("..") || name.startsWith("/")) {
                    throw new AssertionError("a name outside: " + name);
                }
                CsvSource source = files.find(name).orElseThrow(() -> new AssertionError("listed, not found: " + name));
                byte[] found = bytes(source);
                if (found != null && name.endsWith(".csv") && !isGzip(found)) {
                    requireSame(file, name, found);
                }
            }
        } catch (DataException e) {
            requireOneLine(e);
        }
        bytes(CsvSource.of(file));
    }

    /** @return null if it is refused */
    private static byte[] bytes(CsvSource source) throws IOException {
        try (InputStream in = source.open()) {
            return in.readAllBytes();
        } catch (DataException e) {
            requireOneLine(e);
            return null;
        }
    }

    private static boolean isGzip(byte[] bytes) {
        return bytes.length > 1 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
    }

    /** What lies under the name, gunzipped or not. */
    private static void requireSame(Path file, String name, byte[] found) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile()); InputStream in = zip.getInputStream(zip.getEntry(name))) {
            byte[] wanted = in.readAllBytes();
            if (!isGzip(wanted) && !Arrays.equals(wanted, found)) {
                throw new AssertionError("other bytes of " + name);
            }
        }
    }

    private static void requireOneLine(DataException e) {
        if (e.getMessage().lines().count() != 1) {
            throw new AssertionError("no message in one line: " + e.getMessage());
        }
    }

    @Override
    public Map<String, byte[]> seeds() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("train.csv", CSV);
        entries.put("deep/er/test.csv", CSV);
        entries.put("gz.csv.gz", Packed.gzip(CSV));
        entries.put("inner.csv.zip/x.csv", CSV);
        entries.put("readme.txt", new byte[] {1, 2, 3});
        entries.put("__MACOSX/._train.csv", new byte[0]);
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("packed", Packed.text(entries));
        seeds.put("outside", Packed.text(Map.of("../evil.csv", CSV)));
        seeds.put("zip", Packed.zip(Packed.text(entries)));
        seeds.put("gzip", Packed.gzip(CSV));
        seeds.put("empty", Packed.zip(Map.of()));
        byte[] encrypted = Packed.zip(Map.of("a.csv", CSV));
        encrypted[6] |= 1;
        seeds.put("encrypted", encrypted);
        return seeds;
    }

    @Override
    public List<String> words() {
        return List.of("PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006", "PK\u0006\u0006", "==>", "../", ".csv\n", ".csv.gz\n", ".csv.zip/", "C:\\", "__MACOSX/");
    }
}
