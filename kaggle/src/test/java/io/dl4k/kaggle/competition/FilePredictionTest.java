package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePredictionTest {
    private static final int ROWS = 1500;
    @TempDir
    static Path folder;

    private static Ensemble ensemble;
    private static CsvSource test;

    @BeforeAll
    static void train() throws Exception {
        ensemble = new RunFixture(new Titanic(), Rows.titanicFiles(80, 10), RunFixture.options(2, 1, 2, 5), folder).run(false, event -> { }).result().ensemble();
        test = Rows.csv("test.csv", Rows.titanicTest(ROWS, 3));
    }

    private static byte[] written(int characters, Optional<SampleSubmission> sample) throws Exception {
        Path out = folder.resolve("out.csv");
        assertEquals(ROWS, new FilePrediction(ensemble, test, characters).write(out, sample));
        return Files.readAllBytes(out);
    }

    @Test
    void write_partsOfAnySize_givesTheBytesOfTheWhole() throws Exception {
        assertTrue(ensemble.rowByRow());
        byte[] whole = written(Integer.MAX_VALUE, Optional.empty());
        assertArrayEquals(whole, written(1, Optional.empty()));
        assertArrayEquals(whole, written(40_000, Optional.empty()));
        assertEquals(ROWS + 1, Files.readAllLines(folder.resolve("out.csv")).size());
    }

    @Test
    void write_sampleInAnotherOrder_hasItsOrderAndTheSameAnswers() throws Exception {
        List<String> lines = new ArrayList<>(new String(written(1, Optional.empty()), java.nio.charset.StandardCharsets.UTF_8).lines().toList());
        Collections.reverse(lines.subList(1, lines.size()));
        SampleSubmission sample = SampleSubmission.read(Rows.csv("s.csv", String.join("\n", lines) + "\n"));
        assertEquals(lines, new String(written(1, Optional.of(sample)), java.nio.charset.StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void write_rowThatIsWrongInALaterPart_leavesNoFile() {
        Path out = folder.resolve("none.csv");
        CsvSource wrong = Rows.csv("test.csv", Rows.titanicTest(600, 3).replaceFirst("(?m)^1600,\\d", "1600,-1"));
        var e = assertThrows(DataException.class, () -> new FilePrediction(ensemble, wrong, 1).write(out, Optional.empty()));
        assertTrue(e.getMessage().startsWith("test.csv, line 601, column 'Pclass'"), e.getMessage());
        assertFalse(Files.exists(out));
    }
}
