package io.dl4k.kaggle.features.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The tokens that a network knows, most frequent first: a token's number is its place here plus 1. Number 0 is every other token.
 *
 * @param tokens distinct
 */
public record Vocabulary(List<String> tokens) {
    private static final int FEWEST_PLACES = 1 << 16;
    private static final int MOST_PLACES = 1 << 26;
    /** Places take one part in so many of the heap. */
    private static final int HEAP_PART = 16;

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
        boolean many = minimumCount > 1 && !Documents.held(documents);
        Map<String, Integer> counts = counts(documents, rows, many ? notAlone(documents, rows) : token -> true);
        List<String> kept = new ArrayList<>(counts.keySet());
        kept.removeIf(token -> counts.get(token) < minimumCount);
        kept.sort(Comparator.comparing((String token) -> -counts.get(token)).thenComparing(Comparator.naturalOrder()));
        return new Vocabulary(kept.subList(0, Math.min(most, kept.size())));
    }

    /** In how many of the rows each token is that is wanted. */
    static Map<String, Integer> counts(List<List<String>> documents, int[] rows, Predicate<String> wanted) {
        Map<String, Integer> counts = new HashMap<>();
        for (int row : rows) {
            for (String token : new HashSet<>(documents.get(row))) {
                if (wanted.test(token)) {
                    counts.merge(token, 1, Integer::sum);
                }
            }
        }
        return counts;
    }

    /**
     * Passes every token that is in two rows or more, and few others: most pairs of words are in one row only, and counting each of them by name would fill the heap. Tokens
     * share places by their hash; a place that one row alone has touched holds no token of two.
     */
    private static Predicate<String> notAlone(List<List<String>> documents, int[] rows) {
        int places = Integer.highestOneBit((int) Math.min(MOST_PLACES, Math.max(FEWEST_PLACES, Runtime.getRuntime().maxMemory() / Integer.BYTES / HEAP_PART)));
        // The number of the row that touched a place, from 1; that of several rows is -1.
        int[] touched = new int[places];
        for (int i = 0; i < rows.length; i++) {
            for (String token : documents.get(rows[i])) {
                int place = place(token, places);
                touched[place] = touched[place] == 0 || touched[place] == i + 1 ? i + 1 : -1;
            }
        }
        return token -> touched[place(token, places)] < 0;
    }

    private static int place(String token, int places) {
        int mixed = token.hashCode() * 0x9E3779B9;
        return (mixed ^ mixed >>> 15) & places - 1;
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
