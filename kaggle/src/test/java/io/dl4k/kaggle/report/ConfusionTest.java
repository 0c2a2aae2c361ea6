package io.dl4k.kaggle.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionTest {
    private static final List<String> LABELS = List.of("cat", "dog", "owl");
    /** Three cats, one of them taken for a dog; two dogs, both taken for cats; no owl, and nothing taken for one. */
    private static final int[] ACTUAL = {0, 0, 0, 1, 1};
    private static final float[][] PROBABILITIES = {{.8f, .1f, .1f}, {.4f, .4f, .2f}, {.1f, .9f, 0}, {.6f, .3f, .1f}, {.5f, .3f, .2f}};

    @Test
    void of_countedByHand_hasEveryCell() {
        Confusion confusion = Confusion.of(LABELS, ACTUAL, PROBABILITIES);
        int[][] expected = {{2, 1, 0}, {2, 0, 0}, {0, 0, 0}};
        for (int a = 0; a < 3; a++) {
            for (int p = 0; p < 3; p++) {
                assertEquals(expected[a][p], confusion.count(a, p), a + " taken for " + p);
            }
        }
    }

    @Test
    void precisionRecallF1_byHand() {
        Confusion confusion = Confusion.of(LABELS, ACTUAL, PROBABILITIES);
        assertEquals(2 / 4.0, confusion.precision(0));
        assertEquals(2 / 3.0, confusion.recall(0));
        // 2 * (1/2 * 2/3) / (1/2 + 2/3)
        assertEquals(4 / 7.0, confusion.f1(0));
        assertEquals(0, confusion.precision(1));
        assertEquals(0, confusion.recall(1));
        assertEquals(0, confusion.f1(1));
    }

    @Test
    void precisionRecallF1_classWithoutRows_areNotNumbers() {
        Confusion confusion = Confusion.of(LABELS, ACTUAL, PROBABILITIES);
        assertEquals(Double.NaN, confusion.precision(2));
        assertEquals(Double.NaN, confusion.recall(2));
        assertEquals(Double.NaN, confusion.f1(2));
    }

    @Test
    void mistakes_mostFrequentFirst() {
        Confusion confusion = Confusion.of(LABELS, ACTUAL, PROBABILITIES);
        assertEquals(List.of(new Confusion.Mistake(1, 0, 2), new Confusion.Mistake(0, 1, 1)), confusion.mistakes(8));
        assertEquals(List.of(new Confusion.Mistake(1, 0, 2)), confusion.mistakes(1));
    }

    @Test
    void of_shapesThatDoNotFit_areRefused() {
        assertEquals("5 rows of probabilities for 1 rows", assertThrows(IllegalArgumentException.class, () -> Confusion.of(LABELS, new int[1], PROBABILITIES)).getMessage());
        assertEquals("row 0 has 2 probabilities for 3 classes",
                assertThrows(IllegalArgumentException.class, () -> Confusion.of(LABELS, new int[1], new float[1][2])).getMessage());
    }
}
