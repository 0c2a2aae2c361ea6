package io.dl4k.kaggle.auto;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.Column;
import io.dl4k.data.Labels;
import io.dl4k.data.SparseRows;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Encoder;
import io.dl4k.kaggle.features.Cross;
import io.dl4k.kaggle.features.FeatureMatrix;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.FrameEncoder;
import io.dl4k.kaggle.features.OddRows;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Columns of every kind but pixels as the inputs of a dense network.
 *
 * @param sources the columns, in the recipe's order
 * @param common common words of columns of names
 * @param companies how those fared whom a row goes with
 * @param crosses pairs of columns
 * @param odd rows that lie far off, together; empty where none do
 * @param frame scales and levels
 * @param words of text columns
 */
record TableEncoder(List<Source> sources, List<CommonWords> common, List<Company> companies, List<Cross> crosses, List<OddRows> odd, FrameEncoder frame, List<Words> words)
        implements Encoder {
    /** Rows of length 1 are small beside standardised numbers, and are learned slowly. */
    private static final float LENGTH_OF_WORDS = 3;

    TableEncoder {
        sources = List.copyOf(sources);
        common = List.copyOf(common);
        companies = List.copyOf(companies);
        crosses = List.copyOf(crosses);
        odd = List.copyOf(odd);
        words = List.copyOf(words);
    }

    @Override
    public boolean rowByRow() {
        return true;
    }

    @Override
    public int width() {
        return frame.names().size() + words.stream().mapToInt(w -> w.weights().width()).sum();
    }

    @Override
    public BatchSource batches(Table table, int[] rows, int batchSize) {
        return source(table, columns(table, rows), rows).apply(Labels.none(), batchSize, OptionalLong.empty());
    }

    /** The rows as numbers, without their words. */
    FeatureMatrix matrix(Table table, int[] rows) {
        return frame.encode(columns(table, rows), rows);
    }

    private Frame columns(Table table, int[] rows) {
        Frame columns = new Frame(table.rows(), rows);
        for (Source source : sources) {
            Column column = table.column(source.name());
            source.addTo(columns, table, row -> source.rates().get(0).of(Source.level(column, row)), row -> source.rates().get(0).count(Source.level(column, row)));
        }
        common.forEach(texts -> texts.addTo(columns, table));
        companies.forEach(company -> company.addTo(columns, table));
        odd.forEach(rowsApart -> rowsApart.addTo(columns));
        return columns.crosses(crosses);
    }

    /** Makes batches of rows that are encoded already. */
    @FunctionalInterface
    interface Encoded {
        BatchSource apply(Labels labels, int batchSize, OptionalLong seed);
    }

    /** Encodes rows; labels are by their order here. */
    Encoded source(Table table, Frame columns, int[] rows) {
        FeatureMatrix matrix = frame.encode(columns, rows);
        int[] all = IntStream.range(0, rows.length).toArray();
        if (words.isEmpty()) {
            return (labels, batchSize, seed) -> Batches.ofRows(matrix.values(), matrix.width(), labels, all, batchSize, seed);
        }
        SparseRows joined = Words.rows(words, table, rows).after(matrix.values(), matrix.width(), LENGTH_OF_WORDS);
        return (labels, batchSize, seed) -> Batches.ofSparseRows(joined, labels, all, batchSize, seed);
    }
}
