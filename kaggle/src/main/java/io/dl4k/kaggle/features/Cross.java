package io.dl4k.kaggle.features;

import java.util.function.IntToDoubleFunction;

/**
 * A feature made of two columns of a {@link Frame}: what a sum of single columns cannot say.
 *
 * @param kind how they are joined
 * @param first of the columns
 * @param second of the columns, of numbers
 * @param low what smaller values are taken for: products of two large numbers lie far from all that was seen
 * @param high what larger values are taken for
 */
public record Cross(Kind kind, Operand first, Operand second, double low, double high) {
    /** Part of the fitted rows beyond either end. */
    private static final double TAIL = 0.005;

    /** A pair before it is known where its values lie. */
    Cross(Kind kind, Operand first, Operand second) {
        this(kind, first, second, -Double.MAX_VALUE, Double.MAX_VALUE);
    }

    /** {@return the same within the range of 99% of the fitted values, or of all where these do not vary} */
    Cross within(double[] fitted) {
        double[] sorted = java.util.Arrays.stream(fitted).filter(x -> !Double.isNaN(x)).sorted().toArray();
        if (sorted.length == 0) {
            return this;
        }
        int tail = (int) (TAIL * sorted.length);
        boolean varied = sorted[tail] < sorted[sorted.length - 1 - tail];
        return new Cross(kind, first, second, sorted[varied ? tail : 0], sorted[sorted.length - 1 - (varied ? tail : 0)]);
    }

    /** How two columns are joined. */
    public enum Kind {
        /** The product of two numbers, each standardised; the square of one. */
        PRODUCT(" x "),
        /** {@code ln(1 + a + b)} of two numbers that are given as {@code ln(1 + a)} and {@code ln(1 + b)}, such as areas. */
        TOTAL(" + "),
        /** One number above 0 divided by another. */
        RATIO(" / "),
        /** The standardised number where a category has one value, else 0. */
        WHERE(" with ");

        private final String sign;

        Kind(String sign) {
            this.sign = sign;
        }
    }

    /**
     * A column.
     *
     * @param name in the frame
     * @param level of a category; empty for a number
     * @param mean of the fitted rows
     * @param deviation of the fitted rows, above 0
     */
    public record Operand(String name, String level, double mean, double deviation) {
        double standardised(double x) {
            return Double.isNaN(x) ? 0 : (x - mean) / deviation;
        }
    }

    String name() {
        return (kind == Kind.WHERE ? first.name() + "=" + first.level() : first.name()) + kind.sign + second.name();
    }

    /** {@return the feature by row, NaN where it cannot be told} */
    IntToDoubleFunction of(Frame frame) {
        double[] b = frame.numberOf(second.name());
        if (kind == Kind.WHERE) {
            String[] categories = frame.categoryOf(first.name());
            return row -> first.level().equals(categories[row]) ? cut(second.standardised(b[row])) : 0;
        }
        double[] a = frame.numberOf(first.name());
        return row -> switch (kind) {
            case PRODUCT -> cut(first.standardised(a[row]) * second.standardised(b[row]));
            case TOTAL -> cut(Math.log1p(size(a[row]) + size(b[row])));
            default -> b[row] > 0 ? cut((a[row] / b[row] - first.mean()) / first.deviation()) : Double.NaN;
        };
    }

    /** What is missing of a size is not there. */
    private static double size(double logarithm) {
        return Double.isNaN(logarithm) ? 0 : Math.expm1(logarithm);
    }

    private double cut(double x) {
        return Math.max(low, Math.min(high, x));
    }
}
