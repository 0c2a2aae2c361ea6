package io.dl4k.data;

/** Writes images of bytes, channel planes one after the other, as floats from 0 to 1 into a batch. */
final class ImageWriter {
    private final int channels;
    private final int height;
    private final int width;
    private final int pixelStride;
    private final int channelStride;
    private final Bend.Axis columns;
    private final Bend.Axis rows;

    ImageWriter(int channels, int height, int width, ImageLayout layout) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.pixelStride = layout == ImageLayout.NCHW ? 1 : channels;
        this.channelStride = layout == ImageLayout.NCHW ? height * width : 1;
        this.columns = new Bend.Axis(width);
        this.rows = new Bend.Axis(height);
    }

    void write(byte[] image, float[] to, int offset) {
        int plane = height * width;
        for (int c = 0; c < channels; c++) for (int p = 0; p < plane; p++) to[offset + c * channelStride + p * pixelStride] = (image[c * plane + p] & 0xff) / 255f;
    }

    /** Each pixel of the result is looked up where it came from: shift undone, then rotation, size and slant, about the centre, then the bend. */
    void write(byte[] image, Augmentation.Warp warp, float[] to, int offset) {
        double centreX = (width - 1) / 2.0, centreY = (height - 1) / 2.0;
        double angle = Math.toRadians(warp.degrees());
        double cos = Math.cos(angle) / warp.size(), sin = Math.sin(angle) / warp.size();
        int plane = height * width;
        boolean bent = warp.bend() != Bend.NONE;
        for (int y = 0; y < height; y++) {
            double fromY = y - centreY - warp.down();
            double[] bends = bent ? warp.bend().along(rows, y) : null;
            for (int x = 0; x < width; x++) {
                int at = offset + (y * width + x) * pixelStride;
                boolean erased = x >= warp.eraseLeft() && x < warp.eraseLeft() + warp.eraseSide() && y >= warp.eraseTop() && y < warp.eraseTop() + warp.eraseSide();
                double fromX = x - centreX - warp.right();
                double upright = cos * fromY - sin * fromX;
                double sourceX = cos * fromX + sin * fromY + warp.slant() * upright + centreX;
                double sourceY = upright + centreY;
                if (bent) {
                    sourceX += Bend.right(bends, columns, x);
                    sourceY += Bend.down(bends, columns, x);
                }
                int left = (int) Math.floor(sourceX), top = (int) Math.floor(sourceY);
                float towardsRight = (float) (sourceX - left), towardsBottom = (float) (sourceY - top);
                for (int c = 0; c < channels; c++) {
                    float value = 0;
                    if (!erased) {
                        int base = c * plane;
                        float above = (1 - towardsRight) * pixel(image, base, top, left) + towardsRight * pixel(image, base, top, left + 1);
                        float below = (1 - towardsRight) * pixel(image, base, top + 1, left) + towardsRight * pixel(image, base, top + 1, left + 1);
                        value = ((1 - towardsBottom) * above + towardsBottom * below) / 255f;
                    }
                    to[at + c * channelStride] = value;
                }
            }
        }
    }

    private int pixel(byte[] image, int base, int y, int x) {
        return y < 0 || y >= height || x < 0 || x >= width ? 0 : image[base + y * width + x] & 0xff;
    }
}
