package io.dl4k.kaggle.auto;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.Labels;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Encoder;
import io.dl4k.kaggle.features.text.Documents;
import io.dl4k.kaggle.features.text.TweetTokenizer;
import io.dl4k.kaggle.features.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * The words of the text columns, one column after the other, as token numbers.
 *
 * @param columns text columns
 * @param vocabulary words of at least two training rows
 * @param length words a row; longer ones are cut
 */
record TokenEncoder(List<String> columns, Vocabulary vocabulary, int length) implements Encoder {
    TokenEncoder {
        columns = List.copyOf(columns);
        if (length < 1) {
            throw new IllegalArgumentException("length must be at least 1, got " + length);
        }
    }

    /** {@return numbers that tokens have} */
    @Override
    public int width() {
        return vocabulary.size();
    }

    @Override
    public boolean rowByRow() {
        return true;
    }

    @Override
    public BatchSource batches(Table table, int[] rows, int batchSize) {
        return source(table, Labels.none(), rows, batchSize, OptionalLong.empty(), 0);
    }

    /** @param hidden share of the words that are hidden */
    BatchSource source(Table table, Labels labels, int[] rows, int batchSize, OptionalLong seed, double hidden) {
        int[][] numbers = vocabulary.numbers(documents(table, columns, rows));
        int[][] tokens = new int[table.rows()][0];
        for (int i = 0; i < rows.length; i++) {
            tokens[rows[i]] = numbers[i];
        }
        return Batches.ofTokensByLength(tokens, length, labels, rows, batchSize, seed, hidden);
    }

    /** {@return the words of the given rows, in that order} */
    static List<List<String>> documents(Table table, List<String> columns, int[] rows) {
        return Documents.of(rows.length, i -> columns.stream().map(name -> table.column(name).text(rows[i])).mapToLong(text -> text == null ? 0 : text.length()).sum(), i -> {
            List<String> words = new ArrayList<>();
            for (String name : columns) {
                String text = table.column(name).text(rows[i]);
                if (text != null) {
                    words.addAll(TweetTokenizer.tokens(text));
                }
            }
            return words;
        });
    }
}
