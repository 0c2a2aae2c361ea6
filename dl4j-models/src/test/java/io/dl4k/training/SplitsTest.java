package io.dl4k.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitsTest {

    private static void assertPartition(int rows, Fold fold) {
        int[] all = IntStream.concat(Arrays.stream(fold.training()), Arrays.stream(fold.validation())).sorted().toArray();
        assertArrayEquals(IntStream.range(0, rows).toArray(), all);
        assertArrayEquals(Arrays.stream(fold.training()).sorted().toArray(), fold.training());
        assertArrayEquals(Arrays.stream(fold.validation()).sorted().toArray(), fold.validation());
    }

    private static void assertEachHeldOutOnce(int rows, List<Fold> folds) {
        assertArrayEquals(IntStream.range(0, rows).toArray(),
                folds.stream().flatMapToInt(fold -> Arrays.stream(fold.validation())).sorted().toArray());
        folds.forEach(fold -> assertPartition(rows, fold));
    }

    private static int count(int[] classes, int label, int[] rows) {
        return (int) Arrays.stream(rows).filter(row -> classes[row] == label).count();
    }

    private static int[] drawnClasses(int rows, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, rows).map(row -> Math.min(random.nextInt(4), random.nextInt(4)) - 1).toArray();
    }

    @ParameterizedTest
    @CsvSource({"2,2", "10,3", "11,5", "100,10", "7,7"})
    void kFold_anySize_holdsEachRowOutOnce(int rows, int k) {
        List<Fold> folds = Splits.kFold(rows, k, 1);
        assertEquals(k, folds.size());
        assertEachHeldOutOnce(rows, folds);
        for (Fold fold : folds) {
            int size = fold.validation().length;
            assertTrue(size == rows / k || size == rows / k + 1, () -> "size " + size);
        }
    }

    @Test
    void kFold_sameSeed_sameFoldsAndOtherSeedOthers() {
        List<Fold> folds = Splits.kFold(50, 5, 3);
        assertArrayEquals(folds.get(2).validation(), Splits.kFold(50, 5, 3).get(2).validation());
        assertFalse(Arrays.equals(folds.get(2).validation(), Splits.kFold(50, 5, 4).get(2).validation()));
        assertFalse(Arrays.equals(folds.get(0).validation(), IntStream.range(0, 10).toArray()), "must be shuffled");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void stratified_drawnClasses_differByOneAtMost(long seed) {
        int[] classes = drawnClasses(20 + (int) seed * 17, seed);
        int k = 2 + (int) seed;
        List<Fold> folds = Splits.stratified(classes, k, seed);
        assertEachHeldOutOnce(classes.length, folds);
        for (int label = -1; label < 3; label++) {
            int of = label;
            int total = count(classes, of, IntStream.range(0, classes.length).toArray());
            for (Fold fold : folds) {
                int held = count(classes, of, fold.validation());
                assertTrue(held == total / k || held == total / k + 1, () -> "class " + of + ": " + held + " of " + total);
            }
        }
        for (Fold fold : folds) {
            int size = fold.validation().length;
            assertTrue(size == classes.length / k || size == classes.length / k + 1, () -> "size " + size);
        }
    }

    @Test
    void stratified_rareClass_isInAsManyFoldsAsItHasRows() {
        int[] classes = {0, 0, 0, 0, 0, 0, 0, 0, 7, 7};
        List<Fold> folds = Splits.stratified(classes, 5, 1);
        assertEquals(2, folds.stream().filter(fold -> count(classes, 7, fold.validation()) == 1).count());
        assertEquals(3, folds.stream().filter(fold -> count(classes, 7, fold.validation()) == 0).count());
    }

    @ParameterizedTest
    @CsvSource({"10,0.2,2", "10,0.25,3", "2,0.01,1", "2,0.99,1", "1000,0.1,100", "7,0.5,4"})
    void holdOut_share_isRounded(int rows, double share, int expected) {
        Fold fold = Splits.holdOut(rows, share, 1);
        assertPartition(rows, fold);
        assertEquals(expected, fold.validation().length);
        assertArrayEquals(fold.validation(), Splits.holdOut(rows, share, 1).validation());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void holdOut_classes_keepTheirShares(long seed) {
        int[] classes = drawnClasses(60 + (int) seed * 7, seed);
        Fold fold = Splits.holdOut(classes, 0.3, seed);
        assertPartition(classes.length, fold);
        assertEquals(Math.round(classes.length * 0.3), fold.validation().length);
        double share = (double) fold.validation().length / classes.length;
        for (int label = -1; label < 3; label++) {
            int total = count(classes, label, IntStream.range(0, classes.length).toArray());
            assertEquals(total * share, count(classes, label, fold.validation()), 1);
        }
    }

    @Test
    void fold_arrays_areCopies() {
        Fold fold = Splits.holdOut(10, 0.2, 1);
        fold.validation()[0] = 99;
        fold.training()[0] = 99;
        assertPartition(10, fold);
        assertEquals("Fold[8 training, 2 validation]", fold.toString());
    }

    @Test
    void splits_outOfRange_areRefused() {
        assertEquals("folds must be in [2, rows 3], got 4",
                assertThrows(IllegalArgumentException.class, () -> Splits.kFold(3, 4, 1)).getMessage());
        assertEquals("folds must be in [2, rows 3], got 1",
                assertThrows(IllegalArgumentException.class, () -> Splits.stratified(new int[3], 1, 1)).getMessage());
        assertEquals("share to hold out must be in (0, 1), got NaN",
                assertThrows(IllegalArgumentException.class, () -> Splits.holdOut(3, Double.NaN, 1)).getMessage());
        assertEquals("rows to hold some out of must be at least 2, got 1",
                assertThrows(IllegalArgumentException.class, () -> Splits.holdOut(new int[1], 0.5, 1)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void grouped_groupsOfAnySize_areNeverSplitAndKeepTheClasses(long seed) {
        Random random = new Random(seed);
        int[] groups = IntStream.range(0, 900).map(row -> random.nextInt(10) == 0 ? random.nextInt(20) : 100 + row).toArray();
        int[] classes = drawnClasses(900, seed);
        List<Fold> folds = Splits.grouped(classes, groups, 5, seed);
        assertEachHeldOutOnce(900, folds);
        for (Fold fold : folds) {
            var held = Arrays.stream(fold.validation()).map(row -> groups[row]).boxed().collect(Collectors.toSet());
            assertTrue(Arrays.stream(fold.training()).noneMatch(row -> held.contains(groups[row])), "a group is on both sides");
            for (int label = -1; label < 3; label++) {
                int wanted = count(classes, label, IntStream.range(0, 900).toArray()) / 5;
                int found = count(classes, label, fold.validation());
                assertTrue(Math.abs(found - wanted) <= 2, "class " + label + ": " + found + " of about " + wanted);
            }
        }
    }

    @Test
    void grouped_sameSeed_sameFoldsAndOtherSeedOthers() {
        int[] groups = IntStream.range(0, 60).map(row -> row / 2).toArray();
        List<Fold> folds = Splits.grouped(new int[60], groups, 4, 3);
        assertArrayEquals(folds.get(1).validation(), Splits.grouped(new int[60], groups, 4, 3).get(1).validation());
        assertFalse(Arrays.equals(folds.get(1).validation(), Splits.grouped(new int[60], groups, 4, 4).get(1).validation()));
    }

    @Test
    void grouped_tooFewGroups_isRefused() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Splits.grouped(new int[6], new int[] {1, 1, 1, 2, 2, 2}, 3, 1));
        assertEquals("folds must be in [2, groups 2], got 3", refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Splits.grouped(new int[6], new int[5], 2, 1));
    }
}
