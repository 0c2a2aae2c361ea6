package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Table;
import java.util.List;

/** Turns rows of a table into network input, with what was learned from a fold's training rows. An implementation is a record that JSON can hold. */
public interface Encoder {
    /** Features of one row: the inputs of a dense network. */
    int width();

    /**
     * Rows in the given order, for prediction; labels are not set.
     *
     * @param table with the columns of the training table; a target column is not looked at
     */
    BatchSource batches(Table table, int[] rows, int batchSize);

    /**
     * The same rows once or more, each time looked at in another way, for predictions that are averaged; the first are {@link #batches}. A prediction of
     * {@code n} views takes {@code n} times as long.
     */
    default List<BatchSource> views(Table table, int[] rows, int batchSize) {
        return List.of(batches(table, rows, batchSize));
    }

    /**
     * Whether a row's features are of that row alone, so that a file can be predicted in parts. An encoder that looks at other rows, such as the hours before,
     * leaves this false: its files are read whole.
     */
    default boolean rowByRow() {
        return false;
    }
}
