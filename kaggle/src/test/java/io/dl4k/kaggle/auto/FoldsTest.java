package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.CsvSource;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Targets;
import io.dl4k.kaggle.recipe.RecipeReader;
import io.dl4k.kaggle.recipe.SplitSpec;
import io.dl4k.training.Fold;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldsTest {
    private static List<Fold> folds(List<LocalDate> days, SplitSpec split, int k) {
        String csv = "day,x,y\n" + IntStream.range(0, days.size()).mapToObj(i -> days.get(i) + "," + i + "," + i * 0.5 + "\n").collect(Collectors.joining());
        Table train = Table.read(CsvSource.of("train.csv", csv.getBytes(StandardCharsets.UTF_8)));
        Targets targets = Recipes.competition(RecipeReader.parse("my.yaml", "id: day\ntarget: y\ntask: regression\nmetric: rmse\nsubmission: numbers\nsplit: shuffled\nfolds: 2\n"
                + "ensemble: 1\ncolumns: {x: number}\ncandidates: [{name: a, network: mlp}]\n")).targets(train);
        return Folds.of(split, train, targets, k, 1);
    }

    @Test
    void blocksOfDays_endWhereTestRowsLie() {
        // Days 1 to 20 of each month; the test rows are the ten days after.
        List<LocalDate> days = IntStream.range(0, 366).mapToObj(LocalDate.of(2020, 1, 1)::plusDays).filter(day -> day.getDayOfMonth() <= 20).toList();
        List<Fold> folds = folds(days, SplitSpec.byTime(SplitSpec.Kind.BLOCKS, "day", 10), 5);
        int[] held = new int[days.size()];
        for (int f = 0; f < folds.size(); f++) {
            for (int row : folds.get(f).validation()) {
                held[row] = f;
            }
        }
        assertEquals(days.size(), folds.stream().mapToInt(fold -> fold.validation().length).sum());
        for (int row = 0; row < held.length; row++) {
            LocalDate day = days.get(row);
            int block = 2 * (day.getMonthValue() - 1) + (day.getDayOfMonth() <= 10 ? 0 : 1);
            assertEquals(block % 5, held[row], day::toString);
        }
    }

    @Test
    void later_holdsOutAsMuchTimeAsTheTestRowsTake() {
        List<LocalDate> days = IntStream.range(0, 300).mapToObj(LocalDate.of(2020, 1, 1)::plusDays).toList();
        List<Fold> two = folds(days, later(90), 2);
        assertArrayEquals(IntStream.range(210, 300).toArray(), two.get(0).validation());
        assertArrayEquals(IntStream.range(0, 210).toArray(), two.get(0).training());
        assertArrayEquals(IntStream.range(120, 210).toArray(), two.get(1).validation());
        assertArrayEquals(IntStream.range(0, 120).toArray(), two.get(1).training());
        // No more than a third where one fold is held out, and no less than usual.
        assertEquals(100, folds(days, later(1_000), 1).get(0).validation().length, 1);
        assertEquals(30, folds(days, later(5), 1).get(0).validation().length);
        assertEquals(30, folds(days, later(5), 5).get(4).validation().length);
        assertEquals(150, folds(days, later(5), 5).get(4).validation()[0]);
        // Asked for more than there is room for: shorter ones.
        assertEquals(List.of(30, 30, 30, 30, 30), folds(days, later(90), 5).stream().map(fold -> fold.validation().length).toList());
    }

    private static SplitSpec later(double days) {
        return SplitSpec.byTime(SplitSpec.Kind.LATER, "day", days);
    }

    @Test
    void blocksWithoutHoles_areCutEvenly() {
        List<LocalDate> days = IntStream.range(0, 300).mapToObj(LocalDate.of(2020, 1, 1)::plusDays).toList();
        List<Fold> folds = folds(days, SplitSpec.byTime(SplitSpec.Kind.BLOCKS, "day", 10), 3);
        assertTrue(folds.stream().allMatch(fold -> fold.validation().length == 100), () -> folds.stream().map(fold -> fold.validation().length).toList().toString());
        assertEquals(10, Arrays.stream(folds.get(1).validation()).filter(row -> row < 30).count());
        // Too long a block for so many folds: shorter ones are made.
        assertEquals(5, folds(days, SplitSpec.byTime(SplitSpec.Kind.BLOCKS, "day", 200), 5).size());
    }
}
