package io.dl4k.kaggle.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RocTest {
    @Test
    void of_fourRows_hasEveryCut() {
        Roc roc = Roc.of("yes", new float[] {0.9f, 0.7f, 0.7f, 0.2f}, new boolean[] {true, false, true, false}, 0.5);
        assertEquals(List.of("0 0", "1 0", "2 1", "2 2"), roc.cuts().stream().map(cut -> cut.hits() + " " + cut.falseAlarms()).toList());
        assertEquals(List.of(1.0, 1.0, 2 / 3.0, 0.5), roc.cuts().stream().map(Roc.Cut::precision).toList());
        // Of the four pairs, three are in order and one is a tie.
        assertEquals(3.5 / 4, roc.area(), 1e-12);
        assertEquals(0.5 * 1 + 0.5 * 2 / 3, roc.averagePrecision(), 1e-12);
        assertEquals(2, roc.chosen().hits());
        assertEquals(1, roc.chosen().falseAlarms());
        assertEquals(0.8, roc.chosen().f1(), 1e-12);
    }

    @Test
    void of_manyRows_areaIsTheShareOfPairsInOrder() {
        SplittableRandom random = new SplittableRandom(5);
        int n = 1500;
        float[] p = new float[n];
        boolean[] is = new boolean[n];
        for (int i = 0; i < n; i++) {
            is[i] = random.nextInt(3) == 0;
            p[i] = random.nextInt(500) / 500f + (is[i] ? 0.1f : 0);
        }
        double pairs = 0;
        double inOrder = 0;
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
                if (is[a] && !is[b]) {
                    pairs++;
                    inOrder += p[a] > p[b] ? 1 : p[a] == p[b] ? 0.5 : 0;
                }
            }
        }
        Roc roc = Roc.of("yes", p, is, 0.25);
        assertEquals(inOrder / pairs, roc.area(), 1e-9);
        assertEquals(240, roc.cuts().size());
        assertEquals(0, roc.cuts().get(0).recall());
        assertEquals(1, roc.cuts().get(239).fallout());
        assertEquals(Arrays.stream(new int[n]).count(), roc.rows() + roc.others());
        long taken = java.util.stream.IntStream.range(0, n).filter(i -> p[i] >= 0.25f).count();
        assertEquals(taken, roc.chosen().hits() + roc.chosen().falseAlarms());
    }

    @Test
    void of_oneKindOfRow_isRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> Roc.of("yes", new float[] {0.1f}, new boolean[] {true}, 0.5));
        assertTrue(e.getMessage().contains("got 1 and 0"), e.getMessage());
    }
}
