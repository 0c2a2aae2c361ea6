package io.dl4k.kaggle.features.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class VocabularyTest {
    private static final List<List<String>> DOCUMENTS = List.of(List.of("fire", "fire", "in"), List.of("in", "town"), List.of("town", "in"), List.of("secret", "secret"), List.of("secret"));

    @Test
    void fit_rows_countsEachTokenOnceARowAndSortsByCount() {
        Vocabulary vocabulary = Vocabulary.fit(DOCUMENTS, new int[] {0, 1, 2}, 1, 10);
        assertEquals(List.of("in", "town", "fire"), vocabulary.tokens());
        assertEquals(4, vocabulary.size());
        assertEquals(List.of("in", "town"), Vocabulary.fit(DOCUMENTS, new int[] {0, 1, 2}, 2, 10).tokens());
        assertEquals(List.of("in"), Vocabulary.fit(DOCUMENTS, new int[] {0, 1, 2}, 1, 1).tokens());
    }

    /** A word that only held-out rows have must not be known: its number would tell that it will come. */
    @Test
    void fit_wordOfHeldOutRows_isUnknown() {
        Vocabulary vocabulary = Vocabulary.fit(DOCUMENTS, new int[] {0, 1, 2}, 1, 10);
        assertArrayEquals(new int[][] {{3, 3, 1}, {1, 2}, {2, 1}, {0, 0}, {0}}, vocabulary.numbers(DOCUMENTS));
    }
}
