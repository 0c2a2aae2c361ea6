package io.dl4k.kaggle.auto;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.Column;
import io.dl4k.data.Labels;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Encoder;
import io.dl4k.kaggle.features.FeatureMatrix;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.FrameEncoder;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Columns of every kind but pixels as the inputs of a dense network.
 *
 * @param sources the columns, in the recipe's order
 * @param frame scales and levels
 * @param bags words of text columns
 */
record TableEncoder(List<Source> sources, FrameEncoder frame, List<WordBag> bags) implements Encoder {
    TableEncoder {
        sources = List.copyOf(sources);
        bags = List.copyOf(bags);
    }

    @Override
    public int width() {
        return frame.names().size() + bags.stream().mapToInt(bag -> bag.terms().size()).sum();
    }

    @Override
    public BatchSource batches(Table table, int[] rows, int batchSize) {
        Frame columns = new Frame(table.rows());
        for (Source source : sources) {
            Column column = table.column(source.name());
            source.addTo(columns, table, row -> source.rates().get(0).of(Source.level(column, row)));
        }
        return source(encode(table, columns, rows), Labels.none(), batchSize, OptionalLong.empty());
    }

    /** {@return rows of {@link #width} values} */
    float[] encode(Table table, Frame columns, int[] rows) {
        FeatureMatrix matrix = frame.encode(columns, rows);
        if (bags.isEmpty()) {
            return matrix.values();
        }
        int width = width();
        float[] values = new float[Math.multiplyExact(rows.length, width)];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(matrix.values(), i * matrix.width(), values, i * width, matrix.width());
        }
        int offset = matrix.width();
        for (WordBag bag : bags) {
            Map<String, Integer> index = bag.index();
            Column column = table.column(bag.column());
            for (int i = 0; i < rows.length; i++) {
                bag.write(column.text(rows[i]), index, values, i * width + offset);
            }
            offset += bag.terms().size();
        }
        return values;
    }

    BatchSource source(float[] values, Labels labels, int batchSize, OptionalLong seed) {
        int width = width();
        return Batches.ofRows(values, width, labels, IntStream.range(0, values.length / width).toArray(), batchSize, seed);
    }
}
