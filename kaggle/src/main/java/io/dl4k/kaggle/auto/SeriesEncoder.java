package io.dl4k.kaggle.auto;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.Labels;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Encoder;
import io.dl4k.kaggle.competition.FoldTargets;
import io.dl4k.kaggle.competition.Preparation;
import io.dl4k.kaggle.features.FeatureMatrix;
import io.dl4k.kaggle.features.TimeWindows;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Rows with those before them in the same table, by the clock. Of the rows before only the columns are seen that the test table has too: never a target.
 *
 * @param table the columns of a row
 * @param over column of dates
 * @param dates how these are written
 * @param unit seconds from one step to the next
 * @param steps of a window, the row itself the last
 */
record SeriesEncoder(TableEncoder table, String over, Dates dates, double unit, int steps) implements Encoder {
    /** Of one window in so many, some of the first steps are hidden while training, as they are where a block of test rows begins. */
    private static final int CUT_ONE_IN = 8;
    /** Share of the steps that are as long as the commonest. */
    private static final double REGULAR = 0.8;

    SeriesEncoder {
        if (!(unit > 0) || steps < 1) {
            throw new IllegalArgumentException("unit must be above 0 and steps at least 1, got " + unit + " and " + steps);
        }
    }

    /**
     * Learns it.
     *
     * @param columns of a row, without words, rates and crosses
     */
    record Prepared(TablePreparation columns, String over, int steps) implements Preparation {
        @Override
        public Fitted fit(Table train, int[] rows, FoldTargets targets) {
            Dates dates = TablePreparation.dates(train, train.column(over));
            double unit = unit(moments(train.column(over), dates)).orElseThrow(() -> DataException.at(train.name(), 0, over,
                    "an LSTM goes over this column, but its rows are no series: one row a moment, most of them as far apart. Leave out the candidate."));
            SeriesEncoder encoder = new SeriesEncoder((TableEncoder) columns.fit(train, rows, targets).encoder(), over, dates, unit, steps);
            FeatureMatrix matrix = encoder.table.matrix(train, IntStream.range(0, train.rows()).toArray());
            int[] windows = encoder.windows(train);
            Labels labels = targets.labels();
            return new Fitted(encoder, (batchSize, seed) -> Batches.ofWindows(matrix.values(), matrix.width(), TimeWindows.cut(windows, steps, CUT_ONE_IN, seed), steps, labels, rows,
                    batchSize, OptionalLong.of(seed)));
        }

        @Override
        public Class<SeriesEncoder> encoderType() {
            return SeriesEncoder.class;
        }
    }

    @Override
    public int width() {
        return table.frame().names().size();
    }

    @Override
    public BatchSource batches(Table rowsOf, int[] rows, int batchSize) {
        FeatureMatrix matrix = table.matrix(rowsOf, IntStream.range(0, rowsOf.rows()).toArray());
        return Batches.ofWindows(matrix.values(), matrix.width(), windows(rowsOf), steps, Labels.none(), rows, batchSize, OptionalLong.empty());
    }

    private int[] windows(Table rowsOf) {
        // A row without a date is alone with its moment.
        double[] moments = moments(rowsOf.column(over), dates);
        return TimeWindows.before(IntStream.range(0, moments.length).mapToLong(row -> Double.isNaN(moments[row]) ? Long.MIN_VALUE / 2 - (long) row * steps
                : (long) Math.floor(moments[row] / unit)).toArray(), steps);
    }

    /** {@return seconds of each row; NaN where there is no date} */
    static double[] moments(Column column, Dates dates) {
        Dates.Reader reader = dates.reader();
        return IntStream.range(0, column.size()).mapToDouble(row -> reader.seconds(column.text(row))).toArray();
    }

    /** {@return seconds from one row to the next, if rows are a series: one a moment, most of them as far apart} */
    static OptionalDouble unit(double[] moments) {
        double[] sorted = Arrays.stream(moments).filter(x -> !Double.isNaN(x)).sorted().toArray();
        Map<Double, Integer> steps = new HashMap<>();
        for (int i = 1; i < sorted.length; i++) {
            steps.merge(sorted[i] - sorted[i - 1], 1, Integer::sum);
        }
        return steps.entrySet().stream().filter(step -> step.getKey() > 0 && step.getValue() >= REGULAR * (sorted.length - 1)).mapToDouble(Map.Entry::getKey).findFirst();
    }
}
