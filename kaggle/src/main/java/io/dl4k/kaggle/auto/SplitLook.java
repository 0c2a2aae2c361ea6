package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.SplitSpec;
import io.dl4k.kaggle.recipe.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How Kaggle parted training rows from test rows, at a look.
 *
 * @param split that does the same
 * @param reason for people
 */
record SplitLook(SplitSpec split, String reason) {
    /** Test rows lie in blocks of time if their number of runs is below this part of what chance would give. */
    private static final double IN_BLOCKS = 0.2;
    /** Test rows come after the training rows if this share of them does. */
    private static final double LATER = 0.99;
    /** Groups are new in the test set if no more than this share of its rows has one of the training set. */
    private static final double KNOWN = 0.02;
    private static final int FEWEST_GROUPS = 20;
    /** Below this share of rows that repeat another's text, it does not matter where they fall. */
    private static final double REPEATED = 0.003;

    static SplitLook at(Table train, Table test, Map<String, ColumnKind> columns, Set<String> others, Task task) {
        for (Map.Entry<String, ColumnKind> column : columns.entrySet()) {
            if (column.getValue() == ColumnKind.DATE) {
                Optional<SplitLook> time = ofTime(column.getKey(), train.column(column.getKey()), test.column(column.getKey()));
                if (time.isPresent()) {
                    return time.get();
                }
            }
        }
        for (String name : train.columnNames()) {
            ColumnKind kind = columns.getOrDefault(name, ColumnKind.IGNORE);
            if (!others.contains(name) && test.has(name) && Set.of(ColumnKind.CATEGORY, ColumnKind.CODE, ColumnKind.NUMBER, ColumnKind.IGNORE).contains(kind)
                    && strangers(train.column(name), test.column(name)) && ofGroups(groups(train.column(name)), groups(test.column(name)))) {
                return new SplitLook(SplitSpec.by(SplitSpec.Kind.GROUPED, name), "the groups of '" + name + "' in the test set are not in the training set");
            }
        }
        for (Map.Entry<String, ColumnKind> column : columns.entrySet()) {
            Column texts = train.column(column.getKey());
            if (column.getValue() == ColumnKind.TEXT && Look.words(texts) >= 3) {
                List<String> keys = texts(texts).stream().map(Grouping::normal).filter(t -> !t.isEmpty()).toList();
                if (keys.size() - new HashSet<>(keys).size() >= REPEATED * train.rows()) {
                    return new SplitLook(SplitSpec.by(SplitSpec.Kind.GROUPED, column.getKey()), "rows repeat each other's '" + column.getKey() + "', and must not be on both sides");
                }
            }
        }
        return new SplitLook(SplitSpec.of(SplitSpec.Kind.STRATIFIED), task.ofClasses() ? "every fold has the same share of each class" : "every fold has small and large numbers alike");
    }

    private static List<String> texts(Column column) {
        return IntStream.range(0, column.size()).mapToObj(row -> column.isMissing(row) ? "" : column.text(row)).toList();
    }

    private record Row(double seconds, boolean tested) {
    }

    /** Seconds from the first to the last row of a block of test rows: the median. */
    private static double length(List<Row> sorted) {
        List<Double> lengths = new ArrayList<>();
        double first = 0;
        for (int i = 0; i < sorted.size(); i++) {
            Row row = sorted.get(i);
            if (row.tested() && (i == 0 || !sorted.get(i - 1).tested())) {
                first = row.seconds();
            }
            if (row.tested() && (i + 1 == sorted.size() || !sorted.get(i + 1).tested())) {
                lengths.add(row.seconds() - first);
            }
        }
        lengths.sort(null);
        return lengths.get(lengths.size() / 2);
    }

    private static Optional<SplitLook> ofTime(String name, Column train, Column test) {
        Optional<Dates> dates = Dates.of(Look.texts(train));
        if (dates.isEmpty()) {
            return Optional.empty();
        }
        Dates.Reader reader = dates.get().reader();
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < train.size(); row++) {
            rows.add(new Row(reader.seconds(train.text(row)), false));
        }
        for (int row = 0; row < test.size(); row++) {
            rows.add(new Row(reader.seconds(test.text(row)), true));
        }
        rows.removeIf(row -> Double.isNaN(row.seconds()));
        // At one moment training rows first, so that rows which share a date do not count as blocks of their own.
        rows.sort(Comparator.comparingDouble(Row::seconds).thenComparing(Row::tested));
        long tested = rows.stream().filter(Row::tested).count();
        double last = rows.stream().filter(r -> !r.tested()).mapToDouble(Row::seconds).max().orElse(0);
        double share = (double) tested / rows.size();
        if (tested == 0 || tested == rows.size()) {
            return Optional.empty();
        }
        if (rows.stream().filter(r -> r.tested() && r.seconds() >= last).count() >= LATER * tested) {
            double end = rows.stream().mapToDouble(Row::seconds).max().orElse(last);
            return Optional.of(new SplitLook(split(SplitSpec.Kind.LATER, name, end - last), "by '" + name + "' the test rows lie after the training rows"));
        }
        long runs = IntStream.range(1, rows.size()).filter(i -> rows.get(i).tested() != rows.get(i - 1).tested()).count();
        if (runs < IN_BLOCKS * 2 * rows.size() * share * (1 - share) && spans(rows.stream().map(Row::seconds).toList()) > runs) {
            return Optional.of(new SplitLook(split(SplitSpec.Kind.BLOCKS, name, length(rows)), "by '" + name + "' the test rows lie in blocks between the training rows"));
        }
        return Optional.empty();
    }

    private static SplitSpec split(SplitSpec.Kind kind, String column, double seconds) {
        double days = Math.round(100 * seconds / 86_400) / 100.0;
        return days > 0 ? SplitSpec.byTime(kind, column, days) : SplitSpec.by(kind, column);
    }

    /** Few distinct moments, each with training and test rows, look like blocks and are none. */
    private static long spans(List<Double> seconds) {
        return seconds.stream().distinct().count();
    }

    /** A quick look at some rows, that spares most columns the long one: measures are no groups, nor are values that both tables show at once. */
    private static boolean strangers(Column train, Column test) {
        if (train instanceof NumberColumn numbers && !numbers.isWhole()) {
            return false;
        }
        Set<String> known = new HashSet<>(Look.texts(train));
        List<String> tested = Look.texts(test);
        return tested.stream().filter(known::contains).count() <= 2 * KNOWN * tested.size();
    }

    private static List<String> groups(Column column) {
        return Grouping.of(column).keys();
    }

    private static boolean ofGroups(List<String> train, List<String> test) {
        Set<String> known = new HashSet<>(train);
        Set<String> tested = new HashSet<>(test);
        boolean repeated = known.size() >= FEWEST_GROUPS && tested.size() >= FEWEST_GROUPS && known.size() <= 0.95 * train.size();
        return repeated && test.stream().filter(known::contains).count() <= KNOWN * test.size()
                && train.stream().collect(Collectors.groupingBy(k -> k, Collectors.counting())).values().stream().mapToLong(n -> n).max().orElse(0) <= train.size() / 4;
    }
}
