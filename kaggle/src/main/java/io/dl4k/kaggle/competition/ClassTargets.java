package io.dl4k.kaggle.competition;

import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.Labels;
import io.dl4k.data.Table;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The class of every training row. */
public final class ClassTargets implements Targets {
    private final List<String> labels;
    private final int[] classes;

    private ClassTargets(List<String> labels, int[] classes) {
        this.labels = List.copyOf(labels);
        this.classes = classes;
    }

    /**
     * Reads the classes off a column: its distinct texts, whole numbers in their order, other texts alphabetically.
     *
     * @throws DataException if a row's target is missing, or all rows have the same
     */
    public static ClassTargets of(Table table, String columnName) {
        Column column = table.column(columnName);
        TreeSet<String> distinct = new TreeSet<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        boolean whole = true;
        for (int row = 0; row < table.rows(); row++) {
            if (column.isMissing(row)) {
                throw DataException.at(table.name(), table.line(row), columnName, "the target is missing. Every training row needs one.");
            }
            distinct.add(column.text(row));
            whole &= column.text(row).matches("\\d{1,9}");
        }
        if (distinct.size() < 2) {
            throw Targets.nothingToLearn(table, columnName, distinct.first());
        }
        // Shorter first, then by character, is the numeric order of whole numbers without leading zeros.
        List<String> labels = whole ? List.copyOf(distinct) : distinct.stream().sorted().toList();
        Map<String, Integer> index = new HashMap<>();
        labels.forEach(label -> index.put(label, index.size()));
        int[] classes = new int[table.rows()];
        for (int row = 0; row < classes.length; row++) {
            classes[row] = index.get(column.text(row));
        }
        return new ClassTargets(labels, classes);
    }

    /** How each class is written in the training set, by its number. */
    public List<String> labels() {
        return labels;
    }

    @Override
    public int rows() {
        return classes.length;
    }

    /** The class of a row, from 0. */
    public int classOf(int row) {
        return classes[row];
    }

    /** Every row's class; a copy. */
    public int[] classes() {
        return classes.clone();
    }

    @Override
    public int outputs() {
        return labels.size();
    }

    @Override
    public float[][] actual(int[] rows) {
        return labels(rows).toRows(CompetitionRun.all(rows.length));
    }

    @Override
    public FoldTargets fit(int[] rows) {
        return new FoldTargets(rows(), row -> classes[row], this::labels, TargetScale.NONE);
    }

    private Labels labels(int[] rows) {
        int[] chosen = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            chosen[i] = classes[rows[i]];
        }
        return Labels.classes(chosen, labels.size());
    }
}
