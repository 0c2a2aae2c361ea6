package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.Table;
import java.util.List;
import java.util.stream.IntStream;

/** The training rows that have a target: from the others nothing can be learned here. */
final class Answered {
    private Answered() {
    }

    /** The same table where all have every target, or none has: then reading the targets says what is wrong. */
    static Table of(Table train, List<String> targets) {
        List<Column> columns = targets.stream().map(train::column).toList();
        int[] rows = IntStream.range(0, train.rows()).filter(row -> columns.stream().noneMatch(column -> column.isMissing(row))).toArray();
        return rows.length == train.rows() || rows.length == 0 ? train : train.chosen(rows);
    }
}
