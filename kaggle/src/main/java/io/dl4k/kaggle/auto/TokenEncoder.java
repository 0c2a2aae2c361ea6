package io.dl4k.kaggle.auto;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.Labels;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Encoder;
import io.dl4k.kaggle.features.text.TweetTokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The words of the text columns, one column after the other, as token numbers: 0 a column's end, 1 a word that is not known, then the vocabulary.
 *
 * @param columns text columns
 * @param vocabulary words of at least two training rows
 * @param length words a row
 */
record TokenEncoder(List<String> columns, List<String> vocabulary, int length) implements Encoder {
    static final int UNKNOWN = 1;
    static final int FIRST = 2;

    TokenEncoder {
        columns = List.copyOf(columns);
        vocabulary = List.copyOf(vocabulary);
        if (length < 1) {
            throw new IllegalArgumentException("length must be at least 1, got " + length);
        }
    }

    /** {@return numbers that tokens have} */
    @Override
    public int width() {
        return vocabulary.size() + FIRST;
    }

    @Override
    public BatchSource batches(Table table, int[] rows, int batchSize) {
        return source(table, Labels.none(), rows, batchSize, OptionalLong.empty());
    }

    BatchSource source(Table table, Labels labels, int[] rows, int batchSize, OptionalLong seed) {
        Map<String, Integer> index = new HashMap<>();
        vocabulary.forEach(word -> index.put(word, index.size() + FIRST));
        int[][] tokens = new int[table.rows()][];
        java.util.Arrays.fill(tokens, new int[0]);
        for (int row : rows) {
            tokens[row] = words(table, columns, row).stream().limit(length).mapToInt(word -> word.isEmpty() ? 0 : index.getOrDefault(word, UNKNOWN)).toArray();
        }
        return Batches.ofTokens(tokens, length, labels, rows, batchSize, seed);
    }

    /** {@return a row's words, an empty one between two columns} */
    static List<String> words(Table table, List<String> columns, int row) {
        List<String> words = new ArrayList<>();
        for (String name : columns) {
            if (!words.isEmpty()) {
                words.add("");
            }
            String text = table.column(name).text(row);
            if (text != null) {
                words.addAll(TweetTokenizer.tokens(text));
            }
        }
        return words;
    }
}
