package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import io.dl4k.data.ImageView;
import io.dl4k.data.Table;
import io.dl4k.training.Fold;
import io.dl4k.training.Predictor;
import io.dl4k.training.TrainingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    @Test
    void views_otherViews_followTheImagesThemselves() {
        Digits.PixelEncoder encoder = new Digits.PixelEncoder(8, 16, Digits.Form.IMAGE, List.of(ImageView.shifted(1, 0), ImageView.shifted(0, -1)));
        List<float[][]> views = encoder.views(twoImages(), new int[] {1, 0}, 1).stream().map(Rows::features).toList();
        assertEquals(3, views.size());
        assertArrayEquals(Rows.features(encoder.batches(twoImages(), new int[] {1, 0}, 1)), views.get(0));
        assertEquals(1f, views.get(1)[1][4], "pixel 3 of the first image went right");
        assertEquals(127 / 255f, views.get(2)[1][0], 1e-7f, "pixel 8 went up");
        assertThrows(IllegalArgumentException.class, () -> new Digits.PixelEncoder(8, 16, Digits.Form.FLAT, List.of(ImageView.SAME)));
    }

    @Test
    void predict_severalViews_averagesThem_alsoReadBackFromAFile(@TempDir Path folder) throws IOException {
        Digits digits = Digits.recognizer();
        Candidate candidate = digits.candidates().get(0);
        Digits.PixelEncoder encoder = new Digits.PixelEncoder(28, 255, Digits.Form.IMAGE, List.of(ImageView.shifted(2, 1)));
        List<String> labels = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
        TrainedNetwork network = new TrainedNetwork(candidate, 0, 0, encoder, TargetScale.NONE, candidate.architecture().build(encoder, 10, 1));
        Table table = largeImages(3);
        int[] rows = {0, 2};
        float[][] mean = network.predict(table, rows);
        float[][] plain = network.glance(table, rows);
        float[][] moved = Predictor.predict(network.network(), encoder.views(table, rows, 256).get(1));
        for (int row = 0; row < 2; row++) {
            for (int c = 0; c < 10; c++) {
                assertEquals((plain[row][c] + moved[row][c]) / 2, mean[row][c], 1e-6f);
            }
        }
        assertFalse(Arrays.equals(plain[0], moved[0]), "the view must matter for this test to mean anything");
        Ensemble ensemble = new Ensemble(digits, new Answer.Labels(labels, 0.5), "ImageId", List.of("Label"), Map.of(candidate.name(), 1.0), List.of(network));
        EnsembleFile.save(ensemble, folder.resolve("m.zip"));
        TrainedNetwork read = EnsembleFile.load(folder.resolve("m.zip"), RunFixture.NO_DEFINITIONS).networks().get(0);
        assertEquals(encoder, read.encoder());
        assertArrayEquals(mean, read.predict(table, rows));
    }

    /** Leaks that are planted where no network may look: a bright pixel in held-out images, and in those to predict. Each kind of network is tried. */
    @Test
    void run_leakInHeldOutOrTestImages_isNotUsed(@TempDir Path folder) throws IOException {
        String csv = Rows.digits(60, true);
        String test = Rows.digits(10, false);
        int[] held = SAMPLE.split(table(csv), SAMPLE.targets(table(csv)), 1, 4).get(0).validation();
        List<Double> honest = losses(folder, csv, test);
        assertTrue(honest.size() >= 6, "steps of three networks");
        assertEquals(honest, losses(folder, marked(csv, held), test), "held-out images are not looked at");
        assertEquals(honest, losses(folder, csv, marked(test, CompetitionRun.all(10))), "nor are those to predict");
        int[] trained = {IntStream.range(0, 60).filter(row -> Arrays.binarySearch(held, row) < 0).findFirst().orElseThrow()};
        List<Double> other = losses(folder, marked(csv, trained), test);
        int steps = honest.size() / 3;
        for (int network = 0; network < 3; network++) {
            assertNotEquals(honest.subList(network * steps, (network + 1) * steps), other.subList(network * steps, (network + 1) * steps), "those that are trained on are");
        }
    }

    /** Of each step of an MLP, a CNN and an LSTM. */
    private static List<Double> losses(Path folder, String train, String test) throws IOException {
        CompetitionFiles files = new CompetitionFiles("digits", Rows.csv("train.csv", train), Rows.csv("test.csv", test), Rows.digitFiles(60, 10).sample());
        List<Double> losses = new ArrayList<>();
        new RunFixture(SAMPLE, files, RunFixture.options(1, 1, 2, 4), Files.createTempDirectory(folder, "run")).run(false, event -> {
            if (event instanceof RunEvent.Training training && training.event() instanceof TrainingEvent.StepDone step) {
                losses.add(step.loss());
            }
        });
        return losses;
    }

    /** The last pixel of these images is bright, whatever it was. */
    private static String marked(String csv, int[] rows) {
        String[] lines = csv.split("\n");
        for (int row : rows) {
            lines[row + 1] = lines[row + 1].replaceFirst(",\\d+$", ",16");
        }
        return String.join("\n", lines) + "\n";
    }

    private static Table largeImages(int rows) {
        String header = IntStream.range(0, 784).mapToObj(i -> "pixel" + i).collect(Collectors.joining(","));
        String lines = IntStream.range(0, rows).mapToObj(row -> IntStream.range(0, 784).mapToObj(i -> String.valueOf(i * (row + 3) % 251)).collect(Collectors.joining(",", "\n", "")))
                .collect(Collectors.joining());
        return Digits.recognizer().read(Rows.csv("test.csv", header + lines + "\n"));
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "3, 4", "9, 4", "10, 4", "20, 2"})
    void split_fewFolds_holdOutATenthEach(int folds, int held) {
        int[] classes = IntStream.range(0, 40).map(row -> row % 2).toArray();
        String csv = "label\n" + Arrays.stream(classes).mapToObj(c -> c + "\n").collect(Collectors.joining());
        Table train = Table.read(Rows.csv("train.csv", csv));
        List<Fold> split = Digits.recognizer().split(train, ClassTargets.of(train, "label"), folds, 7);
        assertEquals(folds, split.size());
        assertEquals(folds * held, split.stream().flatMapToInt(fold -> Arrays.stream(fold.validation())).distinct().count(), "folds share no row");
        split.forEach(fold -> assertEquals(40 - held, fold.training().length));
        assertEquals(5, SAMPLE.split(train, ClassTargets.of(train, "label"), 5, 7).size());
        assertEquals(32, SAMPLE.split(train, ClassTargets.of(train, "label"), 5, 7).get(0).training().length, "the small sample's folds are whole ones");
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
