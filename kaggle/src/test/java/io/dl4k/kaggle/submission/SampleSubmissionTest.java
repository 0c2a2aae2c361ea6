package io.dl4k.kaggle.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleSubmissionTest {
    private static SampleSubmission sample(String csv) {
        return SampleSubmission.read(CsvSource.of("sample.csv", csv.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void requireTargets_ofAnotherCompetition_isRefused() {
        sample("ImageId,Label\n1,0\n").requireTargets(List.of("label"));
        var e = assertThrows(DataException.class, () -> sample("Id,SalePrice\n1,0\n").requireTargets(List.of("Survived")));
        assertEquals("sample.csv, line 1: expected the target column 'Survived', found 'SalePrice'. Use the files of one competition, as Kaggle hands them out.", e.getMessage());
        e = assertThrows(DataException.class, () -> sample("id,a,b\n5,0,0\n").requireTargets(List.of("a")));
        assertEquals("sample.csv, line 1: expected an id column and one target column, found 2 target columns: a, b. "
                + "Use the files of one competition, as Kaggle hands them out.", e.getMessage());
    }
}
