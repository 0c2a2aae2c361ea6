package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.Table;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.GroupRate;
import io.dl4k.kaggle.features.TargetEncoding;
import io.dl4k.kaggle.recipe.ColumnKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;

/**
 * How those fared whom a row goes with: a family by its name, a party by tickets that follow each other. All of them, and apart on each side of columns that part the
 * rows in two: where sides fare differently, the women of a family may tell what its men do not.
 *
 * @param column that ties rows
 * @param tie what tied rows have in common
 * @param circles all that are tied, then those of each side
 */
record Company(String column, Tie tie, List<Circle> circles) {
    /** Rows' worth of doubt: companies are small. */
    private static final double SMOOTHING = 1;
    /** Values of a column that ties rows; with fewer it is a category. */
    private static final int FEWEST = 12;
    /** Share of the rows that must not be alone. */
    private static final double TIED = 0.1;

    /** What tied rows have in common. */
    enum Tie {
        /** All but the last character of a code: {@code C123} and {@code C126}. */
        BUT_LAST(ColumnKind.CODE) {
            @Override
            String of(String text) {
                return text.length() < 3 ? text : text.substring(0, text.offsetByCodePoints(text.length(), -1));
            }
        },
        /** What stands before the comma: {@code Smith, Mary}. */
        BEFORE_COMMA(ColumnKind.TEXT) {
            @Override
            String of(String text) {
                int comma = text.indexOf(',');
                return comma < 0 ? null : text.substring(0, comma).strip();
            }
        },
        /** The first word: a brand. */
        FIRST_WORD(ColumnKind.TEXT) {
            @Override
            String of(String text) {
                return text.split("\\s+", 2)[0];
            }
        },
        /** The last word: {@code Mary Smith}. */
        LAST_WORD(ColumnKind.TEXT) {
            @Override
            String of(String text) {
                return text.substring(text.lastIndexOf(' ') + 1);
            }
        };

        private final ColumnKind kind;

        Tie(ColumnKind kind) {
            this.kind = kind;
        }

        /** @param text not empty  @return null where it ties to none */
        abstract String of(String text);

        String of(Column column, int row) {
            String text = Source.level(column, row);
            return text == null ? null : of(text);
        }
    }

    /**
     * Some of those that are tied.
     *
     * @param flag column that parts the rows in two; empty: all are meant
     * @param side its value
     * @param rates by what ties them
     */
    record Circle(String flag, String side, GroupRate rates) {
        String name() {
            return flag.isEmpty() ? "" : " with " + flag + "=" + side;
        }
    }

    /** How the others of a circle fared that a row is tied to. */
    @FunctionalInterface
    interface Fate {
        double of(int circle, int row, String key);
    }

    /**
     * Learned from the training rows of a fold.
     *
     * @param company to keep
     * @param fates of the training rows, each by other rows
     */
    record Fitted(Company company, Fate fates) {
        void addTo(Frame frame, Table table) {
            company.addTo(frame, table, fates);
        }
    }

    Company {
        circles = List.copyOf(circles);
    }

    /**
     * Learns all companies of a column.
     *
     * @param rows the training rows of the fold; no other row is looked at
     * @param sides values of columns that part the rows in two, by the column
     * @param target a row's target
     * @param parts in which rows are learned from others
     */
    static List<Fitted> of(Table train, String column, ColumnKind kind, int[] rows, Map<String, List<String>> sides, IntToDoubleFunction target, int parts) {
        Column values = train.column(column);
        if (kind == ColumnKind.TEXT && !Look.names(values)) {
            return List.of();
        }
        List<Fitted> all = new ArrayList<>();
        for (Tie tie : Tie.values()) {
            // Before a comma stands the name: what words the rest begins and ends with ties nobody.
            boolean told = tie.kind == ColumnKind.TEXT && !all.isEmpty() && all.get(0).company().tie() == Tie.BEFORE_COMMA;
            if (tie.kind == kind && !told && ties(tie, values, rows)) {
                all.add(fit(train, values, tie, rows, sides, target, parts));
            }
        }
        return all;
    }

    private static boolean ties(Tie tie, Column column, int[] rows) {
        Map<String, Integer> counts = new HashMap<>();
        Arrays.stream(rows).mapToObj(row -> tie.of(column, row)).filter(Objects::nonNull).forEach(key -> counts.merge(key, 1, Integer::sum));
        return counts.size() >= FEWEST && counts.values().stream().filter(n -> n > 1).mapToInt(n -> n).sum() >= TIED * rows.length;
    }

    private static Fitted fit(Table train, Column column, Tie tie, int[] rows, Map<String, List<String>> sides, IntToDoubleFunction target, int parts) {
        List<Circle> circles = new ArrayList<>();
        List<TargetEncoding> encodings = new ArrayList<>();
        long seed = column.name().hashCode() + tie.ordinal();
        encodings.add(TargetEncoding.fit(rows, row -> tie.of(column, row), target, SMOOTHING, parts, seed));
        circles.add(new Circle("", "", encodings.get(0).rates()));
        sides.forEach((flag, values) -> {
            Column flags = train.column(flag);
            for (String side : values) {
                int[] some = Arrays.stream(rows).filter(row -> side.equals(side(flags, row))).toArray();
                if (some.length >= parts) {
                    TargetEncoding encoding = TargetEncoding.fit(some, row -> tie.of(column, row), target, SMOOTHING, parts, seed);
                    circles.add(new Circle(flag, side, encoding.rates()));
                    encodings.add(encoding);
                }
            }
        });
        return new Fitted(new Company(column.name(), tie, circles), (circle, row, key) -> encodings.get(circle).of(row, key));
    }

    /** {@return the row's side of a column that parts the rows in two} */
    static String side(Column column, int row) {
        return String.valueOf(Source.level(column, row));
    }

    /** Adds the features of rows that were not learned from. */
    void addTo(Frame frame, Table table) {
        addTo(frame, table, (circle, row, key) -> circles.get(circle).rates().of(key));
    }

    private void addTo(Frame frame, Table table, Fate fates) {
        Column values = table.column(column);
        for (int i = 0; i < circles.size(); i++) {
            int circle = i;
            frame.number(column + " " + tie.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " fate" + circles.get(i).name(),
                    row -> fates.of(circle, row, tie.of(values, row)));
        }
    }
}
