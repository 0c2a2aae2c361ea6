package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import io.dl4k.data.Table;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class DigitsTest {
    private static final Digits SAMPLE = Digits.sample();

    private static Table table(String csv) {
        return SAMPLE.read(Rows.csv("train.csv", csv));
    }

    /** Two images, the first with 16 in pixel 3, 8 in pixel 8 (second row, first column) and 0 elsewhere; the second is white. */
    private static Table twoImages() {
        StringBuilder csv = new StringBuilder(Rows.digits(1, true).split("\n")[0]).append("\n5");
        for (int pixel = 0; pixel < 64; pixel++) {
            csv.append(pixel == 3 ? ",16" : pixel == 8 ? ",8" : ",0");
        }
        return table(csv.append("\n6").append(",16".repeat(64)).append('\n').toString());
    }

    @ParameterizedTest
    @EnumSource(Digits.Form.class)
    void batches_pixels_areScaledToOne(Digits.Form form) {
        INDArray features = Rows.firstBatch(new Digits.PixelEncoder(8, 16, form).batches(twoImages(), new int[] {1, 0}, 2)).getFeatures();
        long[] shape = switch (form) {
            case FLAT -> new long[] {2, 64};
            case IMAGE -> new long[] {2, 1, 8, 8};
            case SEQUENCE -> new long[] {2, 8, 8};
        };
        assertArrayEquals(shape, features.shape());
        for (int row = 0; row < 8; row++) {
            for (int column = 0; column < 8; column++) {
                // A sequence's time is the image's row, its features are the columns: [batch, features, time].
                int[] at = form == Digits.Form.FLAT ? new int[] {0, row * 8 + column} : form == Digits.Form.IMAGE ? new int[] {0, 0, row, column} : new int[] {0, column, row};
                assertEquals(1f, features.getFloat(at), "white");
                at[0] = 1;
                // Pixels are stretched to bytes: 8 of 16 is 127 of 255.
                float expected = row == 0 && column == 3 ? 1f : row == 1 && column == 0 ? 127 / 255f : 0f;
                assertEquals(expected, features.getFloat(at), 1e-7f, form + " " + row + " " + column);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "17   | train.csv, line 3, column 'pixel9': expected a pixel from 0 to 16, found '17'.",
        "256  | train.csv, line 3, column 'pixel9': expected a pixel from 0 to 255, found '256'.",
        "dark | train.csv, line 3, column 'pixel9': expected a pixel from 0 to 255, found 'dark'.",
        "-1   | train.csv, line 3, column 'pixel9': expected a pixel from 0 to 255, found '-1'.",
        "0.5  | train.csv, line 3, column 'pixel9': expected a pixel from 0 to 255, found '0.5'.",
        "''   | train.csv, line 3, column 'pixel9': expected a pixel from 0 to 255, found nothing.",
    })
    void read_wrongPixel_namesLineAndColumn(String value, String message) {
        String[] lines = Rows.digits(4, true).split("\n");
        String[] fields = lines[2].split(",");
        fields[10] = value;
        lines[2] = String.join(",", fields);
        assertEquals(message, assertThrows(DataException.class, () -> table(String.join("\n", lines))).getMessage());
    }

    @Test
    void read_wrongNumberOfPixels_isRefused() {
        assertEquals("train.csv: it has 64 columns named pixel0, pixel1, …, expected 784 (28x28).",
                assertThrows(DataException.class, () -> Digits.recognizer().read(Rows.csv("train.csv", Rows.digits(3, true)))).getMessage());
        assertEquals("train.csv: it has 0 columns named pixel0, pixel1, …, expected 64 (8x8).", assertThrows(DataException.class, () -> table("label,x\n1,2\n")).getMessage());
    }

    @Test
    void read_pixelsOutOfOrder_areRefused() {
        String csv = Rows.digits(3, true).replace("pixel5,pixel6,", "pixel6,pixel5,");
        assertEquals("train.csv: its pixel columns are out of order: expected 'pixel5', found 'pixel6'.", assertThrows(DataException.class, () -> table(csv)).getMessage());
    }

    @Test
    void kagglesData_isReadWhole() {
        Optional<Path> zip = Rows.kaggleZip("digit-recognizer.zip");
        assumeTrue(zip.isPresent(), "shared/data/digit-recognizer.zip is not here: Kaggle's own rows are not tried");
        try (DataFiles files = DataFiles.open(zip.orElseThrow())) {
            Table test = Digits.recognizer().read(CompetitionFiles.of(files).test());
            assertEquals(28000, test.rows());
            INDArray features = Rows.firstBatch(new Digits.PixelEncoder(28, 255, Digits.Form.IMAGE).batches(test, new int[] {0, 27999}, 2)).getFeatures();
            assertArrayEquals(new long[] {2, 1, 28, 28}, features.shape());
            assertEquals(1f, features.maxNumber().floatValue());
            assertEquals(0f, features.minNumber().floatValue());
        }
    }
}
