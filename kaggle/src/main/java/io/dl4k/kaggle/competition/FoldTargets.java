package io.dl4k.kaggle.competition;

import io.dl4k.data.Labels;
import java.util.function.IntToDoubleFunction;

/** What the networks of a fold are trained on. Rows that the fold holds out have targets here too: it is the preparation that keeps to its own rows. */
public final class FoldTargets {
    private final IntToDoubleFunction values;
    private final java.util.function.Function<int[], Labels> labels;
    private final int rows;
    private final TargetScale scale;

    FoldTargets(int rows, IntToDoubleFunction values, java.util.function.Function<int[], Labels> labels, TargetScale scale) {
        this.rows = rows;
        this.values = values;
        this.labels = labels;
        this.scale = scale;
    }

    /** {@return labels of all rows of the training table, by their row numbers} */
    public Labels labels() {
        return labels.apply(CompetitionRun.all(rows));
    }

    /** {@return labels of the given rows, in that order} */
    public Labels labels(int[] wanted) {
        return labels.apply(wanted);
    }

    /** {@return the class number of a row, or its number as the network is trained on it, standardised; of several columns the first} */
    public double value(int row) {
        return values.applyAsDouble(row);
    }

    /** {@return how the networks' outputs become numbers again} */
    TargetScale scale() {
        return scale;
    }
}
