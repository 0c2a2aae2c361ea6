package io.dl4k.kaggle.competition;

import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;

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
        Table train = competition.learned(competition.read(files.train()));
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
        boolean named = test.has(sample.idColumn());
        List<String> ids = new ArrayList<>(named ? test.rows() : 0);
        for (int row = 0; named && row < test.rows(); row++) {
            ids.add(id(test, sample.idColumn(), row));
        }
        return testRows(test.name(), test.rows(), named ? Optional.of(ids) : Optional.empty(), test::line, sample);
    }

    /** @throws DataException if it is missing */
    static String id(Table test, String column, int row) {
        Column ids = test.column(column);
        if (ids.isMissing(row)) {
            throw DataException.at(test.name(), test.line(row), column, "the id is missing. Every row to predict needs one.");
        }
        return ids.text(row);
    }

    /** @param ids of the test rows, where they have a column of them  @param line where a row starts in the file */
    static int[] testRows(String name, int testRows, Optional<List<String>> ids, IntToLongFunction line, SampleSubmission sample) {
        int[] rows = new int[sample.rows()];
        if (ids.isEmpty()) {
            if (testRows != sample.rows()) {
                throw DataException.in(name, "it has " + testRows + " rows, but " + sample.source() + " has " + sample.rows()
                        + ". Use the files of one competition, as Kaggle hands them out.");
            }
            return CompetitionRun.all(testRows);
        }
        Map<String, Integer> rowOf = new HashMap<>();
        for (int row = 0; row < testRows; row++) {
            Integer before = rowOf.putIfAbsent(ids.get().get(row), row);
            if (before != null) {
                throw DataException.at(name, line.applyAsLong(row), sample.idColumn(), "id '" + ids.get().get(row) + "' stands in line " + line.applyAsLong(before) + " already.");
            }
        }
        for (int i = 0; i < rows.length; i++) {
            Integer row = rowOf.get(sample.ids().get(i));
            if (row == null) {
                throw DataException.in(name, "id '" + sample.ids().get(i) + "' of " + sample.source() + " is not in column '" + sample.idColumn()
                        + "'. Use the files of one competition, as Kaggle hands them out.");
            }
            rows[i] = row;
        }
        return rows;
    }
}
