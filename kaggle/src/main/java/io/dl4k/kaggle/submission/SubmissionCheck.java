package io.dl4k.kaggle.submission;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Whether Kaggle would accept a submission, row by row against the sample submission.
 *
 * <p>Kaggle joins rows by id, so their order is free while the sample's ids are distinct; where the sample repeats an id, rows are compared in
 * order.
 *
 * @param file the submission's name
 * @param rows its number of data rows
 * @param count of problems
 * @param problems what is wrong, one line each; at most {@value #MOST_PROBLEMS}, then a line that counts the rest
 */
public record SubmissionCheck(String file, int rows, int count, List<String> problems) {
    /** More problems than this are counted, not listed. */
    public static final int MOST_PROBLEMS = 20;

    public SubmissionCheck {
        problems = List.copyOf(problems);
    }

    /** True if Kaggle would accept the file. */
    public boolean accepted() {
        return problems.isEmpty();
    }

    /** The verdict in a line. */
    public String summary() {
        return accepted() ? "accepted " + file + " rows=" + rows : "refused " + file + ": " + count + (count == 1 ? " problem" : " problems");
    }

    /**
     * Checks a file against a sample submission, or against the competition's zip or folder that holds one; with the latter, the training set's labels
     * are known too.
     *
     * @throws DataException if the sample cannot be read; an unreadable submission is a problem, not an exception
     * @throws IOException if a file cannot be opened
     */
    public static SubmissionCheck of(Path submission, Path sample) throws IOException {
        try (DataFiles files = DataFiles.open(sample)) {
            Optional<CsvSource> named = files.findMatching(SampleSubmission::isSampleName);
            boolean alone = files.names().size() == 1;
            CsvSource source = named.isPresent() ? named.get() : alone ? files.findMatching(name -> true).orElseThrow() : SampleSubmission.find(files);
            SampleSubmission specification = SampleSubmission.read(source);
            return of(CsvSource.of(submission), specification, kinds(specification, files.find("train.csv")));
        }
    }

    /**
     * Checks a file.
     *
     * @param kinds what may stand in each target column, in the sample's order
     */
    public static SubmissionCheck of(CsvSource submission, SampleSubmission sample, List<ValueKind> kinds) {
        Table table;
        try {
            requireNoUtf16(submission);
            table = Table.read(submission, TableOptions.DEFAULT.withAllText());
        } catch (DataException e) {
            return new SubmissionCheck(submission.name(), 0, 1, List.of(e.getMessage()));
        }
        Problems problems = new Problems(submission.name());
        List<String> wanted = new ArrayList<>();
        wanted.add(sample.idColumn());
        wanted.addAll(sample.targetColumns());
        if (!table.columnNames().equals(wanted)) {
            problems.add(1, null, "the header is '" + String.join(",", table.columnNames()) + "', expected '" + String.join(",", wanted) + "'.");
            return new SubmissionCheck(submission.name(), table.rows(), problems.count(), problems.lines());
        }
        List<String> ids = SampleSubmission.column(table, sample.idColumn());
        if (Set.copyOf(sample.ids()).size() == sample.rows()) {
            checkIds(table, ids, sample, problems);
        } else {
            checkOrder(table, ids, sample, problems);
        }
        for (int c = 0; c < kinds.size(); c++) {
            String name = sample.targetColumns().get(c);
            List<String> values = SampleSubmission.column(table, name);
            for (int row = 0; row < values.size(); row++) {
                String value = values.get(row);
                int at = row;
                Optional<String> problem = value.isEmpty() ? Optional.of("the value is missing. Write one for every id.") : kinds.get(c).problem(value);
                problem.ifPresent(text -> problems.add(table.line(at), name, text));
            }
        }
        return new SubmissionCheck(submission.name(), table.rows(), problems.count(), problems.lines());
    }

    /** We read it, Kaggle does not. */
    private static void requireNoUtf16(CsvSource submission) {
        try (InputStream in = submission.open()) {
            byte[] start = in.readNBytes(2);
            if (Arrays.equals(start, new byte[] {(byte) 0xfe, (byte) 0xff}) || Arrays.equals(start, new byte[] {(byte) 0xff, (byte) 0xfe})) {
                throw DataException.in(submission.name(), "it is UTF-16, Kaggle reads UTF-8. Save it as UTF-8.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What may stand in each target column: read off the sample and, where there is one, the training set's column of that name. */
    public static List<ValueKind> kinds(SampleSubmission sample, Optional<CsvSource> train) {
        Optional<Table> table = train.map(source -> Table.read(source, TableOptions.DEFAULT));
        return IntStream.range(0, sample.targetColumns().size()).mapToObj(c -> {
            Set<String> labels = table.map(t -> labels(t, sample.targetColumns().get(c))).orElse(Set.of());
            return ValueKind.of(sample.values().get(c), labels);
        }).toList();
    }

    /** Distinct texts of the training column with that name in any case; empty where there is none, it has fractions, or too many. */
    private static Set<String> labels(Table train, String target) {
        Optional<String> name = train.columnNames().stream().filter(n -> n.toLowerCase(Locale.ROOT).equals(target.toLowerCase(Locale.ROOT))).findFirst();
        if (name.isEmpty()) {
            return Set.of();
        }
        var column = train.column(name.get());
        Set<String> labels = new TreeSet<>();
        for (int row = 0; row < train.rows() && labels.size() <= ValueKind.MOST_LABELS; row++) {
            if (column.isMissing(row)) {
                continue;
            }
            if (column instanceof NumberColumn numbers && numbers.value(row) != Math.rint(numbers.value(row))) {
                return Set.of();
            }
            labels.add(column.text(row));
        }
        return labels.size() > ValueKind.MOST_LABELS ? Set.of() : labels;
    }

    private static void checkIds(Table table, List<String> ids, SampleSubmission sample, Problems problems) {
        Set<String> known = new HashSet<>(sample.ids());
        Map<String, Long> seen = new HashMap<>();
        for (int row = 0; row < ids.size(); row++) {
            String id = ids.get(row);
            Long before = seen.putIfAbsent(id, table.line(row));
            if (id.isEmpty()) {
                problems.add(table.line(row), sample.idColumn(), "the id is missing.");
            } else if (!known.contains(id)) {
                problems.add(table.line(row), sample.idColumn(), "id '" + id + "' is not in " + sample.source() + ". Remove the row.");
            } else if (before != null) {
                problems.add(table.line(row), sample.idColumn(), "id '" + id + "' stands in line " + before + " already. Remove one of them.");
            }
        }
        for (int row = 0; row < sample.rows(); row++) {
            if (!seen.containsKey(sample.ids().get(row))) {
                problems.add(0, sample.idColumn(), "id '" + sample.ids().get(row) + "' is missing (row " + (row + 1) + " of " + sample.source() + "). Add a row for it.");
            }
        }
    }

    private static void checkOrder(Table table, List<String> ids, SampleSubmission sample, Problems problems) {
        int both = Math.min(ids.size(), sample.rows());
        for (int row = 0; row < both; row++) {
            if (!ids.get(row).equals(sample.ids().get(row))) {
                problems.add(table.line(row), sample.idColumn(), "expected id '" + sample.ids().get(row) + "' here, found '" + ids.get(row)
                        + "': ids repeat in " + sample.source() + ", so the order must be its order.");
                break;
            }
        }
        if (ids.size() != sample.rows()) {
            problems.add(0, null, "it has " + ids.size() + " rows, expected " + sample.rows() + ".");
        }
    }

    /** Collects problems up to a readable number and counts the rest. */
    private static final class Problems {
        private final String file;
        private final List<String> lines = new ArrayList<>();
        private int more;

        Problems(String file) {
            this.file = file;
        }

        void add(long line, String column, String text) {
            if (lines.size() < MOST_PROBLEMS) {
                lines.add(DataException.at(file, line, column, text).getMessage());
            } else {
                more++;
            }
        }

        int count() {
            return lines.size() + more;
        }

        List<String> lines() {
            if (more == 0) {
                return lines;
            }
            List<String> all = new ArrayList<>(lines);
            all.add(file + ": and " + more + " more like these.");
            return all;
        }
    }
}
