package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.SparseRows;
import io.dl4k.data.Table;
import io.dl4k.kaggle.features.text.Documents;
import io.dl4k.kaggle.features.text.TermWeights;
import io.dl4k.kaggle.features.text.Terms;
import io.dl4k.kaggle.features.text.TweetTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * What a text column is made of as weighted terms.
 *
 * @param column it reads
 * @param kind of terms
 * @param weights of the terms
 */
record Words(String column, Kind kind, TermWeights weights) {
    /** What a text is cut into. */
    enum Kind {
        /** Words and pairs of words. */
        WORDS(2) {
            @Override
            List<String> of(List<String> tokens) {
                return Terms.wordsAndPairs(tokens);
            }
        },
        /** Two to five letters of a word. */
        PARTS(3) {
            @Override
            List<String> of(List<String> tokens) {
                return Terms.parts(tokens, 2, 5);
            }
        };

        /** Rows a term needs. */
        private final int rows;

        Kind(int rows) {
            this.rows = rows;
        }

        abstract List<String> of(List<String> tokens);
    }

    /**
     * The terms of most rows.
     *
     * @param rows the training rows of the fold
     * @param most terms at most
     * @param classes each row's class, 0 or 1, by which terms that tell them apart count more; null: none do
     */
    static Words fit(Column column, Kind kind, int[] rows, int most, IntUnaryOperator classes) {
        List<List<String>> documents = documents(column, kind, rows);
        int[] all = IntStream.range(0, rows.length).toArray();
        TermWeights weights = TermWeights.fit(documents, all, kind.rows, most);
        int[] labels = classes == null ? null : Arrays.stream(rows).map(classes).toArray();
        return new Words(column.name(), kind, labels == null ? weights : weights.timesLogRatios(documents, all, labels));
    }

    /** {@return the given rows of several columns side by side, each of length 1} */
    static SparseRows rows(List<Words> columns, Table table, int[] rows) {
        List<List<List<String>>> documents = new ArrayList<>();
        columns.forEach(words -> documents.add(documents(table.column(words.column()), words.kind(), rows)));
        return TermWeights.rows(columns.stream().map(Words::weights).toList(), documents);
    }

    private static List<List<String>> documents(Column column, Kind kind, int[] rows) {
        return Documents.of(rows.length, i -> column.isMissing(rows[i]) ? 0 : column.text(rows[i]).length(),
                i -> column.isMissing(rows[i]) ? List.of() : kind.of(TweetTokenizer.tokens(column.text(rows[i]))));
    }
}
