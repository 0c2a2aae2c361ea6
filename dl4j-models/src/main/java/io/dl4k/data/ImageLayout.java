package io.dl4k.data;

/** Order of an image batch in memory. */
public enum ImageLayout {
    /** {@code [batch, channels, height, width]}: element {@code (c * height + y) * width + x} of an image. */
    NCHW {
        @Override
        long[] shape(int batch, int channels, int height, int width) {
            return new long[] {batch, channels, height, width};
        }
    },
    /** {@code [batch, height, width, channels]}: element {@code (y * width + x) * channels + c} of an image. */
    NHWC {
        @Override
        long[] shape(int batch, int channels, int height, int width) {
            return new long[] {batch, height, width, channels};
        }
    };

    abstract long[] shape(int batch, int channels, int height, int width);
}
