package io.dl4k.kaggle.recipe;

/**
 * The columns that are the pixels of an image: those from the first to the last, in the file's order.
 *
 * @param first column
 * @param last column
 * @param height in pixels, at least 1
 * @param width in pixels, at least 1
 * @param channels 1 for grey, 3 for colour
 * @param maximum value of a white pixel, in [1, 255]
 * @param interleaved whether a pixel's colours stand next to each other; otherwise one colour's whole plane comes after the other
 */
public record ImageSpec(String first, String last, int height, int width, int channels, int maximum, boolean interleaved) {
    /** @throws IllegalArgumentException if a number is out of its range */
    public ImageSpec {
        if (height < 1 || width < 1 || channels != 1 && channels != 3 || maximum < 1 || maximum > 255) {
            throw new IllegalArgumentException("height and width of at least 1, 1 or 3 channels and a maximum in [1, 255] are wanted, got " + height + ", " + width + ", "
                    + channels + " and " + maximum);
        }
    }

    /** {@return columns an image has} */
    public int size() {
        return height * width * channels;
    }
}
