package io.dl4k.accel.program;

/** Geometry of a convolution or pooling window, in cells. Rows first.
 *
 *  @param kernelH rows of the window, at least 1   @param kernelW columns
 *  @param strideH step down, at least 1            @param strideW step right
 *  @param top cells of padding above               @param left at the left
 *  @param bottom below                             @param right at the right
 *  @param dilationH distance of two window rows, 1 when they touch  @param dilationW of two columns */
public record Window(int kernelH, int kernelW, int strideH, int strideW, int top, int left, int bottom, int right, int dilationH, int dilationW) {
    public Window {
        if (kernelH < 1 || kernelW < 1 || strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1 || top < 0 || left < 0 || bottom < 0 || right < 0)
            throw new IllegalArgumentException("window " + kernelH + "x" + kernelW + " stride " + strideH + "x" + strideW + " dilation " + dilationH + "x" + dilationW
                    + " padding " + top + "," + left + "," + bottom + "," + right);
    }

    /** Rows of the result for an input of {@code height} rows; below 1 when the window does not fit. */
    public int outH(int height) {
        return Math.floorDiv(height + top + bottom - ((kernelH - 1) * dilationH + 1), strideH) + 1;
    }

    /** Columns of the result. */
    public int outW(int width) {
        return Math.floorDiv(width + left + right - ((kernelW - 1) * dilationW + 1), strideW) + 1;
    }

    /** The window with DL4J's {@code Same} padding for an input of this size: the odd cell goes below and right. */
    public Window same(int height, int width) {
        int h = Math.max(0, (ceil(height, strideH) - 1) * strideH + (kernelH - 1) * dilationH + 1 - height);
        int w = Math.max(0, (ceil(width, strideW) - 1) * strideW + (kernelW - 1) * dilationW + 1 - width);
        return new Window(kernelH, kernelW, strideH, strideW, h / 2, w / 2, h - h / 2, w - w / 2, dilationH, dilationW);
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }
}
