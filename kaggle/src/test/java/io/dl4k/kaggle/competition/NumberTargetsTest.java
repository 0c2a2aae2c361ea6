package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.NumberTargets.Joined;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NumberTargetsTest {
    private static Table table(String csv) {
        return Table.read(Rows.csv("train.csv", csv.replace(' ', '\n')));
    }

    @ParameterizedTest
    @EnumSource(Link.class)
    void fit_perfectNetwork_givesTheNumbersBack(Link link) {
        NumberTargets targets = NumberTargets.of(table("a,b 1,10 5,0 100,3 7,8"), List.of("a", "b"), link, Joined.EACH);
        int[] rows = {0, 1, 2};
        FoldTargets fold = targets.fit(rows);
        float[][] outputs = fold.labels().toRows(new int[] {0, 1, 2, 3});
        double mean = 0;
        double squares = 0;
        for (int row : rows) {
            mean += outputs[row][0] / 3;
            squares += outputs[row][0] * outputs[row][0] / 3;
        }
        assertEquals(0, mean, 1e-6, "standardised on the fitted rows");
        assertEquals(1, squares, 1e-6);
        assertEquals(outputs[3][0], fold.value(3), 1e-6);
        float[][] predictions = targets.answer().predictions(fold.scale().linked(outputs));
        float[][] actual = targets.actual(new int[] {0, 1, 2, 3});
        for (int row = 0; row < 4; row++) {
            assertArrayEquals(actual[row], predictions[row], 1e-4f);
        }
        assertArrayEquals(fold.labels(new int[] {2, 0}).toRows(new int[] {0})[0], outputs[2]);
    }

    @Test
    void sum_isOneColumn() {
        NumberTargets targets = NumberTargets.of(table("a,b 1,10 5,0 100,3"), List.of("a", "b"), Link.LOG1P, Joined.SUM);
        assertEquals(2, targets.outputs());
        assertArrayEquals(new float[] {103}, targets.actual(new int[] {2})[0]);
        float[][] predictions = targets.answer().predictions(new float[][] {{(float) Math.log1p(2), (float) Math.log1p(4)}});
        assertEquals(6, predictions[0][0], 1e-5);
        assertEquals(1, targets.answer().columns(predictions).size());
    }

    @Test
    void answer_severalYesOrNo_areProbabilities() {
        Answer.Numbers answer = NumberTargets.of(table("a,b,c 0,1,2 1,1,0 0,0,1"), List.of("a", "b", "c"), Link.IDENTITY, Joined.EACH).answer();
        float[][] predictions = answer.predictions(new float[][] {{1.05f, -0.05f, 2.05f}, {0.3f, 0.7f, -0.05f}});
        assertArrayEquals(new float[] {1, 0, 2.05f}, predictions[0], 1e-6f);
        assertArrayEquals(new float[] {0.3f, 0.7f, 0}, predictions[1], 1e-6f);
    }

    @Test
    void answer_wildPredictions_areCut() {
        Answer.Numbers answer = NumberTargets.of(table("a 1 5 100"), List.of("a"), Link.LOG1P, Joined.EACH).answer();
        float[][] predictions = answer.predictions(new float[][] {{-50}, {50}, {Float.POSITIVE_INFINITY}});
        assertEquals(0.36, predictions[0][0], 0.05, "a tenth of the range below the least");
        assertEquals(Math.expm1(Math.log1p(100) + 0.1 * (Math.log1p(100) - Math.log1p(1))), predictions[1][0], 1e-3);
        assertEquals(predictions[1][0], predictions[2][0]);
        Answer.Numbers signed = NumberTargets.of(table("a 0 5 100"), List.of("a"), Link.IDENTITY, Joined.EACH).answer();
        assertEquals(0, signed.predictions(new float[][] {{-3}})[0][0], "never negative where no target is");
    }

    @Test
    void columns_writeWithoutExponent() {
        Answer.Numbers answer = NumberTargets.of(table("a 0 50000000"), List.of("a"), Link.IDENTITY, Joined.EACH).answer();
        assertEquals(List.of(List.of("12345678", "0.00001")), answer.columns(new float[][] {{12345678f}, {0.00001f}}));
    }

    @Test
    void of_badTargets_areRefused() {
        assertEquals("train.csv, line 3, column 'a': the target is missing. Every training row needs one.", message("a,b 1,1 ,2", Link.IDENTITY));
        assertEquals("train.csv, line 3, column 'a': expected a number of at least 0, found '-2'.", message("a 1 -2", Link.LOG1P));
        assertEquals("train.csv, column 'a': all 2 rows have the target '1'. There is nothing to learn.", message("a 1 1", Link.LOG1P));
    }

    private static String message(String csv, Link link) {
        return assertThrows(DataException.class, () -> NumberTargets.of(table(csv), List.of("a"), link, Joined.EACH)).getMessage();
    }
}
