package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompetitionFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "test.csv sample_submission.csv  | there is no train.csv in it, only [sample_submission.csv, test.csv]. "
            + "Use the zip as Kaggle hands it out, or a folder with train.csv, test.csv and the sample submission.",
        "train.csv sample_submission.csv | there is no test.csv in it, only [sample_submission.csv, train.csv]. "
            + "Use the zip as Kaggle hands it out, or a folder with train.csv, test.csv and the sample submission.",
        "train.csv test.csv              | there is no sample submission (sample_submission.csv, sampleSubmission.csv, gender_submission.csv) among "
            + "[test.csv, train.csv]. Use the zip as Kaggle hands it out, or add that file.",
    })
    void of_aFileIsMissing_namesItAndWhatIsThere(String names, String message) throws IOException {
        for (String name : names.split(" ")) {
            Files.writeString(folder.resolve(name), "a,b\n1,2\n");
        }
        try (DataFiles files = DataFiles.open(folder)) {
            assertEquals(folder + ": " + message, assertThrows(DataException.class, () -> CompetitionFiles.of(files)).getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"sample_submission.csv", "sampleSubmission.csv", "gender_submission.csv"})
    void of_nestedFolders_findsThemInAnyCase(String sample) throws IOException {
        Path nested = Files.createDirectories(folder.resolve("titanic/data"));
        for (String name : List.of("Train.csv", "TEST.csv", sample)) {
            Files.writeString(nested.resolve(name), "a,b\n1,2\n");
        }
        try (DataFiles files = DataFiles.open(folder)) {
            CompetitionFiles found = CompetitionFiles.of(files);
            assertEquals("titanic/data/Train.csv", found.train().name());
            assertEquals("titanic/data/TEST.csv", found.test().name());
            assertEquals("titanic/data/" + sample, found.sample().name());
        }
    }

    @Test
    void of_nestedInAZip_findsThem() throws IOException {
        Path zip = folder.resolve("t.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : List.of("a/train.csv", "a/test.csv", "a/gender_submission.csv")) {
                out.putNextEntry(new ZipEntry(name));
                out.write("a,b\n1,2\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        try (DataFiles files = DataFiles.open(zip)) {
            assertEquals("t.zip!a/train.csv", CompetitionFiles.of(files).train().name());
        }
    }

    @Test
    void find_slugOrAliasInAnyCase() {
        assertEquals("titanic", Competitions.find("Titanic").orElseThrow().info().slug());
        assertEquals("digit-recognizer", Competitions.find("digits").orElseThrow().info().slug());
        assertEquals("digits-8x8", Competitions.find("SAMPLE").orElseThrow().info().slug());
        assertTrue(Competitions.find("titani").isEmpty());
    }

    @Test
    void all_namesAreUnique() {
        List<String> names = Competitions.all().stream().flatMap(c -> java.util.stream.Stream.concat(java.util.stream.Stream.of(c.info().slug()), c.info().aliases().stream())).toList();
        assertEquals(names.size(), names.stream().distinct().count(), names::toString);
        for (Competition competition : Competitions.all()) {
            List<String> candidates = competition.candidates().stream().map(Candidate::name).toList();
            assertEquals(candidates.size(), candidates.stream().distinct().count(), candidates::toString);
        }
    }

    @Test
    void sampleFiles_areWhole() {
        Problem problem = Rows.problem(Competitions.sample(), Competitions.sampleFiles());
        assertEquals(1348, problem.train().rows());
        assertEquals(449, problem.testRows().length);
        assertEquals(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), ((ClassTargets) problem.targets()).labels());
    }
}
