package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.Grades;
import io.dl4k.kaggle.features.GroupRate;
import io.dl4k.kaggle.features.PiecewiseScale;
import io.dl4k.kaggle.features.QuantileScale;
import io.dl4k.kaggle.recipe.ColumnKind;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A column and what was learned about it.
 *
 * @param name of the column
 * @param kind of the column
 * @param logarithm whether its numbers are given by their logarithm
 * @param low what smaller numbers are taken for: a network should not extrapolate far
 * @param high what larger numbers are taken for
 * @param dates how its dates are written; empty where it has none
 * @param asked where by its dates the rows to predict lie
 * @param flags columns that part the rows in two; each hour of a date counts apart in either part
 * @param quantiles ranks of its numbers; empty where they are not used
 * @param grades the order of its words; empty where they have none
 * @param pieces of its numbers; empty where they are not used
 * @param rates how its values fared; empty where that is not used
 */
record Source(String name, ColumnKind kind, boolean logarithm, double low, double high, List<Dates> dates, Asked asked, List<String> flags, List<Grades> grades,
        List<QuantileScale> quantiles, List<PiecewiseScale> pieces, List<GroupRate> rates) {
    private static final Pattern LETTERS = Pattern.compile("\\p{L}+");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,15}");
    private static final Pattern PART = Pattern.compile("\\p{L}+|\\d+");
    private static final int LONGEST_PREFIX = 6;
    private static final double SECONDS_A_DAY = 86_400;
    /** A day may have two rush hours, a year two seasons. */
    private static final int CLOCK_CYCLES = 4;
    private static final int SEASON_CYCLES = 2;

    /** Where the rows to predict lie: what is new there a network has learned nothing of. */
    enum Asked {
        /** Anywhere. */
        ANYWHERE,
        /** Between training rows, on days of the month that these may not have. */
        BETWEEN,
        /** After all training rows, in months and years that these do not have. */
        AFTER
    }

    /** Where most of a column's numbers lie, widened, so that an end that many share stays where it is. */
    record Range(double low, double high) {
        private static final double TAIL = 0.005;
        /** Beyond this a float's squares overflow. */
        private static final double LARGEST = 1e15;

        static Range of(double[] numbers) {
            double[] sorted = java.util.Arrays.stream(numbers).filter(x -> !Double.isNaN(x)).sorted().toArray();
            if (sorted.length == 0) {
                return new Range(0, 0);
            }
            int tail = (int) (TAIL * sorted.length);
            double low = sorted[tail];
            double high = sorted[sorted.length - 1 - tail];
            return low < high ? new Range(Math.max(-LARGEST, low), Math.min(LARGEST, high))
                    : new Range(Math.max(-LARGEST, sorted[0]), Math.min(LARGEST, sorted[sorted.length - 1]));
        }
    }

    Source {
        dates = List.copyOf(dates);
        flags = List.copyOf(flags);
        grades = List.copyOf(grades);
        quantiles = List.copyOf(quantiles);
        pieces = List.copyOf(pieces);
        rates = List.copyOf(rates);
    }

    /** {@return the same by itself, without ranks, pieces and rates} */
    Source plain() {
        return new Source(name, kind, logarithm, low, high, dates, asked, flags, grades, List.of(), List.of(), List.of());
    }

    /** {@return the column's value as a category, null if missing: numbers by their value, so that 1 and 1.0 are the same} */
    static String level(Column column, int row) {
        if (column.isMissing(row)) {
            return null;
        }
        if (column instanceof NumberColumn numbers) {
            double x = numbers.value(row);
            return x == Math.rint(x) && Math.abs(x) < 1e15 ? String.valueOf((long) x) : String.valueOf(x);
        }
        String text = column.text(row).strip();
        return text.isEmpty() ? null : text;
    }

    /** Adds the column's features. @param rate a row's, where rates are used  @param others fitted rows that have its value, where rates are used */
    void addTo(Frame frame, Table table, IntToDoubleFunction rate, IntToDoubleFunction others) {
        switch (kind) {
            case NUMBER, MEASURE -> addNumber(frame, Measures.of(table, name, frame.active()));
            case LEVEL -> {
                addNumber(frame, Measures.of(table, name, frame.active()));
                frame.category(name + " level", row -> level(table.column(name), row));
            }
            case CATEGORY -> {
                Column column = table.column(name);
                frame.category(name, row -> level(column, row));
                grades.forEach(scale -> frame.number(name + " grade", row -> scale.rank(WordScales.word(column, row))));
            }
            case DATE -> addDate(frame, table);
            case CODE -> addCode(frame, table.column(name));
            case TEXT -> addText(frame, table.column(name));
            case IGNORE -> throw new IllegalStateException("'" + name + "' is ignored");
        }
        if (!rates.isEmpty()) {
            frame.number(name + " rate", rate);
            if (kind == ColumnKind.CODE) {
                // A ticket, a household: how many hold it.
                frame.number(name + " shared", row -> Math.log1p(others.applyAsDouble(row)));
            }
        }
    }

    private void addNumber(Frame frame, double[] numbers) {
        frame.number(name, row -> {
            double x = Math.max(low, Math.min(high, numbers[row]));
            return logarithm ? Math.log1p(x) : x;
        });
        if (!quantiles.isEmpty()) {
            frame.number(name + " rank", row -> quantiles.get(0).of(numbers[row]));
        }
        for (PiecewiseScale scale : pieces) {
            for (int piece = 0; piece < scale.pieces(); piece++) {
                int number = piece;
                frame.number(name + " piece " + (piece + 1), row -> scale.of(numbers[row], number));
            }
        }
    }

    private void addDate(Frame frame, Table table) {
        Column column = table.column(name);
        Dates.Reader reader = dates.get(0).reader();
        LocalDateTime[] moments = new LocalDateTime[column.size()];
        for (int row : frame.active()) {
            moments[row] = reader.read(column.text(row));
        }
        frame.number(name + " time", row -> moments[row] == null ? Double.NaN : moments[row].toEpochSecond(ZoneOffset.UTC) / SECONDS_A_DAY);
        if (asked != Asked.AFTER) {
            frame.category(name + " year", row -> moments[row] == null ? null : String.valueOf(moments[row].getYear()));
            frame.category(name + " month of year", row -> moments[row] == null ? null : moments[row].getYear() + "-" + moments[row].getMonthValue());
        }
        frame.category(name + " month", row -> moments[row] == null ? null : String.valueOf(moments[row].getMonthValue()));
        frame.category(name + " weekday", row -> moments[row] == null ? null : moments[row].getDayOfWeek().name());
        if (asked != Asked.BETWEEN) {
            frame.number(name + " day", row -> moments[row] == null ? Double.NaN : moments[row].getDayOfMonth());
        }
        cycles(frame, name + " season", SEASON_CYCLES, moments, moment -> moment.getDayOfYear() / 365.25);
        boolean times = java.util.Arrays.stream(moments).anyMatch(m -> m != null && m.toLocalTime().toSecondOfDay() != 0);
        if (times || dates.get(0).timed()) {
            frame.category(name + " hour", row -> moments[row] == null ? null : String.valueOf(moments[row].getHour()));
            frame.category(name + " hour of day off", row -> moments[row] == null ? null : (moments[row].getDayOfWeek().getValue() > 5 ? "off " : "on ") + moments[row].getHour());
            for (String flag : flags) {
                Column parts = table.column(flag);
                frame.category(name + " hour by " + flag, row -> moments[row] == null ? null : level(parts, row) + " " + moments[row].getHour());
            }
            cycles(frame, name + " clock", CLOCK_CYCLES, moments, moment -> moment.toLocalTime().toSecondOfDay() / SECONDS_A_DAY);
        }
    }

    private static void cycles(Frame frame, String name, int most, LocalDateTime[] moments, java.util.function.ToDoubleFunction<LocalDateTime> share) {
        for (int cycle = 1; cycle <= most; cycle++) {
            double turn = 2 * Math.PI * cycle;
            String times = cycle == 1 ? "" : " x " + cycle;
            frame.number(name + " sine" + times, row -> moments[row] == null ? Double.NaN : Math.sin(turn * share.applyAsDouble(moments[row])));
            frame.number(name + " cosine" + times, row -> moments[row] == null ? Double.NaN : Math.cos(turn * share.applyAsDouble(moments[row])));
        }
    }

    private void addCode(Frame frame, Column column) {
        // Those few that many rows share.
        frame.category(name + " whole", row -> level(column, row));
        frame.category(name + " first letters", row -> found(LETTERS, column.text(row), false));
        frame.category(name + " last letters", row -> found(LETTERS, column.text(row), true));
        frame.number(name + " first number", row -> number(found(DIGITS, column.text(row), false)));
        frame.number(name + " last number", row -> number(found(DIGITS, column.text(row), true)));
        frame.number(name + " parts", row -> column.isMissing(row) ? 0 : PART.matcher(column.text(row)).results().count());
        frame.number(name + " length", row -> column.isMissing(row) ? 0 : column.text(row).length());
        frame.flag(name + " known", row -> !column.isMissing(row));
    }

    private static String found(Pattern pattern, String text, boolean last) {
        if (text == null) {
            return null;
        }
        Matcher matcher = pattern.matcher(text);
        String found = null;
        while (matcher.find() && (found == null || last)) {
            found = matcher.group();
        }
        return found == null ? "none" : found.length() > LONGEST_PREFIX && pattern == LETTERS ? found.substring(0, LONGEST_PREFIX) : found;
    }

    private static double number(String digits) {
        return digits == null || digits.equals("none") ? Double.NaN : Math.log1p(Double.parseDouble(digits));
    }

    private void addText(Frame frame, Column column) {
        frame.number(name + " characters", row -> column.isMissing(row) ? 0 : Math.log1p(column.text(row).length()));
        frame.number(name + " words", row -> column.isMissing(row) ? 0 : Math.log1p(column.text(row).strip().split("\\s+").length));
        frame.flag(name + " known", row -> !column.isMissing(row));
    }
}
