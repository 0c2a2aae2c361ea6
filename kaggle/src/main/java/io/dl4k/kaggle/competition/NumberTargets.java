package io.dl4k.kaggle.competition;

import io.dl4k.data.DataException;
import io.dl4k.data.Labels;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Numbers to be predicted for every training row, one or several. */
public final class NumberTargets implements Targets {
    /** What several numbers are for. */
    public enum Joined {
        /** Each is a column of the submission. */
        EACH,
        /** Their sum is the submission's one column. */
        SUM
    }

    /** Beyond what was seen by this part of the range, a prediction is cut: networks extrapolate wildly. */
    private static final double MARGIN = 0.1;

    private final List<String> columns;
    private final double[][] values;
    private final Link link;
    private final Joined joined;

    private NumberTargets(List<String> columns, double[][] values, Link link, Joined joined) {
        this.columns = columns;
        this.values = values;
        this.link = link;
        this.joined = joined;
    }

    /**
     * Reads the numbers.
     *
     * @param columns of the training table, at least one
     * @throws DataException if a row's target is missing, all rows have the same, or the link cannot take it
     */
    public static NumberTargets of(Table table, List<String> columns, Link link, Joined joined) {
        List<double[]> values = new ArrayList<>();
        for (String name : columns) {
            NumberColumn column = table.numbers(name);
            for (int row = 0; row < table.rows(); row++) {
                if (column.isMissing(row)) {
                    throw DataException.at(table.name(), table.line(row), name, "the target is missing. Every training row needs one.");
                }
                if (link == Link.LOG1P && column.value(row) < 0) {
                    throw DataException.at(table.name(), table.line(row), name, "expected a number of at least 0, found '" + column.text(row) + "'.");
                }
            }
            double[] numbers = column.toArray();
            if (table.rows() > 0 && Arrays.stream(numbers).allMatch(y -> y == numbers[0])) {
                throw Targets.nothingToLearn(table, name, column.text(0));
            }
            values.add(numbers);
        }
        return new NumberTargets(List.copyOf(columns), values.toArray(double[][]::new), link, joined);
    }

    @Override
    public int rows() {
        return values[0].length;
    }

    @Override
    public int outputs() {
        return columns.size();
    }

    /** {@return the columns of the training table} */
    public List<String> columns() {
        return columns;
    }

    /** {@return the number in the file's units} */
    public double value(int output, int row) {
        return values[output][row];
    }

    @Override
    public float[][] actual(int[] rows) {
        float[][] actual = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            float[] row = new float[columns.size()];
            double sum = 0;
            for (int c = 0; c < row.length; c++) {
                row[c] = (float) values[c][rows[i]];
                sum += values[c][rows[i]];
            }
            actual[i] = joined == Joined.SUM ? new float[] {(float) sum} : row;
        }
        return actual;
    }

    @Override
    public FoldTargets fit(int[] rows) {
        double[][] linked = Arrays.stream(values).map(column -> Arrays.stream(column).map(link::apply).toArray()).toArray(double[][]::new);
        TargetScale scale = TargetScale.fit(linked, rows);
        return new FoldTargets(rows(), row -> scale.standardised(0, linked[0][row]), wanted -> {
            float[] labels = new float[wanted.length * columns.size()];
            int at = 0;
            for (int row : wanted) {
                for (int c = 0; c < columns.size(); c++) {
                    labels[at++] = (float) scale.standardised(c, linked[c][row]);
                }
            }
            return Labels.values(labels, columns.size());
        }, scale);
    }

    /** {@return how predictions of these targets are written} */
    public Answer.Numbers answer() {
        List<Answer.Range> ranges = new ArrayList<>();
        for (double[] column : values) {
            double low = link.apply(Arrays.stream(column).min().orElse(0));
            double high = link.apply(Arrays.stream(column).max().orElse(0));
            // Of yes and no, several columns of them, what is between is a probability: there is nothing beyond.
            double margin = Arrays.stream(column).allMatch(y -> y == 0 || y == 1) ? 0 : MARGIN * (high - low);
            double least = Arrays.stream(column).allMatch(y -> y >= 0) ? Math.max(link.apply(0), low - margin) : low - margin;
            ranges.add(new Answer.Range(least, high + margin));
        }
        return new Answer.Numbers(link, joined, ranges);
    }
}
