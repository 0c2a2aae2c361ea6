package io.dl4k.accel.program;

/** Shape of a buffer in logical order; how the cells lie in memory is the device's choice.
 *
 *  @param kind what the dimensions mean
 *  @param a rows of a table, batch of images, time steps of a sequence
 *  @param b features of a table, channels of images, batch of a sequence
 *  @param c height of images, features of a sequence; 1 for tables
 *  @param d width of images; 1 otherwise */
public record Shape(Kind kind, long a, long b, long c, long d) {
    /** TABLE [rows, features], IMAGE [batch, channels, height, width], SEQUENCE [time, batch, features]. */
    public enum Kind { TABLE, IMAGE, SEQUENCE }

    public Shape {
        if (a < 1 || b < 1 || c < 1 || d < 1) throw new IllegalArgumentException("empty " + kind + " " + a + "x" + b + "x" + c + "x" + d);
    }

    /** Rows by features. */
    public static Shape table(long rows, long features) {
        return new Shape(Kind.TABLE, rows, features, 1, 1);
    }

    /** Batch, channels, height, width. */
    public static Shape image(long batch, long channels, long height, long width) {
        return new Shape(Kind.IMAGE, batch, channels, height, width);
    }

    /** Time, batch, features. */
    public static Shape sequence(long time, long batch, long features) {
        return new Shape(Kind.SEQUENCE, time, batch, features, 1);
    }

    /** Number of cells. */
    public long length() {
        return a * b * c * d;
    }

    /** The dimensions this kind has. */
    public long[] dims() {
        return switch (kind) {
            case TABLE -> new long[] {a, b};
            case IMAGE -> new long[] {a, b, c, d};
            case SEQUENCE -> new long[] {a, b, c};
        };
    }
}
