package io.dl4k.kaggle.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmissionWriterTest {
    @TempDir
    Path folder;

    private static SampleSubmission sample(String text) {
        return SampleSubmission.read(CsvSource.of("sample.csv", text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void write_followsTheSampleExactly() throws IOException {
        SampleSubmission sample = sample("datetime,count\r\n2011-01-20 00:00:00,0\r\n\"a,b\",0\r\n007,0\r\n");
        Path out = folder.resolve("s.csv");
        SubmissionWriter.write(out, sample, List.of(List.of("1.5", "2", "3")));
        assertEquals("datetime,count\n2011-01-20 00:00:00,1.5\n\"a,b\",2\n007,3\n", Files.readString(out));
    }

    @Test
    void write_wrongNumberOfValues_isRefusedAndNothingWritten() {
        Path out = folder.resolve("s.csv");
        var e = assertThrows(IllegalArgumentException.class, () -> SubmissionWriter.write(out, sample("Id,y\n1,0\n2,0\n"), List.of(List.of("1"))));
        assertEquals("column 'y' needs 2 values, got 1", e.getMessage());
        assertEquals(false, Files.exists(out));
    }

    @Test
    void write_emptyValue_isRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> SubmissionWriter.write(folder.resolve("s.csv"), sample("Id,y\n7,0\n8,0\n"), List.of(List.of("1", ""))));
        assertEquals("column 'y' has no value for id 8", e.getMessage());
    }

    @Test
    void read_sampleWithoutRowsOrTarget_isRefused() {
        assertEquals("sample.csv, line 1: a header and no rows.", assertThrows(DataException.class, () -> sample("Id,y\n")).getMessage());
        assertEquals("sample.csv, line 1: a submission has an id column and at least one target column, found only 'Id'.",
                assertThrows(DataException.class, () -> sample("Id\n1\n")).getMessage());
        assertEquals("sample.csv, line 3, column 'Id': the id is empty.", assertThrows(DataException.class, () -> sample("Id,y\n1,0\n,0\n")).getMessage());
    }

    @Test
    void isSampleName_allOfKaggleSpellings() {
        for (String name : List.of("sample_submission.csv", "sampleSubmission.csv", "gender_submission.csv", "SampleSubmission.csv.gz", "sample_submission_V2.csv")) {
            assertEquals(true, SampleSubmission.isSampleName(name), name);
        }
        assertEquals(false, SampleSubmission.isSampleName("submission.csv"));
        assertEquals(false, SampleSubmission.isSampleName("train.csv"));
    }
}
