package io.dl4k.data;

/**
 * Small random changes of images, drawn anew for every image and epoch. An image is bent, scaled, slanted and turned about its centre, then shifted, with
 * bilinear interpolation; what comes in from outside is 0. Last, a square is set to 0.
 *
 * @param shift most pixels to either side, horizontally and vertically, at least 0
 * @param rotation most degrees either way, in [0, 180]
 * @param scale most change of size: sizes are drawn from [1 - scale, 1 + scale), scale in [0, 1)
 * @param erase side of the erased square in pixels, at least 0; 0: none
 * @param shear most slant either way, pixels to the side for each pixel down, in [0, 1]
 * @param bend most pixels that a part of the image is moved to either side, horizontally and vertically, while parts a third of the image away move
 *     otherwise, at least 0
 */
public record Augmentation(double shift, double rotation, double scale, int erase, double shear, double bend) {
    /** No change. */
    public static final Augmentation NONE = new Augmentation(0, 0, 0, 0);

    /** @throws IllegalArgumentException if a value is outside its range */
    public Augmentation {
        if (!(shift >= 0 && shift < Double.POSITIVE_INFINITY)) throw new IllegalArgumentException("shift must be at least 0 and finite, got " + shift);
        if (!(rotation >= 0 && rotation <= 180)) throw new IllegalArgumentException("rotation must be in [0, 180], got " + rotation);
        if (!(scale >= 0 && scale < 1)) throw new IllegalArgumentException("scale must be in [0, 1), got " + scale);
        if (erase < 0) throw new IllegalArgumentException("erase must be at least 0, got " + erase);
        if (!(shear >= 0 && shear <= 1)) throw new IllegalArgumentException("shear must be in [0, 1], got " + shear);
        if (!(bend >= 0 && bend < Double.POSITIVE_INFINITY)) throw new IllegalArgumentException("bend must be at least 0 and finite, got " + bend);
    }

    /** Without slant and bend. */
    public Augmentation(double shift, double rotation, double scale, int erase) {
        this(shift, rotation, scale, erase, 0, 0);
    }

    /** The same with another shift. */
    public Augmentation withShift(double pixels) {
        return new Augmentation(pixels, rotation, scale, erase, shear, bend);
    }

    /** The same with another rotation. */
    public Augmentation withRotation(double degrees) {
        return new Augmentation(shift, degrees, scale, erase, shear, bend);
    }

    /** The same with another range of sizes. */
    public Augmentation withScale(double change) {
        return new Augmentation(shift, rotation, change, erase, shear, bend);
    }

    /** The same with another erased square. */
    public Augmentation withErase(int side) {
        return new Augmentation(shift, rotation, scale, side, shear, bend);
    }

    /** The same with another slant. */
    public Augmentation withShear(double slant) {
        return new Augmentation(shift, rotation, scale, erase, slant, bend);
    }

    /** The same with another bend. */
    public Augmentation withBend(double pixels) {
        return new Augmentation(shift, rotation, scale, erase, shear, pixels);
    }

    /** Whether images stay as they are. */
    public boolean isNone() {
        return shift == 0 && rotation == 0 && scale == 0 && erase == 0 && shear == 0 && bend == 0;
    }

    /** What was drawn for one image. */
    record Warp(double right, double down, double degrees, double size, int eraseLeft, int eraseTop, int eraseSide, double slant, Bend bend) {
        /** Without slant and bend. */
        Warp(double right, double down, double degrees, double size, int eraseLeft, int eraseTop, int eraseSide) {
            this(right, down, degrees, size, eraseLeft, eraseTop, eraseSide, 0, Bend.NONE);
        }
    }

    Warp draw(CounterRandom random, int height, int width) {
        double right = random.within(shift), down = random.within(shift), degrees = random.within(rotation), size = 1 + random.within(scale);
        int left = random.nextInt(width - erase + 1), top = random.nextInt(height - erase + 1);
        return new Warp(right, down, degrees, size, left, top, erase, random.within(shear), Bend.draw(random, bend));
    }
}
