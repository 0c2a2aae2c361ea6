package io.dl4k.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvPartsTest {
    private static CsvSource source(String csv) {
        return CsvSource.of("t.csv", csv.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Table> parts(CsvSource source, int step, int characters, TableOptions options) {
        List<Table> tables = new ArrayList<>();
        try (CsvParts parts = CsvParts.of(source, step, characters)) {
            for (Optional<CsvSource> part = parts.next(); part.isPresent(); part = parts.next()) {
                tables.add(Table.read(part.get(), options));
            }
            assertEquals(parts.rows(), tables.stream().mapToInt(Table::rows).sum());
        }
        return tables;
    }

    /** Every value, kind and line is that of the whole. */
    private static void assertSameAsWhole(CsvSource source, List<Table> parts, TableOptions options) {
        Table whole = Table.read(source, options);
        int row = 0;
        for (Table part : parts) {
            assertEquals(whole.columnNames(), part.columnNames());
            for (String name : whole.columnNames()) {
                assertSame(whole.column(name).getClass(), part.column(name).getClass(), name);
                for (int r = 0; r < part.rows(); r++) {
                    assertEquals(whole.column(name).text(row + r), part.column(name).text(r));
                }
            }
            for (int r = 0; r < part.rows(); r++) {
                assertEquals(whole.line(row + r), part.line(r));
            }
            row += part.rows();
        }
        assertEquals(whole.rows(), row);
    }

    @Test
    void next_lateTextAndMissingNumbers_haveTheKindsOfTheWhole() {
        CsvSource source = source("id,late,numbers,empty,spelled\n1,5,1,,NA\n2,6,NA,,\n3,7,,,NA\n4,x,2.5,,NA\n5,9,NaN,,\n");
        List<Table> parts = parts(source, 1, 1, TableOptions.DEFAULT);
        assertEquals(5, parts.size());
        assertTrue(parts.get(0).column("late") instanceof TextColumn);
        assertTrue(parts.get(1).column("numbers") instanceof NumberColumn);
        assertTrue(parts.get(0).column("spelled") instanceof TextColumn);
        assertEquals("NA", parts.get(0).column("spelled").text(0));
        assertSameAsWhole(source, parts, TableOptions.DEFAULT);
        assertSameAsWhole(source, parts(source, 2, 1, TableOptions.DEFAULT.withAsText("id")), TableOptions.DEFAULT.withAsText("id"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void next_randomFiles_areTheirRows(long seed) {
        Random random = new Random(seed);
        String[] ends = {"\n", "\r\n", "\r"};
        String[] values = {"1", "", "\"\"", "a", "\"a,b\"", "\"say \"\"no\"\"\"", "\"two\nlines\"", "\"\r\r\n\"", "a\"b\"\"c", "NA", "255", "256", "-1.50", "é\uD83D\uDE00", "\"\"\"\"", "1e5"};
        StringBuilder csv = new StringBuilder(seed % 3 == 0 ? "\n\r\n" : "").append("\"first\n name\",b,c").append(ends[random.nextInt(3)]);
        int rows = 1 + random.nextInt(200);
        for (int row = 0; row < rows; row++) {
            csv.append(random.nextInt(300)).append(',').append(values[random.nextInt(values.length)]).append(',').append(random.nextInt(9) == 0 ? "" : values[random.nextInt(3)]);
            if (row < rows - 1 || random.nextBoolean()) {
                csv.append(ends[random.nextInt(3)].repeat(random.nextInt(8) == 0 ? 2 : 1));
            }
        }
        Charset charset = seed % 4 == 0 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
        CsvSource source = CsvSource.of("t.csv", csv.toString().getBytes(charset));
        List<Table> parts = parts(source, 1 + random.nextInt(20), 1 + random.nextInt(300), TableOptions.DEFAULT);
        assertSameAsWhole(source, parts, TableOptions.DEFAULT);
    }

    /** Found by fuzzing: the header's CR and a part's LF were taken for one line end. */
    @ParameterizedTest
    @ValueSource(strings = {"a\r1\n\n2\n\r\n3\n", "\n\r\n\"a\r\n\"\r1\r\n\n\n2\r", "\r\ra\r\n1\r\n\r2\n\n\r\n\r3"})
    void next_lineEndsOfSeveralKinds_areCountedAsInTheWhole(String csv) {
        assertSameAsWhole(source(csv), parts(source(csv), 1, 1, TableOptions.DEFAULT), TableOptions.DEFAULT);
    }

    /** Found by fuzzing: a byte order mark in the middle of a file is a character, and a part that began with it lost it. */
    @ParameterizedTest
    @ValueSource(strings = {"\n\ufeffa\n1\n2\n", "\ufeff\ufeff\"a\nb\"\n1\n2\n", "\r\ufeff\r1\r"})
    void next_markInsideTheFile_isKept(String csv) {
        assertSameAsWhole(source(csv), parts(source(csv), 1, 1, TableOptions.DEFAULT), TableOptions.DEFAULT);
    }

    @Test
    void next_stepAndCharacters_partsAreMultiplesOfTheStep() {
        StringBuilder csv = new StringBuilder("a\n");
        for (int row = 0; row < 100; row++) {
            csv.append(row % 10).append('\n');
        }
        assertEquals(List.of(24, 24, 24, 24, 4), parts(source(csv.toString()), 8, 40, TableOptions.DEFAULT).stream().map(Table::rows).toList());
    }

    @Test
    void of_brokenLateInTheFile_isRefusedBeforeAnyPart() {
        var e = assertThrows(DataException.class, () -> CsvParts.of(source("a,b\n1,2\n3\n"), 1, 1));
        assertEquals("t.csv, line 3: expected 2 fields as in the header, found 1.", e.getMessage());
    }

    @Test
    void read_pixelOutOfRangeInAPart_namesTheFilesLine() {
        CsvSource source = source("pixel0\n1\n2\n300\n");
        try (CsvParts parts = CsvParts.of(source, 1, 1)) {
            parts.next();
            parts.next();
            Table third = Table.read(parts.next().orElseThrow());
            var e = assertThrows(DataException.class, () -> third.pixels(name -> true));
            assertEquals("t.csv, line 4, column 'pixel0': expected a pixel from 0 to 255, found '300'.", e.getMessage());
            assertFalse(parts.next().isPresent());
        }
    }

    @Test
    void next_fileThatChanged_isRefused(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("t.csv"), "a\n" + "1\n".repeat(100_000));
        try (CsvParts parts = CsvParts.of(CsvSource.of(file), 1, 10)) {
            Files.writeString(file, "a\n1\n");
            var e = assertThrows(DataException.class, () -> {
                while (parts.next().isPresent()) {
                    // Until the missing rows are noticed.
                }
            });
            assertEquals("t.csv: the file changed while it was read. Try again.", e.getMessage());
        }
    }
}
