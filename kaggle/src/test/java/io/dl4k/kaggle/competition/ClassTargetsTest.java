package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassTargetsTest {
    private static ClassTargets targets(String... values) {
        StringBuilder csv = new StringBuilder("id,y\n");
        for (int i = 0; i < values.length; i++) {
            csv.append(i).append(',').append(values[i]).append('\n');
        }
        return ClassTargets.of(Table.read(Rows.csv("train.csv", csv.toString())), "y");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10 9 2 100 | 2 9 10 100",       // as numbers, not as text
        "b a C      | C a b",
        "10 9 x     | 10 9 x",           // one text makes all of them text
        "-1 1 0     | -1 0 1",
        "2.5 10.5 1 | 1 10.5 2.5",       // fractions are names, in the order of texts
        "True False | False True",
    })
    void of_distinctValues_inOrder(String values, String labels) {
        assertEquals(List.of(labels.split(" ")), targets(values.strip().split(" ")).labels());
    }

    @Test
    void of_rows_haveTheirClass() {
        ClassTargets targets = targets("10", "9", "10", "2");
        assertEquals(4, targets.rows());
        assertArrayEquals(new int[] {2, 1, 2, 0}, targets.classes());
        assertEquals(1, targets.classOf(1));
        assertArrayEquals(new float[][] {{1, 0, 0}, {0, 0, 1}}, targets.actual(new int[] {3, 0}));
        targets.classes()[0] = 7;
        assertEquals(2, targets.classOf(0), "the array handed out is a copy");
    }

    @Test
    void of_missingTarget_namesTheLine() {
        var e = assertThrows(DataException.class, () -> targets("1", "0", "", "1"));
        assertEquals("train.csv, line 4, column 'y': the target is missing. Every training row needs one.", e.getMessage());
    }

    @Test
    void of_oneClass_isRefused() {
        var e = assertThrows(DataException.class, () -> targets("1", "1", "1"));
        assertEquals("train.csv, column 'y': all 3 rows have the target '1'. There is nothing to learn.", e.getMessage());
    }

    @Test
    void of_noSuchColumn_namesTheNearest() {
        var table = Table.read(Rows.csv("train.csv", "id,survived\n1,0\n"));
        var e = assertThrows(DataException.class, () -> ClassTargets.of(table, "Survived"));
        assertEquals("train.csv: no column 'Survived'. Did you mean 'survived'? Its columns are id, survived.", e.getMessage());
    }
}
