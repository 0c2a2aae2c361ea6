package io.dl4k.kaggle.features.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The tokens that a network knows, most frequent first: a token's number is its place here plus 1. Number 0 is every other token.
 *
 * @param tokens distinct
 */
public record Vocabulary(List<String> tokens) {
    public Vocabulary {
        tokens = List.copyOf(tokens);
    }

    /**
     * Learns the tokens.
     *
     * @param documents tokens of every row
     * @param rows the training rows of the fold; no other row is looked at
     * @param minimumCount rows in which a token must be, at least 1
     * @param most tokens at most, the most frequent; of equally frequent ones the alphabetically first
     */
    public static Vocabulary fit(List<List<String>> documents, int[] rows, int minimumCount, int most) {
        Map<String, Integer> counts = counts(documents, rows);
        List<String> kept = new ArrayList<>(counts.keySet());
        kept.removeIf(token -> counts.get(token) < minimumCount);
        kept.sort(Comparator.comparing((String token) -> -counts.get(token)).thenComparing(Comparator.naturalOrder()));
        return new Vocabulary(kept.subList(0, Math.min(most, kept.size())));
    }

    /** In how many of the rows each token is. */
    static Map<String, Integer> counts(List<List<String>> documents, int[] rows) {
        Map<String, Integer> counts = new HashMap<>();
        for (int row : rows) {
            for (String token : new HashSet<>(documents.get(row))) {
                counts.merge(token, 1, Integer::sum);
            }
        }
        return counts;
    }

    /** {@return token numbers that there are, with that of unknown tokens} */
    public int size() {
        return tokens.size() + 1;
    }

    /** {@return each document's tokens as numbers, unknown ones 0} */
    public int[][] numbers(List<List<String>> documents) {
        Map<String, Integer> numbers = places();
        return documents.stream().map(document -> document.stream().mapToInt(token -> numbers.getOrDefault(token, -1) + 1).toArray()).toArray(int[][]::new);
    }

    /** The place of each token, from 0. */
    Map<String, Integer> places() {
        Map<String, Integer> places = new HashMap<>();
        tokens.forEach(token -> places.put(token, places.size()));
        return places;
    }
}
