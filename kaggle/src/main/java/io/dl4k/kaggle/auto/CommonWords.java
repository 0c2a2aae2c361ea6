package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.Table;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.text.TweetTokenizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Words of a column of names that many rows share: titles, brands, streets. Among the weighted terms of {@link Words} the commonest words count least; here each is
 * an input like any other.
 *
 * @param column it reads
 * @param words the commonest first
 */
record CommonWords(String column, List<String> words) {
    /** Rows that a word needs: this share of them, or so many. */
    private static final double SHARE = 0.03;
    private static final int ENOUGH_ROWS = 100;
    private static final int FEWEST_ROWS = 5;
    private static final int MOST = 40;

    CommonWords {
        words = List.copyOf(words);
    }

    /** @param rows the training rows of the fold; no other row is looked at */
    static Optional<CommonWords> of(Column column, int[] rows) {
        if (!Look.names(column)) {
            return Optional.empty();
        }
        Map<String, Integer> counts = new HashMap<>();
        for (int row : rows) {
            words(column, row).forEach(word -> counts.merge(word, 1, Integer::sum));
        }
        double enough = Math.max(FEWEST_ROWS, Math.min(ENOUGH_ROWS, SHARE * rows.length));
        List<String> common = counts.entrySet().stream().filter(count -> count.getValue() >= enough && count.getValue() < rows.length)
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey())).limit(MOST).map(Map.Entry::getKey).toList();
        return common.isEmpty() ? Optional.empty() : Optional.of(new CommonWords(column.name(), common));
    }

    void addTo(Frame frame, Table table) {
        Column texts = table.column(column);
        Map<Integer, Set<String>> held = new HashMap<>();
        for (int row : frame.active()) {
            held.put(row, words(texts, row));
        }
        for (String word : words) {
            frame.flag(column + " word " + word, row -> held.get(row).contains(word));
        }
    }

    private static Set<String> words(Column column, int row) {
        return column.isMissing(row) ? Set.of() : new HashSet<>(TweetTokenizer.tokens(column.text(row)));
    }
}
