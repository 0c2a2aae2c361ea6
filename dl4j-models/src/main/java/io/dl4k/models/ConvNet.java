package io.dl4k.models;

import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;

/**
 * What {@link Cnn} and {@link ResidualCnn} share: convolutions, pooling, batch norm, a dense head; in two dimensions
 * (images) or one (series).
 *
 * <p>Defaults: {@link Padding#SAME}, stride 1, NCHW, and those of {@link NetworkBuilder}.
 *
 * @param <B> the builder itself
 */
public abstract sealed class ConvNet<B extends ConvNet<B>> extends LayeredBuilder<B> permits Cnn, ResidualCnn {

    private final Shape input;
    private Padding padding = Padding.SAME;
    private CNN2DFormat layout = CNN2DFormat.NCHW;

    ConvNet(Shape input) {
        this.input = input;
    }

    static Shape imageShape(int height, int width, int channels) {
        return new Shape.Image(Check.atLeast("height", height, 1), Check.atLeast("width", width, 1),
                Check.atLeast("channels", channels, 1));
    }

    static Shape seriesShape(int length, int channels) {
        return new Shape.Series(Check.atLeast("length", length, 1), Check.atLeast("channels", channels, 1));
    }

    /**
     * @param edges what convolutions do at the edges; the default is SAME. Pooling always uses whole windows only.
     * @return this
     */
    public B padding(Padding edges) {
        this.padding = Check.notNull("padding", edges);
        return self();
    }

    /**
     * @param axes NCHW (the default): images {@code [batch, channels, height, width]}; NHWC:
     *             {@code [batch, height, width, channels]}
     * @return this
     * @throws IllegalArgumentException for a series, which has one layout, {@code [batch, channels, length]}
     */
    public B layout(CNN2DFormat axes) {
        Check.notNull("layout", axes);
        if (input instanceof Shape.Series) {
            throw new IllegalArgumentException("layout " + axes + " is for images; a series is [batch, channels, length]");
        }
        this.layout = axes;
        return self();
    }

    /**
     * A convolution with stride 1 and the hidden activation.
     *
     * @param filters output channels, at least 1
     * @param kernel  side of the window, at least 1
     * @return this
     */
    public B conv(int filters, int kernel) {
        return conv(filters, kernel, 1);
    }

    /**
     * A convolution with the hidden activation.
     *
     * @param filters output channels, at least 1
     * @param kernel  side of the window, at least 1
     * @param stride  cells between windows, at least 1
     * @return this
     */
    public B conv(int filters, int kernel, int stride) {
        return then(new Op.Conv(Check.atLeast("filters", filters, 1), Check.atLeast("kernel", kernel, 1),
                Check.atLeast("stride", stride, 1)));
    }

    /**
     * The largest value of each window; windows do not overlap.
     *
     * @param window side, at least 1
     * @return this
     */
    public B maxPool(int window) {
        return maxPool(window, window);
    }

    /**
     * The largest value of each window.
     *
     * @param window side, at least 1
     * @param stride cells between windows, at least 1
     * @return this
     */
    public B maxPool(int window, int stride) {
        return then(new Op.Pool(true, Check.atLeast("window", window, 1), Check.atLeast("stride", stride, 1)));
    }

    /**
     * The mean of each window; windows do not overlap.
     *
     * @param window side, at least 1
     * @return this
     */
    public B avgPool(int window) {
        return avgPool(window, window);
    }

    /**
     * The mean of each window.
     *
     * @param window side, at least 1
     * @param stride cells between windows, at least 1
     * @return this
     */
    public B avgPool(int window, int stride) {
        return then(new Op.Pool(false, Check.atLeast("window", window, 1), Check.atLeast("stride", stride, 1)));
    }

    /**
     * The largest value of each channel: {@code [batch, channels]}.
     *
     * @return this
     */
    public B globalMaxPool() {
        return then(new Op.GlobalPool(true, "globalMaxPool"));
    }

    /**
     * The mean of each channel: {@code [batch, channels]}.
     *
     * @return this
     */
    public B globalAvgPool() {
        return then(new Op.GlobalPool(false, "globalAvgPool"));
    }

    /**
     * Normalises each channel over the batch. Directly after a convolution or a dense layer: between its sums, which then
     * have no bias, and its activation. Elsewhere: a layer by itself.
     *
     * @return this
     */
    public B batchNorm() {
        return then(new Op.BatchNorm());
    }

    final Assembly assembled() {
        requireHead();
        Assembly net = new Assembly(input);
        net.dropInputs(inputDropout());
        List<Op> ops = ops();
        for (int i = 0; i < ops.size(); i++) {
            Op op = ops.get(i);
            if (op instanceof Op.Dropout drop) {
                net.dropInputs(drop.share());
                continue;
            }
            net.nextLayer();
            boolean normalised = normalised(i);
            if (op instanceof Op.Conv conv) {
                requireSpatial(net, op);
                convolution(net, conv, normalised);
                i += normalised ? 1 : 0;
            } else if (op instanceof Op.Residual residual) {
                requireSpatial(net, op);
                residual(net, residual);
            } else if (op instanceof Op.Pool pool) {
                requireSpatial(net, op);
                pooling(net, pool);
            } else if (op instanceof Op.GlobalPool pool) {
                requireSpatial(net, op);
                globalPooling(net, pool.max());
            } else if (op instanceof Op.Dense dense) {
                dense(net, dense, normalised);
                i += normalised ? 1 : 0;
            } else {
                flattenedNorm(net, "norm");
                seriesAgain(net, "series");
            }
        }
        finish(net);
        return net;
    }

    private void finish(Assembly net) {
        if (net.shape() instanceof Shape.Series series && series.length() > 1) {
            net.nextLayer();
            throw net.refusal(headText(), "its input is a series of " + series.length() + " steps",
                    "Add globalMaxPool(), globalAvgPool() or dense(n) before it.");
        }
        if (net.shape() instanceof Shape.Series) {
            globalPooling(net, true);
        }
        flatten(net);
        output(net, false);
    }

    private static void requireSpatial(Assembly net, Op op) {
        if (net.shape() instanceof Shape.Flat flat) {
            throw net.refusal(op.text(), "its input is flat, " + flat + " values", "Call it before dense and global pooling.");
        }
    }

    private static void requireRoom(Assembly net, Op op, int window, String name, String remedy) {
        if (net.shape() instanceof Shape.Image image && (image.height() < window || image.width() < window)) {
            throw net.refusal(op.text(), "its input is " + image.height() + "x" + image.width() + ", smaller than the "
                    + window + "x" + window + " " + name, remedy);
        }
        if (net.shape() instanceof Shape.Series series && series.length() < window) {
            throw net.refusal(op.text(), "its input has length " + series.length() + ", smaller than the " + name + " of "
                    + window, remedy);
        }
    }

    private String things() {
        return input instanceof Shape.Series ? "longer series" : "larger images";
    }

    private void convolution(Assembly net, Op.Conv conv, boolean normalised) {
        if (padding == Padding.VALID) {
            requireRoom(net, conv, conv.kernel(), "kernel", "Use a smaller kernel, Padding.SAME or " + things() + ".");
        }
        add(net, "conv", conv.filters(), conv.kernel(), conv.stride(), padding, normalised);
        if (normalised) {
            flattenedNorm(net, "norm");
            activation(net, "activation");
        }
    }

    /** Sums only (no bias, no activation) where {@code linear}. */
    private void add(Assembly net, String suffix, int filters, int kernel, int stride, Padding edges, boolean linear) {
        if (net.shape() instanceof Shape.Image image) {
            ConvolutionLayer.Builder layer = new ConvolutionLayer.Builder(kernel, kernel).stride(stride, stride)
                    .nIn(image.channels()).nOut(filters).convolutionMode(edges.toStock()).dataFormat(layout);
            if (linear) {
                layer.hasBias(false).activation(Activation.IDENTITY.toStock());
            }
            net.addWeighted(suffix, layer.build());
            net.moveTo(new Shape.Image(edges.output(image.height(), kernel, stride),
                    edges.output(image.width(), kernel, stride), filters));
        } else {
            Shape.Series series = (Shape.Series) net.shape();
            net.addWeighted(suffix, convolution1d(series.features(), filters, kernel, stride, edges.toStock(), linear));
            net.moveTo(new Shape.Series(edges.output(series.length(), kernel, stride), filters));
        }
    }

    static Layer convolution1d(int channels, int filters, int kernel, int stride, ConvolutionMode mode, boolean linear) {
        Convolution1DLayer.Builder layer = new Convolution1DLayer.Builder(kernel, stride).rnnDataFormat(RNNFormat.NCW)
                .nIn(channels).nOut(filters).convolutionMode(mode);
        if (linear) {
            layer.hasBias(false).activation(Activation.IDENTITY.toStock());
        }
        return layer.build();
    }

    private void activation(Assembly net, String suffix) {
        toSeries(net);
        ActivationLayer layer = hiddenActivation();
        net.add(suffix, layer);
    }

    /**
     * Batch norm over channels. Stock's does not work on series {@code [batch, channels, length]}: it is given
     * {@code [batch * length, channels]}, and {@link #toSeries} turns its output back.
     */
    private void flattenedNorm(Assembly net, String suffix) {
        long channels = net.shape() instanceof Shape.Image image ? image.channels()
                : net.shape() instanceof Shape.Series series ? series.features() : net.shape().size();
        BatchNormalization layer = batchNorm(channels);
        layer.setCnn2DFormat(layout);
        if (net.shape() instanceof Shape.Series) {
            net.convert(new RnnToFeedForwardPreProcessor(RNNFormat.NCW));
        }
        net.add(suffix, layer);
    }

    private static void toSeries(Assembly net) {
        if (net.shape() instanceof Shape.Series) {
            net.convert(new FeedForwardToRnnPreProcessor(RNNFormat.NCW));
        }
    }

    /** Convolution, norm, activation, convolution, norm; plus the input, projected where shapes differ; activation. */
    private void residual(Assembly net, Op.Residual block) {
        String from = net.last();
        Shape before = net.shape();
        add(net, "conv1", block.filters(), block.kernel(), block.stride(), Padding.SAME, true);
        flattenedNorm(net, "norm1");
        activation(net, "activation1");
        add(net, "conv2", block.filters(), block.kernel(), 1, Padding.SAME, true);
        flattenedNorm(net, "norm2");
        Shape after = net.shape();
        String main = seriesAgain(net, "main");
        String around = from;
        if (!after.equals(before)) {
            net.continueFrom(from);
            net.moveTo(before);
            add(net, "projection", block.filters(), 1, block.stride(), Padding.SAME, true);
            flattenedNorm(net, "projectionNorm");
            around = seriesAgain(net, "around");
        }
        net.moveTo(after);
        net.addSum("sum", main, around);
        net.add("activation", hiddenActivation());
    }

    /** A sum has no preprocessor, so a normalised series becomes a series again in a layer that does nothing else. */
    private String seriesAgain(Assembly net, String suffix) {
        if (net.shape() instanceof Shape.Series) {
            toSeries(net);
            net.add(suffix, new ActivationLayer(Activation.IDENTITY.toStock()));
        }
        return net.last();
    }

    private void pooling(Assembly net, Op.Pool pool) {
        requireRoom(net, pool, pool.window(), "window", "Drop a pool or use " + things() + ".");
        if (net.shape() instanceof Shape.Image image) {
            net.add("pool", new SubsamplingLayer.Builder(poolingType(pool.max()))
                    .kernelSize(pool.window(), pool.window()).stride(pool.stride(), pool.stride())
                    .convolutionMode(ConvolutionMode.Truncate).dataFormat(layout).build());
            net.moveTo(new Shape.Image(Padding.VALID.output(image.height(), pool.window(), pool.stride()),
                    Padding.VALID.output(image.width(), pool.window(), pool.stride()), image.channels()));
        } else {
            Shape.Series series = (Shape.Series) net.shape();
            net.add("pool", new Subsampling1DLayer.Builder(poolingType(pool.max())).kernelSize(pool.window())
                    .stride(pool.stride()).convolutionMode(ConvolutionMode.Truncate).build());
            net.moveTo(new Shape.Series(Padding.VALID.output(series.length(), pool.window(), pool.stride()),
                    series.features()));
        }
    }

    static PoolingType poolingType(boolean max) {
        return max ? PoolingType.MAX : PoolingType.AVG;
    }

    private void globalPooling(Assembly net, boolean max) {
        GlobalPoolingLayer.Builder layer = new GlobalPoolingLayer.Builder(poolingType(max));
        if (net.shape() instanceof Shape.Image image) {
            net.add("globalPool", layer.poolingDimensions(layout == CNN2DFormat.NHWC ? new int[] {1, 2} : new int[] {2, 3})
                    .build());
            net.moveTo(new Shape.Flat(image.channels()));
        } else {
            net.add("globalPool", layer.build());
            net.moveTo(new Shape.Flat(((Shape.Series) net.shape()).features()));
        }
    }

    private void dense(Assembly net, Op.Dense op, boolean normalised) {
        if (net.shape() instanceof Shape.Series series) {
            // Stock has no way to flatten a series. A convolution as long as the series has the same weights and sums.
            net.addWeighted("dense", convolution1d(series.features(), op.units(), series.length(), 1,
                    ConvolutionMode.Truncate, normalised));
            net.moveTo(new Shape.Series(1, op.units()));
            globalPooling(net, true);
            if (normalised) {
                net.add("norm", batchNorm(op.units()));
                net.add("activation", hiddenActivation());
            }
            return;
        }
        flatten(net);
        dense(net, op.units(), normalised);
    }

    /** Rows in the order of the layout's axes. */
    private void flatten(Assembly net) {
        if (net.shape() instanceof Shape.Image image) {
            net.convert(new CnnToFeedForwardPreProcessor(image.height(), image.width(), image.channels(), layout));
            net.moveTo(new Shape.Flat(image.size()));
        }
    }
}
