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

    /** The shape of an array as DL4J has it: [rows, features], [batch, features, time], or an image.
     *
     *  @param channelsLast whether images are [batch, height, width, channels]
     *  @throws IllegalArgumentException for another number of dimensions */
    public static Shape ofOutside(long[] dims, boolean channelsLast) {
        return switch (dims.length) {
            case 2 -> table(dims[0], dims[1]);
            case 3 -> sequence(dims[2], dims[0], dims[1]);
            case 4 -> channelsLast ? image(dims[0], dims[3], dims[1], dims[2]) : image(dims[0], dims[1], dims[2], dims[3]);
            default -> throw new IllegalArgumentException("an array of " + dims.length + " dimensions");
        };
    }

    /** The other way round. */
    public long[] outside(boolean channelsLast) {
        return switch (kind) {
            case TABLE -> new long[] {a, b};
            case IMAGE -> channelsLast ? new long[] {a, c, d, b} : new long[] {a, b, c, d};
            case SEQUENCE -> new long[] {b, c, a};
        };
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
