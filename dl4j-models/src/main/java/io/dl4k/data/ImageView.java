package io.dl4k.data;

/**
 * One way to look at an image, the same for all images: scaled and turned about its centre, then shifted, with bilinear interpolation; what comes in from
 * outside is 0. Predictions averaged over several views of a row err less than that of one (test-time augmentation).
 *
 * @param right pixels, finite
 * @param down pixels, finite
 * @param degrees in [-180, 180]
 * @param size of the image in the view, 1: as it is; finite, above 0
 */
public record ImageView(double right, double down, double degrees, double size) {
    /** The image itself. */
    public static final ImageView SAME = new ImageView(0, 0, 0, 1);

    /** @throws IllegalArgumentException if a value is outside its range */
    public ImageView {
        if (!(Math.abs(right) < Double.POSITIVE_INFINITY)) throw new IllegalArgumentException("right must be finite, got " + right);
        if (!(Math.abs(down) < Double.POSITIVE_INFINITY)) throw new IllegalArgumentException("down must be finite, got " + down);
        if (!(Math.abs(degrees) <= 180)) throw new IllegalArgumentException("degrees must be in [-180, 180], got " + degrees);
        if (!(size > 0 && size < Double.POSITIVE_INFINITY)) throw new IllegalArgumentException("size must be above 0 and finite, got " + size);
    }

    /** The image moved and nothing else. */
    public static ImageView shifted(double right, double down) {
        return new ImageView(right, down, 0, 1);
    }

    Augmentation.Warp warp() {
        return new Augmentation.Warp(right, down, degrees, size, 0, 0, 0);
    }
}
