package io.dl4k.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    @Test
    void write_overAnOldFile_replacesIt() throws IOException {
        Path target = Files.writeString(folder.resolve("a.csv"), "old and longer");
        AtomicFile.write(target, out -> out.write("new".getBytes(StandardCharsets.UTF_8)));
        assertEquals("new", Files.readString(target));
        assertEquals(List.of("a.csv"), names());
    }

    @Test
    void write_contentFailsHalfWay_keepsTheOldFileAndLeavesNothing() throws IOException {
        Path target = Files.writeString(folder.resolve("a.csv"), "old");
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(target, out -> {
            out.write(new byte[100_000]);
            throw new IOException("half way");
        }));
        assertEquals("half way", e.getMessage());
        assertEquals("old", Files.readString(target));
        assertEquals(List.of("a.csv"), names());
    }

    @Test
    void write_folderMissing_saysSo() {
        Path target = folder.resolve("none").resolve("a.csv");
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(target, out -> out.write(1)));
        assertEquals(target + ": its folder " + target.getParent() + " does not exist. Create it or choose another path.", e.getMessage());
    }

    @Test
    void write_targetIsAFolder_saysSo() {
        IOException e = assertThrows(IOException.class, () -> AtomicFile.write(folder, out -> out.write(1)));
        assertEquals(folder + ": is a folder. Name a file in it.", e.getMessage());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
