package io.dl4k.kaggle.features.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.SparseRows;
import java.util.List;
import org.junit.jupiter.api.Test;

class TermWeightsTest {
    private static final List<List<String>> DOCUMENTS = List.of(List.of("a", "a", "b"), List.of("a"), List.of("a", "c"), List.of("secret", "a"));
    private static final int[] FITTED = {0, 1, 2};

    @Test
    void fit_rows_weighsByInverseDocumentFrequency() {
        TermWeights weights = TermWeights.fit(DOCUMENTS, FITTED, 1, 10);
        assertEquals(List.of("a", "b", "c"), weights.terms().tokens());
        assertEquals(1, weights.weights().get(0), 1e-12);
        assertEquals(Math.log(2) + 1, weights.weights().get(1), 1e-12);
    }

    @Test
    void rows_ofDocuments_areScaledToLengthOne() {
        TermWeights weights = TermWeights.fit(DOCUMENTS, FITTED, 1, 10);
        SparseRows rows = TermWeights.rows(List.of(weights, weights), List.of(DOCUMENTS, DOCUMENTS));
        assertEquals(6, rows.width());
        double a = 1 + Math.log(2);
        double b = Math.log(2) + 1;
        double length = Math.hypot(a, b);
        for (int first : new int[] {0, 3}) {
            assertEquals(a / length, rows.get(0, first), 1e-6);
            assertEquals(b / length, rows.get(0, first + 1), 1e-6);
            assertEquals(1, rows.get(3, first), 1e-6, "an unknown term does not count");
        }
    }

    @Test
    void timesLogRatios_classes_weighBySpeakingForOne() {
        TermWeights weights = TermWeights.fit(DOCUMENTS, FITTED, 1, 10).timesLogRatios(DOCUMENTS, FITTED, new int[] {1, 0, 0, 1});
        // Class 1 has a and b once, class 0 a twice and c once: with 1 added to each, sums are 5 and 6.
        assertEquals(Math.log((2 / 5.0) / (3 / 6.0)), weights.weights().get(0), 1e-12);
        assertEquals((Math.log(2) + 1) * Math.log((2 / 5.0) / (1 / 6.0)), weights.weights().get(1), 1e-12);
        assertTrue(weights.weights().get(2) < 0);
    }

    /** Neither terms nor classes of held-out rows may show. */
    @Test
    void fit_heldOutRow_changesNothing() {
        List<List<String>> other = List.of(DOCUMENTS.get(0), DOCUMENTS.get(1), DOCUMENTS.get(2), List.of("b", "c", "c"));
        assertEquals(TermWeights.fit(DOCUMENTS, FITTED, 1, 10), TermWeights.fit(other, FITTED, 1, 10));
        assertEquals(TermWeights.fit(DOCUMENTS, FITTED, 1, 10).timesLogRatios(DOCUMENTS, FITTED, new int[] {1, 0, 0, 1}),
                TermWeights.fit(other, FITTED, 1, 10).timesLogRatios(other, FITTED, new int[] {1, 0, 0, 0}));
    }

    @Test
    void constructor_otherNumberOfWeights_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new TermWeights(new Vocabulary(List.of("a")), List.of()));
    }

    @Test
    void terms_ofTokens_arePairsAndParts() {
        assertEquals(List.of("forest", "fire", "forest fire"), Terms.wordsAndPairs(List.of("forest", "fire")));
        assertEquals(List.of(), Terms.wordsAndPairs(List.of()));
        assertEquals(List.of(" a", "ab", "b ", " ab", "ab ", " ab "), Terms.parts(List.of("ab"), 2, 5));
        assertEquals(List.of(" abc", "abcd", "bcde", "cde "), Terms.parts(List.of("abcde"), 4, 4));
    }
}
