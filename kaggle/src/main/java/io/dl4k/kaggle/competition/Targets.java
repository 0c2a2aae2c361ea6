package io.dl4k.kaggle.competition;

import io.dl4k.data.DataException;
import io.dl4k.data.Table;

/** What is to be predicted, for every training row. */
public sealed interface Targets permits ClassTargets, NumberTargets {
    /** {@return what to throw where every row of a column has this target} */
    static DataException nothingToLearn(Table table, String column, String target) {
        return DataException.at(table.name(), 0, column, (table.rows() == 1 ? "the only row has" : "all " + table.rows() + " rows have") + " the target '" + target
                + "'. There is nothing to learn.");
    }

    /** {@return number of training rows} */
    int rows();

    /** {@return outputs of a network: classes, or numbers} */
    int outputs();

    /** {@return what a metric compares with: one-hot {@code [rows.length][classes]}, or numbers in the file's units} */
    float[][] actual(int[] rows);

    /** {@return what networks are trained on that may see the given rows} */
    FoldTargets fit(int[] rows);
}
