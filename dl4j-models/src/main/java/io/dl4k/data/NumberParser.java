package io.dl4k.data;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Set;

/**
 * The grammar of numbers: what JSON calls a number, {@code -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?}, as long as a double holds it: whole numbers up to
 * 2^53, nothing that overflows to infinity or underflows to zero. So {@code 007}, {@code +5}, {@code .5}, {@code 1,5}, {@code 1e400} and 9007199254740993 are text.
 * Holds the last number parsed; one per reader, not thread-safe.
 */
final class NumberParser {
    /** What a field is. */
    enum Kind { TEXT, WHOLE, DECIMAL }

    /** Form of a decimal that only its value remembers: more than 15 digits, or an exponent. */
    static final byte SHORTEST = -1;

    private static final long LARGEST_EXACT = 1L << 53;
    private static final int EXACT_DIGITS = 15;
    /** Numbers from about 1e-18 to 1e18 print without an exponent. */
    private static final int PLAIN_BITS = 60;
    private static final double[] POWERS = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    private static final Set<String> MISSING = Set.of("NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "NULL", "null", "None");
    private static final int LONGEST_MISSING = 4;

    private double value;
    private byte form;

    /** Value of the last number parsed. */
    double value() {
        return value;
    }

    /** Digits after the point of the last number parsed, if they and the value give back its text; otherwise {@link #SHORTEST}. */
    byte form() {
        return form;
    }

    /** A whole number from 0 to 255 as it prints, else -1. */
    static int smallInt(char[] chars, int offset, int length) {
        if (length < 1 || length > 3) return -1;
        int first = chars[offset] - '0';
        if (first < 0 || first > 9) return -1;
        if (length == 1) return first;
        if (first == 0) return -1;
        int second = chars[offset + 1] - '0';
        if (second < 0 || second > 9) return -1;
        int value = first * 10 + second;
        if (length == 2) return value;
        int third = chars[offset + 2] - '0';
        if (third < 0 || third > 9) return -1;
        value = value * 10 + third;
        return value <= 255 ? value : -1;
    }

    /** Whether the field is a spelling of "no value" that a column of numbers may hold. */
    static boolean isMissing(char[] chars, int offset, int length) {
        return length >= 2 && length <= LONGEST_MISSING && MISSING.contains(new String(chars, offset, length));
    }

    static boolean isMissing(String text) {
        return MISSING.contains(text);
    }

    Kind parse(String text) {
        return parse(text.toCharArray(), 0, text.length());
    }

    Kind parse(char[] chars, int offset, int length) {
        int end = offset + length;
        int i = offset;
        boolean negative = i < end && chars[i] == '-';
        if (negative) i++;
        int first = i;
        long digits = 0;        // the first 18 significant digits
        int significant = 0;
        for (; i < end && isDigit(chars[i]); i++) {
            if (significant > 0 || chars[i] != '0') significant++;
            if (significant <= 18) digits = digits * 10 + (chars[i] - '0');
        }
        if (i == first || chars[first] == '0' && i > first + 1) return Kind.TEXT;
        if (i == end) return whole(negative, digits, significant);

        int fraction = 0;
        if (chars[i] == '.') {
            int start = ++i;
            for (; i < end && isDigit(chars[i]); i++) {
                if (significant > 0 || chars[i] != '0') significant++;
                if (significant <= 18) digits = digits * 10 + (chars[i] - '0');
            }
            fraction = i - start;
            if (fraction == 0) return Kind.TEXT;
        }
        if (i == end && significant <= EXACT_DIGITS && fraction < POWERS.length) {
            // Both operands are exact doubles, so the quotient is rounded once: the same as parsing the text.
            double exact = digits / POWERS[fraction];
            value = negative ? -exact : exact;
            form = (byte) fraction;
            return Kind.DECIMAL;
        }
        if (i < end) {
            if (chars[i] != 'e' && chars[i] != 'E') return Kind.TEXT;
            i++;
            if (i < end && (chars[i] == '+' || chars[i] == '-')) i++;
            int start = i;
            while (i < end && isDigit(chars[i])) i++;
            if (i == start || i < end) return Kind.TEXT;
        }
        double parsed = Double.parseDouble(new String(chars, offset, length));
        if (Double.isInfinite(parsed) || parsed == 0 && significant > 0) return Kind.TEXT;
        value = parsed;
        form = SHORTEST;
        return Kind.DECIMAL;
    }

    private Kind whole(boolean negative, long digits, int significant) {
        if (significant > 16 || digits > LARGEST_EXACT) return Kind.TEXT;
        value = negative ? -(double) digits : digits;
        form = 0;
        return negative && digits == 0 ? Kind.DECIMAL : Kind.WHOLE;   // minus zero is no int
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The text of a number parsed earlier, from its value and form. */
    static String print(double value, byte form) {
        if (form != SHORTEST) {
            String text = new BigDecimal(value).setScale(form, RoundingMode.HALF_EVEN).toPlainString();
            return value == 0 && 1 / value < 0 ? "-" + text : text;
        }
        String shortest = Double.toString(value);
        if (value == 0) return 1 / value < 0 ? "-0" : "0";
        return Math.abs(Math.getExponent(value)) > PLAIN_BITS ? shortest : new BigDecimal(shortest).stripTrailingZeros().toPlainString();
    }
}
