package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import java.util.regex.Pattern;

/**
 * Columns of numbers of which some are written so that no double holds them, or as other programs write them: {@code 1e400}, {@code inf}, {@code 1,5}. A single one
 * makes the whole column one of text, which nobody means.
 */
final class AlmostNumbers {
    /** Leading zeros and more digits than a double holds are no slips: such columns are codes. */
    private static final Pattern SLIP = Pattern.compile("\\s*[+-]?((0|[1-9]\\d{0,14})?[.,]\\d*|0|[1-9]\\d{0,14}|inf|infinity)([eE][+-]?\\d+)?\\s*", Pattern.CASE_INSENSITIVE);

    private AlmostNumbers() {
    }

    /** @throws DataException with line and value of the first slip, if all but slips are numbers in both tables */
    static void requireNone(Table train, Table test, String column) {
        int slip = slip(train, column);
        if (slip >= 0) {
            throw refusal(train, column, slip);
        }
        boolean measures = train.column(column) instanceof NumberColumn numbers && numbers.missing() < numbers.size();
        int tested = measures ? slip(test, column) : -1;
        if (tested >= 0) {
            throw refusal(test, column, tested);
        }
    }

    /** As above, for a column that only the training table need have. */
    static void requireNone(Table train, String column) {
        int slip = slip(train, column);
        if (slip >= 0) {
            throw refusal(train, column, slip);
        }
    }

    private static DataException refusal(Table table, String column, int row) {
        return DataException.at(table.name(), table.line(row), column, "expected a number as in other rows, found '" + table.column(column).text(row)
                + "'. Write a finite one with a decimal point, or say in a recipe what the column holds: 'columns: {" + column + ": code}'.");
    }

    /** @return the first row with a slip; below 0 if there is none, or if a text is no number at all */
    private static int slip(Table table, String name) {
        Column column = table.column(name);
        if (column instanceof NumberColumn) {
            return -1;
        }
        int first = -1;
        for (int row = 0; row < column.size(); row++) {
            String text = column.text(row);
            if (text == null || NumberColumn.holds(text)) {
                continue;
            }
            if (!SLIP.matcher(text).matches()) {
                return -1;
            }
            first = first < 0 ? row : first;
        }
        return first;
    }
}
