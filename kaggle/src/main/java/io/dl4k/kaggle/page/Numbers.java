package io.dl4k.kaggle.page;

import java.util.Locale;

/** Numbers as people read them, the same on every machine. */
public final class Numbers {
    /** What is smaller is a rounding of zero. */
    private static final double LEAST = 1e-9;

    private Numbers() {
    }

    /** Four decimals, more where a small number would lose its digits; a dash for NaN. */
    public static String text(double x) {
        if (Double.isNaN(x)) {
            return "–";
        }
        double size = Math.abs(x);
        if (size < LEAST) {
            return "0.0000";
        }
        return String.format(Locale.ROOT, size >= 1e12 ? "%.1e" : size >= 1000 ? "%,.1f" : size >= 0.001 ? "%.4f" : "%.2e", x);
    }

    /** With commas between thousands. */
    public static String grouped(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** A count and its noun. @param what in the singular, to which an s is added */
    public static String plural(long n, String what) {
        return grouped(n) + " " + what + (n == 1 ? "" : "s");
    }
}
