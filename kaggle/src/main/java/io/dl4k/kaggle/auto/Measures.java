package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers that are written for people: {@code $1,250.00}, {@code 45%}, {@code 74 bhp}, {@code 10+ years}, {@code 1.2k}, with {@code ?} or {@code unknown} where there is
 * none. Signs and units are dropped, so that a column should have one unit throughout.
 */
final class Measures {
    /** Share of the texts that must be numbers, and how many different texts may be none. */
    private static final double MOST = 0.9;
    private static final int MOST_WORDS = 5;
    private static final int MOST_UNITS = 4;
    private static final int FEWEST_NUMBERS = 6;
    /** A longer text is no number. */
    private static final int LONGEST = 40;
    private static final Pattern NUMBER = Pattern.compile("[<>~≤≥]? ?(\\(?)([-+]?) ?[$€£¥₹]? ?((?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d*)?|\\d+,\\d{1,2}|\\.\\d+)([eE][-+]?\\d{1,2})?\\+? ?"
            + "([$€£¥₹%]|[kKmMbB]|[\\p{L}²³/°]{1,10}(?: [\\p{L}²³/°]{1,10})?)?\\)?");
    /** An identifier, such as a zip code, not a number. */
    private static final Pattern PADDED = Pattern.compile("0\\d+");

    private Measures() {
    }

    /** {@return the number; NaN if there is none, or the text is null} */
    static double value(String text) {
        if (text == null || text.length() > LONGEST) {
            return Double.NaN;
        }
        Matcher found = NUMBER.matcher(text.strip().replace('\u00a0', ' '));
        if (!found.matches()) {
            return Double.NaN;
        }
        String digits = found.group(3);
        boolean decimalComma = digits.matches("\\d+,\\d{1,2}");
        double size = Double.parseDouble((decimalComma ? digits.replace(',', '.') : digits.replace(",", "")) + (found.group(4) == null ? "" : found.group(4)));
        double unit = found.group(5) == null ? 1 : switch (found.group(5).toLowerCase(Locale.ROOT)) {
            case "k" -> 1e3;
            case "m" -> 1e6;
            case "b" -> 1e9;
            default -> 1;
        };
        return (found.group(1).isEmpty() && !found.group(2).equals("-") ? 1 : -1) * size * unit;
    }

    /** @param texts that are there */
    static boolean look(List<String> texts) {
        Set<Double> numbers = new HashSet<>();
        Set<String> words = new HashSet<>();
        Set<String> units = new HashSet<>();
        int parsed = 0;
        for (String text : texts) {
            double x = value(text);
            if (Double.isNaN(x)) {
                words.add(text);
            } else {
                parsed++;
                numbers.add(x);
                Matcher found = NUMBER.matcher(text.strip().replace('\u00a0', ' '));
                units.add(found.matches() && found.group(5) != null ? found.group(5) : "");
            }
            if (words.size() > MOST_WORDS || units.size() > MOST_UNITS || PADDED.matcher(text.strip()).matches()) {
                return false;
            }
        }
        return parsed >= MOST * texts.size() && numbers.size() >= FEWEST_NUMBERS;
    }

    /** {@return every row's number of a column of numbers or of texts, NaN where there is none} */
    static double[] of(Table table, String name, int[] rows) {
        Column column = table.column(name);
        double[] all = new double[table.rows()];
        for (int row : rows) {
            all[row] = column instanceof NumberColumn numbers ? numbers.value(row) : value(column.text(row));
        }
        return all;
    }

    /** @throws io.dl4k.data.DataException if hardly any text is a number, naming the first that is none */
    static void require(Table table, String name) {
        Column column = table.column(name);
        List<String> texts = Look.texts(column).stream().filter(text -> text != null && !text.isBlank()).toList();
        if (!(column instanceof NumberColumn) && texts.stream().filter(text -> !Double.isNaN(value(text))).count() < texts.size() / 2) {
            table.numbers(name);
        }
    }
}
