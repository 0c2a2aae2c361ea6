package io.dl4k.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CsvReaderTest {
    @Test
    void read_sameFile_givesBothTheSamePixels() throws IOException {
        try (DigitsFile digits = DigitsFile.make(1500)) {
            CsvReader.Result ours = CsvReader.dl4k.read(digits.zip());
            assertEquals(1500, ours.rows());
            assertTrue(ours.sum() > 0);
            assertEquals(ours, CsvReader.datavec.read(digits.zip()));
        }
    }
}
