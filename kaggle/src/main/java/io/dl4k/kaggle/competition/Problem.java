package io.dl4k.kaggle.competition;

import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.util.HashMap;
import java.util.Map;

/**
 * A competition's data, read and checked against each other.
 *
 * @param train training rows
 * @param test rows to predict
 * @param sample what the submission must look like
 * @param targets the classes of the training rows
 */
public record Problem(Table train, Table test, SampleSubmission sample, ClassTargets targets) {
    /**
     * Checks that a sample submission asks for one column and that it is the competition's target: rows may be matched by position, so that another
     * competition's sample with as many rows would pass.
     *
     * @throws DataException if it does not
     */
    public static void requireTarget(SampleSubmission sample, String target) {
        if (sample.targetColumns().size() != 1) {
            throw DataException.at(sample.source(), 1, null, "expected an id column and one target column, found " + sample.targetColumns().size()
                    + " target columns: " + String.join(", ", sample.targetColumns()) + ". Use the files of one competition, as Kaggle hands them out.");
        }
        // Digit Recognizer: 'label' in train.csv, 'Label' in the submission.
        if (!sample.targetColumns().get(0).equalsIgnoreCase(target)) {
            throw DataException.at(sample.source(), 1, null, "expected the target column '" + target + "', found '" + sample.targetColumns().get(0)
                    + "'. Use the files of one competition, as Kaggle hands them out.");
        }
    }

    /** For each row of the sample submission, the test row it asks for; see {@link #testRows(Table, SampleSubmission)}. */
    public int[] testRows() {
        return testRows(test, sample);
    }

    /**
     * For each row of a sample submission, the test row it asks for: by the id column where the test set has one, else by position.
     *
     * @throws DataException if an id of the sample is not in the test set, an id of the test set is missing or stands
     *     in it twice, or, without ids, the numbers of rows differ
     */
    public static int[] testRows(Table test, SampleSubmission sample) {
        int[] rows = new int[sample.rows()];
        if (!test.has(sample.idColumn())) {
            if (test.rows() != sample.rows()) {
                throw DataException.in(test.name(), "it has " + test.rows() + " rows, but " + sample.source() + " has " + sample.rows()
                        + ". Use the files of one competition, as Kaggle hands them out.");
            }
            for (int i = 0; i < rows.length; i++) {
                rows[i] = i;
            }
            return rows;
        }
        Column ids = test.column(sample.idColumn());
        Map<String, Integer> rowOf = new HashMap<>();
        for (int row = 0; row < test.rows(); row++) {
            if (ids.isMissing(row)) {
                throw DataException.at(test.name(), test.line(row), sample.idColumn(), "the id is missing. Every row to predict needs one.");
            }
            Integer before = rowOf.putIfAbsent(ids.text(row), row);
            if (before != null) {
                throw DataException.at(test.name(), test.line(row), sample.idColumn(), "id '" + ids.text(row) + "' stands in line " + test.line(before) + " already.");
            }
        }
        for (int i = 0; i < rows.length; i++) {
            Integer row = rowOf.get(sample.ids().get(i));
            if (row == null) {
                throw DataException.in(test.name(), "id '" + sample.ids().get(i) + "' of " + sample.source() + " is not in column '" + sample.idColumn()
                        + "'. Use the files of one competition, as Kaggle hands them out.");
            }
            rows[i] = row;
        }
        return rows;
    }
}
