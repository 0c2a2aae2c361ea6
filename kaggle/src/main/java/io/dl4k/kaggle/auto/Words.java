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

/**
 * Words and pairs of words of a text column as weighted terms.
 *
 * @param column it reads
 * @param weights of the terms
 */
record Words(String column, TermWeights weights) {
    /** Rows a term needs. */
    private static final int RARE = 2;

    /**
     * The terms of most rows.
     *
     * @param rows the training rows of the fold
     * @param most terms at most
     * @param classes each row's class, 0 or 1, by which terms that tell them apart count more; null: none do
     */
    static Words fit(Column column, int[] rows, int most, IntUnaryOperator classes) {
        List<List<String>> documents = documents(column, rows);
        int[] all = java.util.stream.IntStream.range(0, rows.length).toArray();
        TermWeights weights = TermWeights.fit(documents, all, RARE, most);
        int[] labels = classes == null ? null : Arrays.stream(rows).map(classes).toArray();
        return new Words(column.name(), labels == null ? weights : weights.timesLogRatios(documents, all, labels));
    }

    /** {@return the given rows of several columns side by side, each of length 1} */
    static SparseRows rows(List<Words> columns, Table table, int[] rows) {
        List<List<List<String>>> documents = new ArrayList<>();
        columns.forEach(words -> documents.add(documents(table.column(words.column()), rows)));
        return TermWeights.rows(columns.stream().map(Words::weights).toList(), documents);
    }

    private static List<List<String>> documents(Column column, int[] rows) {
        return Documents.of(rows.length, i -> column.isMissing(rows[i]) ? 0 : column.text(rows[i]).length(),
                i -> column.isMissing(rows[i]) ? List.of() : Terms.wordsAndPairs(TweetTokenizer.tokens(column.text(rows[i]))));
    }
}
