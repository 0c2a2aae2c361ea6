package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.kaggle.features.text.TweetTokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Words and pairs of words of a text column as numbers: term frequency times inverse document frequency, each row of length {@value #LENGTH}.
 *
 * @param column it reads
 * @param terms one a feature
 * @param weights inverse document frequency of each: {@code ln((1 + n) / (1 + rows with it)) + 1}
 */
record WordBag(String column, List<String> terms, List<Double> weights) {
    /** Rows of length 1 are small beside standardised numbers, and are learned slowly. */
    private static final double LENGTH = 3;
    /** Rows a term needs. */
    private static final int RARE = 3;

    WordBag {
        terms = List.copyOf(terms);
        weights = List.copyOf(weights);
    }

    /** The terms of most rows. @param rows the training rows of the fold  @param most terms */
    static WordBag fit(Column column, int[] rows, int most) {
        Map<String, Integer> counts = new HashMap<>();
        for (int row : rows) {
            new HashSet<>(terms(column.text(row))).forEach(term -> counts.merge(term, 1, Integer::sum));
        }
        List<Map.Entry<String, Integer>> kept = counts.entrySet().stream().filter(e -> e.getValue() >= RARE)
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey())).limit(most).toList();
        return new WordBag(column.name(), kept.stream().map(Map.Entry::getKey).toList(),
                kept.stream().map(e -> Math.log((1.0 + rows.length) / (1.0 + e.getValue())) + 1).toList());
    }

    private static List<String> terms(String text) {
        if (text == null) {
            return List.of();
        }
        List<String> words = TweetTokenizer.tokens(text);
        List<String> terms = new ArrayList<>(words);
        for (int i = 1; i < words.size(); i++) {
            terms.add(words.get(i - 1) + " " + words.get(i));
        }
        return terms;
    }

    /** Writes a row's features. @param index of {@link #terms} */
    void write(String text, Map<String, Integer> index, float[] to, int offset) {
        Set<Integer> present = new HashSet<>();
        double squares = 0;
        for (String term : terms(text)) {
            Integer at = index.get(term);
            if (at != null && present.add(at)) {
                squares += weights.get(at) * weights.get(at);
            }
        }
        for (int at : present) {
            to[offset + at] = (float) (LENGTH * weights.get(at) / Math.sqrt(squares));
        }
    }

    Map<String, Integer> index() {
        Map<String, Integer> index = new HashMap<>();
        terms.forEach(term -> index.put(term, index.size()));
        return index;
    }
}
