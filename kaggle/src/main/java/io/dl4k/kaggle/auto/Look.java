package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.NumberColumn;
import io.dl4k.kaggle.recipe.ColumnKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What a column of the training and the test table holds, at a look.
 *
 * @param kind of column
 * @param reason why it is ignored; empty where it is not
 */
record Look(ColumnKind kind, String reason) {
    /** Texts that are read closely; distinct values are counted in all rows. */
    private static final int READ = 5000;
    /** Whole numbers with no more values than this are levels, if each has some rows. */
    private static final int MOST_LEVELS = 20;
    private static final int ROWS_A_LEVEL = 10;
    /** Texts of which at least half the rows have their own, and of more words than this, are free text. */
    private static final double WORDS_OF_TEXT = 1.5;
    /** Texts of that many words are free text though they repeat. */
    private static final double WORDS_OF_REPEATED_TEXT = 5;
    /** Names have fewer. */
    private static final double WORDS_OF_A_SENTENCE = 8;
    private static final double MOST = 0.9;
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{8,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

    static Look at(Column train, Column test) {
        if (train.missing() == train.size()) {
            return ignored("it is empty in the training set");
        }
        return train instanceof NumberColumn numbers && numeric(test) ? ofNumbers(numbers, test) : ofTexts(train);
    }

    /** @param column of the test table, which may be text for being empty */
    private static boolean numeric(Column column) {
        return column instanceof NumberColumn || column.missing() == column.size();
    }

    private static Look ofNumbers(NumberColumn column, Column test) {
        Set<Double> distinct = new HashSet<>();
        boolean rising = true;
        for (int row = 0; row < column.size(); row++) {
            if (!column.isMissing(row)) {
                distinct.add(column.value(row));
            }
            rising &= row == 0 || column.value(row) == column.value(row - 1) + 1;
        }
        int present = column.size() - column.missing();
        if (distinct.size() == 1 && column.missing() == 0) {
            return ignored("all training rows have " + column.text(0));
        }
        if (rising && column.size() > 2) {
            return ignored("it counts the rows");
        }
        if (!column.isWhole()) {
            return of(ColumnKind.NUMBER);
        }
        if (Dates.of(texts(column)).isPresent() && distinct.stream().allMatch(x -> x >= 18_000_000)) {
            return of(ColumnKind.DATE);
        }
        boolean few = distinct.size() > 2 && distinct.size() <= MOST_LEVELS && present >= (long) ROWS_A_LEVEL * distinct.size();
        return of(few ? ColumnKind.LEVEL : ColumnKind.NUMBER);
    }

    private static Look ofTexts(Column column) {
        Set<String> distinct = new HashSet<>();
        for (int row = 0; row < column.size(); row++) {
            if (!column.isMissing(row)) {
                distinct.add(column.text(row));
            }
        }
        int present = column.size() - column.missing();
        if (distinct.size() == 1 && column.missing() == 0) {
            return ignored("all training rows have '" + column.text(0) + "'");
        }
        List<String> texts = texts(column).stream().filter(t -> t != null && !t.isBlank()).toList();
        if (texts.isEmpty()) {
            return of(ColumnKind.CATEGORY);
        }
        if (Dates.of(texts).isPresent()) {
            return of(ColumnKind.DATE);
        }
        if (Measures.look(texts)) {
            return of(ColumnKind.MEASURE);
        }
        double own = (double) distinct.size() / present;
        double words = texts.stream().mapToInt(t -> SPACE.split(t.strip()).length).average().orElse(0);
        double digits = share(texts, t -> t.chars().anyMatch(Character::isDigit));
        if (distinct.size() == present && share(texts, t -> HASH.matcher(t).matches()) >= MOST) {
            return ignored("every row has its own, and it says nothing");
        }
        boolean many = distinct.size() > MOST_LEVELS;
        if (many && (words >= WORDS_OF_REPEATED_TEXT || own >= 0.5 && words >= WORDS_OF_TEXT && digits < MOST)) {
            return of(ColumnKind.TEXT);
        }
        if (many && digits >= 0.5 && (own >= 0.1 || distinct.size() > 200)) {
            return of(ColumnKind.CODE);
        }
        if (many && distinct.size() == present) {
            return ignored("every row has its own");
        }
        return of(ColumnKind.CATEGORY);
    }

    /** {@return whether a column of texts holds names rather than sentences} */
    static boolean names(Column column) {
        return words(column) < WORDS_OF_A_SENTENCE;
    }

    /** {@return words a row has on average, of up to some thousand rows} */
    static double words(Column column) {
        return texts(column).stream().filter(t -> t != null && !t.isBlank()).mapToInt(t -> SPACE.split(t.strip()).length).average().orElse(0);
    }

    /** Texts of rows spread over the column. */
    static List<String> texts(Column column) {
        int step = Math.max(1, column.size() / READ);
        List<String> texts = new ArrayList<>();
        IntStream.iterate(0, row -> row < column.size(), row -> row + step).forEach(row -> texts.add(column.text(row)));
        return texts;
    }

    private static double share(List<String> texts, java.util.function.Predicate<String> has) {
        return (double) texts.stream().filter(has).count() / texts.size();
    }

    private static Look of(ColumnKind kind) {
        return new Look(kind, "");
    }

    private static Look ignored(String reason) {
        return new Look(ColumnKind.IGNORE, reason);
    }
}
