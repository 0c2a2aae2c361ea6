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
 * @param targets what the training rows teach
 * @param answer how predictions are written
 */
public record Problem(Table train, Table test, SampleSubmission sample, Targets targets, Answer answer) {
    /**
     * Reads a competition's files and checks them against each other.
     *
     * @throws DataException if they do not fit
     */
    public static Problem read(Competition competition, CompetitionFiles files) {
        Table train = competition.read(files.train());
        Targets targets = competition.targets(train);
        Table test = competition.read(files.test());
        SampleSubmission sample = SampleSubmission.read(files.sample());
        Problem problem = new Problem(train, test, sample, targets, competition.answer(targets, sample));
        problem.testRows();
        return problem;
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
