package io.dl4k.kaggle.features.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DocumentsTest {
    private static final List<String> TEXTS = List.of("storm at sea", "sea of fire", "fire and storm");

    private static List<List<String>> documents(AtomicInteger made, long mostBytes) {
        return Documents.of(TEXTS.size(), i -> TEXTS.get(i).length(), i -> {
            made.incrementAndGet();
            return Terms.wordsAndPairs(List.of(TEXTS.get(i).split(" ")));
        }, mostBytes);
    }

    @Test
    void of_fewTerms_areMadeOnce() {
        AtomicInteger made = new AtomicInteger();
        List<List<String>> documents = documents(made, 1 << 20);
        documents.get(1);
        documents.get(1);
        assertEquals(3, made.get());
    }

    @Test
    void of_manyTerms_areTheSameMadeWhenAskedFor() {
        AtomicInteger made = new AtomicInteger();
        List<List<String>> documents = documents(made, 0);
        assertEquals(0, made.get());
        assertEquals(List.of("sea", "of", "fire", "sea of", "of fire"), documents.get(1));
        assertEquals(1, made.get());
        int[] all = IntStream.range(0, 3).toArray();
        TermWeights held = TermWeights.fit(documents(made, 1 << 20), all, 2, 100);
        assertEquals(List.of("fire", "sea", "storm"), held.terms().tokens());
        assertEquals(held, TermWeights.fit(documents, all, 2, 100));
        int[] classes = {0, 0, 1};
        assertEquals(held.timesLogRatios(documents(made, 1 << 20), all, classes), held.timesLogRatios(documents, all, classes));
        assertThrows(IndexOutOfBoundsException.class, () -> documents.get(3));
    }
}
