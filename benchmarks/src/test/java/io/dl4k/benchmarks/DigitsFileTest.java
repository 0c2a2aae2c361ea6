package io.dl4k.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.DataFiles;
import io.dl4k.data.Pixels;
import io.dl4k.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class DigitsFileTest {
    @Test
    void make_fewRows_hasTheShapeAndInkOfTheDigits_andGoesAway() throws IOException {
        DigitsFile digits = DigitsFile.make(50);
        try (digits; DataFiles files = DataFiles.open(digits.zip())) {
            Table table = Table.read(files.require("train.csv"));
            assertEquals(785, table.columnNames().size());
            assertTrue(table.has("label"));
            Pixels pixels = table.pixels(column -> column.startsWith("pixel"));
            assertEquals(50, pixels.rows());
            int ink = 0;
            for (int row = 0; row < 50; row++) for (int p = 0; p < DigitsFile.PIXELS; p++) if (pixels.get(row, p) > 0) ink++;
            assertEquals(33, Table.read(files.require("test.csv")).rows(), "28,000 for 42,000");
            assertEquals(33, Table.read(files.require("sample_submission.csv")).rows());
            assertEquals(0.19, ink / (50.0 * DigitsFile.PIXELS), 0.01);
        }
        assertFalse(Files.exists(digits.zip().getParent()));
    }
}
