package io.dl4k.models;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * A convolutional network as a stock {@link MultiLayerNetwork}.
 *
 * <pre>{@code
 * var net = Cnn.images(28, 28, 1).conv(32, 3).batchNorm().maxPool(2).conv(64, 3).maxPool(2).dense(256).classes(10).build();
 * }</pre>
 *
 * <p>Defaults are those of {@link ConvNet} and {@link NetworkBuilder}. Not thread-safe; reusable after {@link #build()}.
 */
public final class Cnn extends ConvNet<Cnn> {

    private Cnn(Shape input) {
        super(input);
    }

    /**
     * @param height   rows of pixels, at least 1
     * @param width    columns of pixels, at least 1
     * @param channels 1 for grey, 3 for colour, at least 1
     * @return a builder for images {@code [batch, channels, height, width]}, or NHWC by {@link #layout}
     */
    public static Cnn images(int height, int width, int channels) {
        return new Cnn(imageShape(height, width, channels));
    }

    /**
     * @param length   steps, at least 1
     * @param channels values per step, at least 1
     * @return a builder for series {@code [batch, channels, length]}, convolved along the steps
     */
    public static Cnn series(int length, int channels) {
        return new Cnn(seriesShape(length, channels));
    }

    /**
     * @return the stock configuration; a new one each time, no weights made
     * @throws IllegalArgumentException if a layer does not fit its input, with the sizes on the way there
     */
    public MultiLayerConfiguration configuration() {
        Assembly net = assembled();
        return net.linear(settings(net));
    }

    /**
     * @return the network with its first weights, ready to train
     * @throws IllegalArgumentException as {@link #configuration()}
     */
    public MultiLayerNetwork build() {
        MultiLayerNetwork net = new MultiLayerNetwork(configuration());
        net.init();
        return finished(net);
    }
}
