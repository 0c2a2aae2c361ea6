package io.dl4k.kaggle.auto;

import io.dl4k.data.NumberColumn;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells counts from numbers that stand for classes, at a look: counts start at 0, which is common, rise to one peak at most, and thin out to a long tail; a class
 * may be as rare as it likes wherever its number stands.
 */
final class CountLook {
    /** Larger numbers are no classes either: their skewness tells what they are. */
    private static final int LARGEST = 100;
    /** Fewer values, and classes may well stand in such an order by chance, unless the name says that something is counted. */
    private static final int FEWEST_VALUES = 6;
    private static final int FEWEST_NAMED = 3;
    private static final double COMMON = 0.05;
    /** The largest number's share of the commonest one's rows. */
    private static final double THIN = 0.05;
    /** Standard deviations by which a number may be commoner than the one before it though the tail thins out. */
    private static final double NOISE = 3;
    private static final Pattern COUNTED = Pattern.compile("(.*[^a-z])?(counts?|num|number|nb|n|qty|quantity|claims?|visits|frequency|freq)([^a-z].*)?|(num|n)(ber)?of.*");
    private static final Pattern NAMED_CLASS = Pattern.compile(".*(class|type|label|category|species|cluster|kind|group|code).*");

    private CountLook() {
    }

    /** @param column whose missing values do not count */
    static boolean at(NumberColumn column) {
        String name = column.name().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        int[] rows = new int[LARGEST + 1];
        int all = 0;
        for (int row = 0; row < column.size(); row++) {
            double x = column.value(row);
            if (!column.isMissing(row)) {
                if (x < 0 || x > LARGEST || x != Math.rint(x)) {
                    return false;
                }
                rows[(int) x]++;
                all++;
            }
        }
        int peak = 0;
        int last = 0;
        int values = 0;
        for (int x = 0; x <= LARGEST; x++) {
            if (rows[x] > 0) {
                values++;
                last = x;
                peak = rows[x] > rows[peak] ? x : peak;
            }
        }
        boolean enough = !NAMED_CLASS.matcher(name).matches() && values >= (COUNTED.matcher(name).matches() ? FEWEST_NAMED : FEWEST_VALUES);
        return enough && rows[0] >= COMMON * all && rows[last] <= THIN * rows[peak] && onePeak(rows, peak, last);
    }

    private static boolean onePeak(int[] rows, int peak, int last) {
        for (int x = 1; x <= last; x++) {
            int wrong = x <= peak ? rows[x - 1] - rows[x] : rows[x] - rows[x - 1];
            if (wrong > 1 + NOISE * Math.sqrt(rows[x - 1] + rows[x])) {
                return false;
            }
        }
        return true;
    }
}
