package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.BatchSource;
import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Candidate;
import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.competition.Preparation;
import io.dl4k.kaggle.recipe.RecipeReader;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesEncoderTest {
    private static final int STEPS = 4;
    private static final Competition HOURS = Recipes.competition(RecipeReader.parse("my.yaml", "id: hour\ntarget: y\ntask: regression\nmetric: rmse\nsubmission: numbers\n"
            + "split: {kind: blocks, column: hour}\nfolds: 2\nensemble: 1\ncolumns: {hour: date, rain: number}\n"
            + "candidates: [{name: a, network: lstm, over: hour, steps: " + STEPS + ", units: 8}]\n"));

    private static Table hours(int n, int planted, int step) {
        return hours(n, planted, step, 1);
    }

    /** @param planted hour whose rain is wild; -1: none  @param times that the targets are as large */
    private static Table hours(int n, int planted, int step, int times) {
        String rows = IntStream.range(0, n).mapToObj(i -> LocalDateTime.of(2021, 3, 1, 0, 0).plusHours((long) i * step * (i % 3 == 0 && step > 1 ? 2 : 1)) + ","
                + (i == planted ? 40 : i % 7) + "," + (i == planted ? 9000 : i % 5) + "\n").collect(Collectors.joining());
        return HOURS.read(CsvSource.of("train.csv", ("hour,rain,y\n" + rows).getBytes(StandardCharsets.UTF_8)));
    }

    private static Preparation.Fitted fitted(Table table) {
        Candidate candidate = HOURS.candidates().get(0);
        int[] all = IntStream.range(0, table.rows()).toArray();
        return candidate.preparation().fit(table, all, HOURS.targets(table).fit(all));
    }

    private static float[] features(Preparation.Fitted fitted, Table table, int row) {
        try (BatchSource.Cursor batches = fitted.encoder().batches(table, new int[] {row}, 1).open(0)) {
            return batches.next().getFeatures().ravel().toFloatVector();
        }
    }

    /** That hour and the three after it see it, no hour before does. */
    @Test
    void batches_valuePlantedInOneHour_isNotSeenBefore() {
        int planted = 30;
        Table plain = hours(60, -1, 1);
        Preparation.Fitted fitted = fitted(plain);
        Table wild = hours(60, planted, 1);
        for (int row = 0; row < 60; row++) {
            float[] before = features(fitted, plain, row);
            float[] after = features(fitted, wild, row);
            if (row >= planted && row < planted + STEPS) {
                assertTrue(!java.util.Arrays.equals(before, after), "row " + row + " does not see it");
            } else {
                assertArrayEquals(before, after, "row " + row);
            }
        }
        assertEquals(STEPS * fitted.encoder().width(), features(fitted, plain, 3).length);
    }

    @Test
    void fit_otherTargets_giveTheSameFeatures() {
        assertEquals(fitted(hours(60, -1, 1, 1)).encoder(), fitted(hours(60, -1, 1, 3)).encoder());
    }

    @Test
    void fit_rowsThatAreNoSeries_saysSo() {
        String message = assertThrows(DataException.class, () -> fitted(hours(60, -1, 2))).getMessage();
        assertTrue(message.startsWith("train.csv, column 'hour': an LSTM goes over this column, but its rows are no series"), message);
    }
}
