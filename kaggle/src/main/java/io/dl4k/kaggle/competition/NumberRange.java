package io.dl4k.kaggle.competition;

import io.dl4k.data.DataException;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;

/**
 * What a column's numbers can be. Far from that, numbers overflow a float on their way into the network, and one such row spoils the scale of all.
 *
 * @param low smallest
 * @param high largest
 */
record NumberRange(int low, int high) {
    static final NumberRange NOT_NEGATIVE = new NumberRange(0, 1_000_000);
    /** Of houses and sales; typing errors of two centuries included. */
    static final NumberRange YEARS = new NumberRange(1500, 2500);

    /** @throws DataException with line and value of the first number outside, or if there is no such column or it holds other than numbers */
    void require(Table table, String name) {
        NumberColumn column = table.numbers(name);
        for (int row = 0; row < table.rows(); row++) {
            double x = column.value(row);
            if (x < low || x > high) {
                throw DataException.at(table.name(), table.line(row), name, "expected a number from " + low + " to " + high + ", found '" + column.text(row) + "'.");
            }
        }
    }
}
