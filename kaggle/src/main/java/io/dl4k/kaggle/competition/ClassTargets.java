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
public final class ClassTargets {
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
            throw DataException.at(table.name(), 0, columnName, "all " + table.rows() + " rows have the target '" + distinct.first() + "'. There is nothing to learn.");
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

    /** Number of training rows. */
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

    /** Targets of the given rows as the network sees them, one-hot {@code [rows.length][labels]}. */
    public float[][] oneHot(int[] rows) {
        float[][] targets = new float[rows.length][labels.size()];
        for (int i = 0; i < rows.length; i++) {
            targets[i][classes[rows[i]]] = 1;
        }
        return targets;
    }

    /** Labels of the given rows for training batches, in that order. */
    public Labels labels(int[] rows) {
        int[] chosen = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            chosen[i] = classes[rows[i]];
        }
        return Labels.classes(chosen, labels.size());
    }
}
