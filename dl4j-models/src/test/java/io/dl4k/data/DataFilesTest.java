package io.dl4k.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataFilesTest {
    @TempDir
    private Path folder;

    private static final byte[] CSV = "a\n1\n".getBytes(StandardCharsets.US_ASCII);

    private static byte[] zip(Object... namesAndBytes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndBytes.length; i += 2) {
                zip.putNextEntry(new ZipEntry((String) namesAndBytes[i]));
                zip.write((byte[]) namesAndBytes[i + 1]);
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    private Path file(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    private static byte[] content(CsvSource source) throws IOException {
        try (InputStream in = source.open()) {
            return in.readAllBytes();
        }
    }

    private static void assertHolds(CsvSource source) throws IOException {
        for (int time = 0; time < 2; time++) assertEquals("a\n1\n", new String(content(source), StandardCharsets.US_ASCII));
    }

    private static String refusal(Path path) {
        return assertThrows(DataException.class, () -> DataFiles.open(path)).getMessage();
    }

    private static String readRefusal(CsvSource source) {
        return assertThrows(DataException.class, () -> content(source)).getMessage();
    }

    @Test
    void open_zip_findsEveryKindOfEntry() throws IOException {
        Path path = file("c.zip", zip("deep/er/a.csv", CSV, "Train.CSV", CSV, "b.csv.gz", gzip(CSV), "c.csv.zip", zip("note.txt", CSV, "c.csv", CSV), "readme.txt", CSV,
                "__MACOSX/._d.csv", CSV, "folder.csv/", new byte[0]));
        try (DataFiles files = DataFiles.open(path)) {
            assertEquals("c.zip", files.name());
            assertEquals(List.of("b.csv.gz", "c.csv.zip", "Train.CSV", "deep/er/a.csv"), files.names());
            for (String name : List.of("a.csv", "deep/er/A.csv", "train.csv", "b.csv", "b.csv.gz", "C.csv")) assertHolds(files.require(name));
            assertEquals("c.zip!b.csv.gz", files.require("b.csv").name());
            assertEquals("c.zip!Train.CSV", files.findMatching(n -> n.startsWith("Tr")).orElseThrow().name());
            assertEquals(Optional.empty(), files.find("readme.txt"));
            var e = assertThrows(DataException.class, () -> files.require("test.csv"));
            assertEquals("c.zip: no file 'test.csv'. It holds b.csv.gz, c.csv.zip, Train.CSV, deep/er/a.csv.", e.getMessage());
        }
    }

    @Test
    void find_severalOfOneName_isTheOneSpeltSo_theNearest_orRefused() throws IOException {
        byte[] other = "b\n2\n".getBytes(StandardCharsets.US_ASCII);
        try (DataFiles files = DataFiles.open(file("c.zip", zip("Train.csv", other, "train.csv", CSV, "train.csv.gz", gzip(other), "a/test.csv", other, "b/test.csv", CSV, "a/b/deep.csv", other, "a/deep.csv", CSV)))) {
            assertHolds(files.require("train.csv"));
            assertHolds(files.require("deep.csv"));
            assertHolds(files.require("b/test.csv"));
            assertEquals("c.zip!Train.csv", files.require("Train.csv").name());
            var e = assertThrows(DataException.class, () -> files.find("test.csv"));
            assertEquals("c.zip: no telling which file 'test.csv' is meant: a/test.csv, b/test.csv. Give a folder with one of them.", e.getMessage());
        }
    }

    /** As old tools of Windows write them. */
    @Test
    void find_foldersWithBackslashes_areFolders() throws IOException {
        try (DataFiles files = DataFiles.open(file("w.zip", zip("data\\train.csv", CSV)))) {
            assertHolds(files.require("train.csv"));
            assertHolds(files.require("data/train.csv"));
        }
    }

    @Test
    void open_entryTwice_isRefused() throws IOException {
        byte[] bytes = zip("a.csv", CSV, "b.csv", CSV);
        for (int at = indexOf(bytes, new byte[] {'b', '.'}, 0); at >= 0; at = indexOf(bytes, new byte[] {'b', '.'}, at)) bytes[at] = 'a';
        assertEquals("d.zip: entry 'a.csv' stands there twice: no telling which is meant. Unpack it yourself and give the folder.", refusal(file("d.zip", bytes)));
    }

    /** Found by fuzzing: a message over two lines. */
    @Test
    void message_nameOverTwoLines_isOneLine() throws IOException {
        assertEquals("n.zip: no file 'test.csv'. It holds a\\nb\\u0007.csv.",
                assertThrows(DataException.class, () -> DataFiles.open(file("n.zip", zip("a\nb\u0007.csv", CSV))).require("test.csv")).getMessage());
    }

    @Test
    void open_folder_findsEveryKindOfFile() throws IOException {
        file("f/train.csv", CSV);
        file("f/sub/train.csv", "other\n".getBytes(StandardCharsets.US_ASCII));
        file("f/sub/test.csv.gz", gzip(CSV));
        file("f/s.csv.zip", zip("s.csv", CSV));
        try (DataFiles files = DataFiles.open(folder.resolve("f"))) {
            assertEquals(List.of("s.csv.zip", "train.csv", "sub/test.csv.gz", "sub/train.csv"), files.names());
            for (String name : List.of("TRAIN.csv", "test.csv", "s.csv")) assertHolds(files.require(name));
        }
    }

    @Test
    void open_singleFile_isItself() throws IOException {
        for (Path path : List.of(file("t.csv", CSV), file("t2.csv.gz", gzip(CSV)), file("t3.csv.zip", zip("x.csv", CSV)), file("really-gzip.csv", gzip(CSV)), file("really-zip.csv", zip("x.csv", CSV)))) {
            try (DataFiles files = DataFiles.open(path)) {
                assertEquals(1, files.names().size());
                assertHolds(files.findMatching(n -> true).orElseThrow());
            }
            assertHolds(CsvSource.of(path));
        }
        assertHolds(CsvSource.of("bytes.csv", gzip(CSV)));
    }

    @Test
    void open_nothingThere_isRefused() throws IOException {
        Path absent = folder.resolve("absent.zip");
        assertEquals(absent + ": no such file or folder. Check the path.", refusal(absent));
        assertEquals(absent + ": no such file or folder. Check the path.", assertThrows(DataException.class, () -> CsvSource.of(absent)).getMessage());
        assertEquals(folder + ": a folder, where a CSV file was expected.", assertThrows(DataException.class, () -> CsvSource.of(folder)).getMessage());
        assertEquals(folder + ": no .csv file inside.", refusal(folder));
        Path zip = file("titanic.zip", zip("train.csv", CSV));
        assertEquals(folder + ": no .csv file inside. Give the zip itself: " + zip + ".", refusal(folder));
        assertEquals("n.zip: no .csv file inside.", refusal(file("n.zip", zip("a.txt", CSV))));
        assertEquals("e.zip: no .csv file inside.", refusal(file("e.zip", zip())));
        assertEquals("two.csv: expected one .csv file inside, found a.csv, b.csv.", readRefusal(CsvSource.of(file("two.csv", zip("a.csv", CSV, "b.csv", CSV)))));
        assertEquals("o.zip!c.csv.zip: no .csv file inside.", readRefusal(DataFiles.open(file("o.zip", zip("c.csv.zip", zip("c.txt", CSV)))).require("c.csv")));
    }

    @Test
    void open_fileGoneSince_isRefused() throws IOException {
        Path path = file("t.csv", CSV);
        CsvSource source = CsvSource.of(path);
        Files.delete(path);
        assertEquals("t.csv: no such file. Check the path.", readRefusal(source));
    }

    @Test
    void open_garbageOrCutZip_isRefused() throws IOException {
        assertEquals("g.zip: not a zip archive. Download it again; a web page may have been saved under this name.", refusal(file("g.zip", "<!doctype html>".getBytes(StandardCharsets.US_ASCII))));
        assertEquals("0.zip: not a zip archive. Download it again; a web page may have been saved under this name.", refusal(file("0.zip", new byte[0])));
        byte[] whole = zip("a.csv", new byte[5000], "b.csv", CSV);
        for (int length : new int[] {10, whole.length / 2, whole.length - 30}) {
            String message = refusal(file("cut.zip", Arrays.copyOf(whole, length)));
            assertTrue(message.matches("cut\\.zip: the zip archive is cut off or damaged \\([^\\n]+\\)\\. Download it again\\."), message);
        }
        byte[] cutInner = Arrays.copyOf(zip("c.csv", randomBytes(4000)), 500);
        assertEquals("n.zip!c.csv.zip: the compressed data ends early: the file is cut off. Download it again.",
                readRefusal(DataFiles.open(file("n.zip", zip("c.csv.zip", cutInner))).require("c.csv")));
    }

    @Test
    void read_innerZipWithANameThatIsNotUtf8_isRefused() throws IOException {
        byte[] inner = zip("\u00e9.csv", CSV);
        int at = indexOf(inner, "\u00e9.csv".getBytes(StandardCharsets.UTF_8));
        inner[at] = (byte) 0xff;
        assertEquals("n.zip!c.csv.zip: the zip archive is cut off or damaged (a name in it is not UTF-8). Download it again.",
                readRefusal(DataFiles.open(file("n.zip", zip("c.csv.zip", inner))).require("c.csv")));
    }

    private static byte[] randomBytes(int n) {
        byte[] bytes = new byte[n];
        new java.util.Random(3).nextBytes(bytes);
        return bytes;
    }

    @Test
    void read_damagedEntry_isRefusedByItsChecksum() throws IOException {
        byte[] bytes = randomBytes(1000);   // does not compress: deflate stores it, so a flipped byte stays well-formed
        byte[] whole = zip("a.csv", bytes);
        int at = indexOf(whole, Arrays.copyOfRange(bytes, 500, 510));
        whole[at] ^= 1;
        try (DataFiles files = DataFiles.open(file("d.zip", whole))) {
            assertEquals("d.zip!a.csv: damaged: its checksum is wrong. Download it again.", readRefusal(files.require("a.csv")));
        }
    }

    private static int indexOf(byte[] in, byte[] what) {
        int at = indexOf(in, what, 0);
        assertTrue(at >= 0, "not found");
        return at;
    }

    private static int indexOf(byte[] in, byte[] what, int from) {
        for (int i = from; i + what.length <= in.length; i++) if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) return i;
        return -1;
    }

    @Test
    void open_encryptedZip_isRefused() throws IOException {
        byte[] bytes = zip("a.csv", CSV);
        bytes[6] |= 1;                                                  // general purpose flag of the local header
        bytes[indexOf(bytes, new byte[] {'P', 'K', 1, 2}) + 8] |= 1;    // and of the directory
        assertEquals("e.zip: the zip archive is encrypted. Unpack it with its password and give the folder.", refusal(file("e.zip", bytes)));
    }

    @Test
    void open_unknownMethod_isRefused() throws IOException {
        byte[] bytes = zip("a.csv", CSV);
        bytes[indexOf(bytes, new byte[] {'P', 'K', 1, 2}) + 10] = 9;    // Deflate64
        assertEquals("m.zip: packed with a method that Java cannot read. Unpack it yourself and give the folder.", refusal(file("m.zip", bytes)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "a\\..\\..\\evil.csv", "C:\\evil.csv"})
    void open_entryOutsideTheArchive_isRefused(String entry) throws IOException {
        assertEquals("x.zip: entry '" + entry + "' points outside the archive: refused. Get the file from its source again.", refusal(file("x.zip", zip("a.csv", CSV, entry, CSV))));
    }

    @Test
    void read_zipBomb_isRefused() throws IOException {
        byte[] zeros = new byte[(1 << 26) + (1 << 20)];
        Arrays.fill(zeros, (byte) '0');
        String bomb = "inflates to more than 300 times its size: refused as a zip bomb. Unpack it yourself if you trust it.";
        try (DataFiles files = DataFiles.open(file("b.zip", zip("a.csv", zeros, "n.csv.zip", zip("n.csv", zeros))))) {
            assertEquals("b.zip!a.csv: " + bomb, readRefusal(files.require("a.csv")));
            assertEquals("b.zip!n.csv.zip: " + bomb, readRefusal(files.require("n.csv")));
        }
        assertEquals("b.csv.gz: " + bomb, readRefusal(CsvSource.of(file("b.csv.gz", gzip(zeros)))));
    }

    @Test
    void read_tooLarge_isRefused() {
        InputStream in = GuardedStream.of("big.csv", new ByteArrayInputStream(new byte[101]), -1, new GuardedStream.Limits(100, 300, 0));
        assertEquals("big.csv: more than 100 bytes: too large to be read. Give a smaller file.", assertThrows(DataException.class, in::readAllBytes).getMessage());
    }

    @Test
    void read_brokenGzip_isRefused() throws IOException {
        byte[] whole = gzip(randomBytes(1000));
        assertEquals("c.csv.gz: the compressed data ends early: the file is cut off. Download it again.", readRefusal(CsvSource.of("c.csv.gz", Arrays.copyOf(whole, 500))));
        assertEquals("h.csv.gz: the compressed data ends early: the file is cut off. Download it again.", readRefusal(CsvSource.of("h.csv.gz", Arrays.copyOf(whole, 5))));
        whole[whole.length - 6] ^= 1;
        assertEquals("d.csv.gz: damaged compressed data (Corrupt GZIP trailer). Download it again.", readRefusal(CsvSource.of("d.csv.gz", whole)));
        var e = assertThrows(DataException.class, () -> Table.read(CsvSource.of("t.csv.gz", Arrays.copyOf(gzip("a,b\n1,2\n".repeat(9).getBytes(StandardCharsets.US_ASCII)), 20))));
        assertEquals("t.csv.gz: the compressed data ends early: the file is cut off. Download it again.", e.getMessage());
    }

    @Test
    void open_titanicZip_listsItsFiles() {
        try (DataFiles files = DataFiles.open(Competitions.zip("titanic.zip"))) {
            assertEquals(List.of("gender_submission.csv", "test.csv", "train.csv"), files.names());
        }
    }
}
