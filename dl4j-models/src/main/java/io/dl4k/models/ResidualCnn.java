package io.dl4k.models;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * A convolutional network with residual blocks as a stock {@link ComputationGraph} with one input and one output. The same
 * words as {@link Cnn}, plus {@link #residual}.
 *
 * <pre>{@code
 * var net = ResidualCnn.images(32, 32, 3).conv(32, 3).batchNorm().residual(32, 3).residual(64, 3, 2).globalAvgPool().classes(10).build();
 * }</pre>
 *
 * <p>Defaults are those of {@link ConvNet} and {@link NetworkBuilder}. Not thread-safe; reusable after {@link #build()}.
 */
public final class ResidualCnn extends ConvNet<ResidualCnn> {

    private ResidualCnn(Shape input) {
        super(input);
    }

    /**
     * @param height   rows of pixels, at least 1
     * @param width    columns of pixels, at least 1
     * @param channels 1 for grey, 3 for colour, at least 1
     * @return a builder for images {@code [batch, channels, height, width]}, or NHWC by {@link #layout}
     */
    public static ResidualCnn images(int height, int width, int channels) {
        return new ResidualCnn(imageShape(height, width, channels));
    }

    /**
     * @param length   steps, at least 1
     * @param channels values per step, at least 1
     * @return a builder for series {@code [batch, channels, length]}, convolved along the steps
     */
    public static ResidualCnn series(int length, int channels) {
        return new ResidualCnn(seriesShape(length, channels));
    }

    /**
     * A residual block that keeps the size: see {@link #residual(int, int, int)} with stride 1.
     *
     * @param filters output channels, at least 1
     * @param kernel  side of both windows, at least 1
     * @return this
     */
    public ResidualCnn residual(int filters, int kernel) {
        return residual(filters, kernel, 1);
    }

    /**
     * {@code activation(norm(conv(activation(norm(conv(x))))) + x)}. Where the block changes the shape, {@code x} is
     * projected by a convolution of side 1 with the same stride and a norm. Edges are padded whatever {@link #padding} says.
     *
     * @param filters output channels, at least 1
     * @param kernel  side of both windows, at least 1
     * @param stride  of the first convolution, at least 1
     * @return this
     */
    public ResidualCnn residual(int filters, int kernel, int stride) {
        return then(new Op.Residual(Check.atLeast("filters", filters, 1), Check.atLeast("kernel", kernel, 1),
                Check.atLeast("stride", stride, 1)));
    }

    /**
     * @return the stock configuration; a new one each time, no weights made
     * @throws IllegalArgumentException if a layer does not fit its input, with the sizes on the way there
     */
    public ComputationGraphConfiguration configuration() {
        Assembly net = assembled();
        return net.graph(settings(net));
    }

    /**
     * @return the network with its first weights, ready to train
     * @throws IllegalArgumentException as {@link #configuration()}
     */
    public ComputationGraph build() {
        ComputationGraph net = new ComputationGraph(configuration());
        net.init();
        return finished(net);
    }
}
