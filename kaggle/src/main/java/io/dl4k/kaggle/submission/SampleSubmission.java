package io.dl4k.kaggle.submission;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Kaggle's sample submission, read as the specification of ours: its header, its ids in their order, exactly as written.
 *
 * @param source file it was read from, for messages
 * @param idColumn first column of the header
 * @param targetColumns the other columns, at least one
 * @param ids the first column's values, exactly as written, in the file's order
 * @param values sample values as {@code values.get(target).get(row)}: they show the kind of value wanted
 */
public record SampleSubmission(String source, String idColumn, List<String> targetColumns, List<String> ids, List<List<String>> values) {
    private static final String ADVICE = ". Use the files of one competition, as Kaggle hands them out.";

    /** @throws IllegalArgumentException if there is no target column, or a column's length differs from the ids' */
    public SampleSubmission {
        targetColumns = List.copyOf(targetColumns);
        ids = List.copyOf(ids);
        values = values.stream().map(List::copyOf).toList();
        if (targetColumns.isEmpty() || values.size() != targetColumns.size()) {
            throw new IllegalArgumentException("one list of values for each of the target columns " + targetColumns + " is wanted, got " + values.size());
        }
        for (List<String> column : values) {
            if (column.size() != ids.size()) {
                throw new IllegalArgumentException("every column needs " + ids.size() + " values, got " + column.size());
            }
        }
    }

    /**
     * Checks that these are the target columns, in any case of letters: rows may be matched by position, so that another competition's sample with as many rows
     * would pass.
     *
     * @throws DataException if they are not
     */
    public void requireTargets(List<String> wanted) {
        if (targetColumns.size() != wanted.size()) {
            throw DataException.at(source, 1, null, "expected an id column and " + (wanted.size() == 1 ? "one target column" : wanted.size() + " target columns") + ", found "
                    + targetColumns.size() + " target columns: " + String.join(", ", targetColumns) + ADVICE);
        }
        for (int c = 0; c < wanted.size(); c++) {
            // Digit Recognizer: 'label' in train.csv, 'Label' in the submission.
            if (!targetColumns.get(c).equalsIgnoreCase(wanted.get(c))) {
                throw DataException.at(source, 1, null, "expected the target column '" + wanted.get(c) + "', found '" + targetColumns.get(c) + "'" + ADVICE);
            }
        }
    }

    /** Number of rows to predict. */
    public int rows() {
        return ids.size();
    }

    /** True where a file is Kaggle's sample submission by its name: {@code sample_submission.csv}, {@code sampleSubmission.csv}, {@code gender_submission.csv}. */
    public static boolean isSampleName(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        return name.contains("samplesubmission") || name.contains("gendersubmission");
    }

    /**
     * Finds the sample submission among a competition's files.
     *
     * @throws DataException if there is none, naming the files that are there
     */
    public static CsvSource find(DataFiles files) {
        Optional<CsvSource> found = files.findMatching(SampleSubmission::isSampleName);
        return found.orElseThrow(() -> DataException.in(files.name(), "there is no sample submission (sample_submission.csv, sampleSubmission.csv, "
                + "gender_submission.csv) among " + files.names() + ". Use the zip as Kaggle hands it out, or add that file."));
    }

    /**
     * Reads a sample submission.
     *
     * @throws DataException if it has fewer than two columns, no rows, or an empty id
     */
    public static SampleSubmission read(CsvSource source) {
        Table table = Table.read(source, TableOptions.DEFAULT.withAllText());
        List<String> names = table.columnNames();
        if (names.size() < 2) {
            throw DataException.at(source.name(), 1, null, "a submission has an id column and at least one target column, found only '" + names.get(0) + "'.");
        }
        List<List<String>> columns = names.stream().map(name -> column(table, name)).toList();
        List<String> ids = columns.get(0);
        int empty = ids.indexOf("");
        if (empty >= 0) {
            throw DataException.at(source.name(), table.line(empty), names.get(0), "the id is empty.");
        }
        return new SampleSubmission(source.name(), names.get(0), names.subList(1, names.size()), ids, columns.subList(1, columns.size()));
    }

    /** A column's texts as written, empty where missing. */
    static List<String> column(Table table, String name) {
        var column = table.column(name);
        return java.util.stream.IntStream.range(0, table.rows()).mapToObj(row -> column.isMissing(row) ? "" : column.text(row)).toList();
    }
}
