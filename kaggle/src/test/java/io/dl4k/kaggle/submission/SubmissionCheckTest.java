package io.dl4k.kaggle.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.CsvSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmissionCheckTest {
    private static final String SAMPLE = "Id,Survived\n1,0\n2,1\n3,0\n";
    private static final List<ValueKind> LABELS = List.of(new ValueKind.Label(java.util.Set.of("0", "1")));

    @TempDir
    Path folder;

    private static SubmissionCheck check(String submission) {
        return check(submission, SAMPLE, LABELS);
    }

    private static SubmissionCheck check(String submission, String sample, List<ValueKind> kinds) {
        return SubmissionCheck.of(csv("submission.csv", submission), SampleSubmission.read(csv("sample.csv", sample)), kinds);
    }

    private static CsvSource csv(String name, String text) {
        return CsvSource.of(name, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void of_everyIdOnce_isAccepted() {
        SubmissionCheck check = check("Id,Survived\n1,1\n2,0\n3,0\n");
        assertEquals(List.of(), check.problems());
        assertTrue(check.accepted());
        assertEquals("accepted submission.csv rows=3", check.summary());
    }

    @Test
    void of_otherOrder_isAcceptedSinceIdsAreDistinct() {
        assertEquals(List.of(), check("Id,Survived\n3,1\n1,0\n2,0\n").problems());
    }

    @Test
    void of_wrongHeader_isRefused() {
        SubmissionCheck check = check("id,Survived\n1,1\n2,0\n3,0\n");
        assertEquals(List.of("submission.csv, line 1: the header is 'id,Survived', expected 'Id,Survived'."), check.problems());
        assertEquals("refused submission.csv: 1 problem", check.summary());
    }

    @Test
    void of_missingExtraAndDoubledIds_areNamedWithTheirLines() {
        assertEquals(List.of(
                "submission.csv, line 3, column 'Id': id '1' stands in line 2 already. Remove one of them.",
                "submission.csv, line 4, column 'Id': id '9' is not in sample.csv. Remove the row.",
                "submission.csv, column 'Id': id '2' is missing (row 2 of sample.csv). Add a row for it.",
                "submission.csv, column 'Id': id '3' is missing (row 3 of sample.csv). Add a row for it."),
                check("Id,Survived\n1,1\n1,0\n9,0\n").problems());
    }

    @Test
    void of_probabilityWhereALabelIsWanted_isRefused() {
        assertEquals(List.of("submission.csv, line 3, column 'Survived': expected 0 or 1, found '0.73'. Write class labels, not probabilities."),
                check("Id,Survived\n1,1\n2,0.73\n3,0\n").problems());
    }

    @Test
    void of_missingValue_isRefused() {
        assertEquals(List.of("submission.csv, line 3, column 'Survived': the value is missing. Write one for every id."),
                check("Id,Survived\n1,1\n2,\n3,0\n").problems());
    }

    @Test
    void of_nanAndTextWhereANumberIsWanted_areRefused() {
        String sample = "Id,SalePrice\n1,169277.05\n2,187758.39\n3,183583.68\n";
        assertEquals(List.of(
                "submission.csv, line 2, column 'SalePrice': expected a number, found 'NaN'. Write a finite number with a decimal point.",
                "submission.csv, line 3, column 'SalePrice': expected a number, found '1,5'. Write a finite number with a decimal point.",
                "submission.csv, line 4, column 'SalePrice': expected a number, found '1e999'. Write a finite number with a decimal point."),
                check("Id,SalePrice\n1,NaN\n2,\"1,5\"\n3,1e999\n", sample, List.of(new ValueKind.Number())).problems());
    }

    @Test
    void of_repeatedIdsInTheSample_orderMatters() {
        String sample = "Id,v\na,1.5\na,2.5\nb,3.5\n";
        List<ValueKind> numbers = List.of(new ValueKind.Number());
        assertEquals(List.of(), check("Id,v\na,1\na,2\nb,3\n", sample, numbers).problems());
        assertEquals(List.of("submission.csv, line 3, column 'Id': expected id 'a' here, found 'b': ids repeat in sample.csv, so the order must be its order."),
                check("Id,v\na,1\nb,2\na,3\n", sample, numbers).problems());
        assertEquals(List.of("submission.csv: it has 2 rows, expected 3."), check("Id,v\na,1\na,2\n", sample, numbers).problems());
    }

    @Test
    void of_manyProblems_listsSomeAndCountsTheRest() {
        String sample = "Id,v\n" + IntStream.range(0, 50).mapToObj(i -> i + ",0.5\n").collect(Collectors.joining());
        SubmissionCheck check = check("Id,v\n0,1\n", sample, List.of(new ValueKind.Number()));
        assertEquals(SubmissionCheck.MOST_PROBLEMS + 1, check.problems().size());
        assertEquals("submission.csv: and 29 more like these.", check.problems().get(SubmissionCheck.MOST_PROBLEMS));
        assertEquals("refused submission.csv: 49 problems", check.summary());
    }

    @Test
    void of_unreadableSubmission_isAProblem() {
        SubmissionCheck check = check("Id,Survived\n1,1\n2\n3,0\n");
        assertFalse(check.accepted());
        assertEquals(1, check.problems().size());
        assertTrue(check.problems().get(0).startsWith("submission.csv, line 3"), check.problems().get(0));
    }

    @Test
    void of_zipWithTrainingSet_knowsItsLabels() throws IOException {
        Path zip = folder.resolve("digits.zip");
        try (OutputStream out = Files.newOutputStream(zip); ZipOutputStream entries = new ZipOutputStream(out)) {
            put(entries, "train.csv", "label,pixel0\n0,1\n1,2\n2,3\n");
            put(entries, "sample_submission.csv", "ImageId,Label\n1,0\n2,0\n");
        }
        Path submission = Files.writeString(folder.resolve("s.csv"), "ImageId,Label\n1,2\n2,3\n");
        assertEquals(List.of("s.csv, line 3, column 'Label': expected one of 0, 1, 2, found '3'. Write a label of the training set."),
                SubmissionCheck.of(submission, zip).problems());
    }

    private static void put(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    @Test
    void kinds_ofTheSampleAlone() {
        assertEquals(List.of(new ValueKind.Number()), SubmissionCheck.kinds(SampleSubmission.read(csv("s", "Id,p\n1,0.5\n2,0.5\n")), Optional.empty()));
        assertEquals(List.of(new ValueKind.Number()), SubmissionCheck.kinds(SampleSubmission.read(csv("s", "Id,n\n1,0\n2,0\n")), Optional.empty()));
        assertEquals(List.of(new ValueKind.Text()), SubmissionCheck.kinds(SampleSubmission.read(csv("s", "Id,c\n1,cat\n2,dog\n")), Optional.empty()));
        String labels = "Id,y\n" + IntStream.range(0, 10).mapToObj(i -> i + "," + i % 2 + "\n").collect(Collectors.joining());
        assertEquals(List.of(new ValueKind.Label(java.util.Set.of("0", "1"))), SubmissionCheck.kinds(SampleSubmission.read(csv("s", labels)), Optional.empty()));
    }
}
