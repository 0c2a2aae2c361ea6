package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.submission.SampleSubmission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemTest {
    private static int[] testRows(String test, String sample) {
        return Problem.testRows(Table.read(Rows.csv("test.csv", test.replace(' ', '\n'))), SampleSubmission.read(Rows.csv("sample.csv", sample.replace(' ', '\n'))));
    }

    @Test
    void testRows_byId_followsTheSamplesOrder() {
        assertArrayEquals(new int[] {2, 0}, testRows("id,x 5,1 6,2 7,3", "id,y 7,0 5,0"), "a test row that is not asked for is left out");
    }

    @Test
    void testRows_withoutIds_goesByPosition() {
        assertArrayEquals(new int[] {0, 1}, testRows("x 1 2", "id,y 7,0 5,0"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "id,x 5,1 6,2 5,3 | id,y 5,0       | test.csv, line 4, column 'id': id '5' stands in line 2 already.",
        "id,x 5,1 6,2     | id,y 5,0 8,0   | test.csv: id '8' of sample.csv is not in column 'id'. Use the files of one competition, as Kaggle hands them out.",
        "id,x 5,1 ,2      | id,y 5,0       | test.csv, line 3, column 'id': the id is missing. Every row to predict needs one.",
        "x 1 2 3          | id,y 5,0 6,0   | test.csv: it has 3 rows, but sample.csv has 2. Use the files of one competition, as Kaggle hands them out.",
    })
    void testRows_filesThatDoNotFit_areRefused(String test, String sample, String message) {
        assertEquals(message, assertThrows(DataException.class, () -> testRows(test, sample)).getMessage());
    }
}
