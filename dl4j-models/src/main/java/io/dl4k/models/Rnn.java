package io.dl4k.models;

import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * A recurrent network over sequences as a stock {@link MultiLayerNetwork}.
 *
 * <pre>{@code
 * var net = Rnn.tokens(vocabulary, 64).lstm(128).bidirectional().maxOverTime().classes(2).clipGradients(1.0).build();
 * }</pre>
 *
 * <p>Input: tokens {@code [batch, time]} with ids from 0, or features {@code [batch, features, time]}. Output
 * {@code [batch, outputs]} after {@link #lastStep}, {@link #meanOverTime} or {@link #maxOverTime},
 * {@code [batch, outputs, time]} after {@link #perStep}. Any number of steps, which may change from batch to batch.
 *
 * <p><b>Different lengths.</b> Give the features mask {@code [batch, time]}, 1 for a step that counts and 0 for padding,
 * padding at the end, where features are 0. A row's output is then the same as for the row alone without padding. Stock alone does not
 * guarantee that: a features mask does not reach the LSTMs inside {@code Bidirectional}, so the reverse pass starts in the
 * padding (masked and unmasked outputs were equal to the bit, and differed from the row alone by more than 0.01), and
 * {@code Convolution1D} leaves values there for the next window to see. {@link #differentLengths} builds the
 * stock layers that do it right: a {@code MaskLayer} that zeroes the padding, and a {@code MaskZeroLayer} around the
 * reverse LSTM, which takes steps of zeros only as padding. So a valid step whose features are all exactly 0 would be
 * skipped by the reverse LSTM, and its memory cleared; add a constant feature where that can happen. Stock's LSTM also drops
 * its mask in backpropagation: the gradients of the reverse LSTM's recurrent weights and biases contain a share that has
 * flowed on into the padding (0.002 to 0.3 in small nets of unit-sized inputs); all others are exact. {@link #simple}
 * has neither limit. Steps of padding have outputs after {@link #perStep} that mean nothing.
 *
 * <p>Defaults: recurrent layers have tanh (stock's LSTM default in M2.1 is sigmoid) with sigmoid gates; different lengths
 * for tokens, equal lengths for features; the others are those of {@link NetworkBuilder}. GRU is not in stock. Not
 * thread-safe; reusable after {@link #build()}.
 */
public final class Rnn extends LayeredBuilder<Rnn> {

    private final int vocabulary;
    private final int width;
    private boolean differentLengths;
    private double tokenNoise;

    private Rnn(int vocabulary, int width) {
        this.vocabulary = vocabulary;
        this.width = width;
        this.differentLengths = vocabulary > 0;
        this.tokenNoise = 1 / Math.sqrt(width);
    }

    /**
     * @param vocabulary ids are 0 to {@code vocabulary - 1}; at least 1
     * @param dimensions length of the learned vector per token, at least 1; starts as normal noise of deviation
     *                   {@code 1 / sqrt(dimensions)}; see {@link #tokenNoise}
     * @return a builder for token sequences {@code [batch, time]}
     */
    public static Rnn tokens(int vocabulary, int dimensions) {
        return new Rnn(Check.atLeast("vocabulary", vocabulary, 1), Check.atLeast("dimensions", dimensions, 1));
    }

    /**
     * @param features values per step, at least 1
     * @return a builder for sequences {@code [batch, features, time]} of equal lengths; see {@link #differentLengths}
     */
    public static Rnn features(int features) {
        return new Rnn(0, Check.atLeast("features", features, 1));
    }

    /**
     * How far the learned vectors of tokens lie from 0 before training. Little noise lets a token that is rarely trained on say little.
     *
     * @param deviation of the normal noise they start as, above 0
     * @return this
     * @throws IllegalArgumentException if the deviation is not above 0, or the input has no tokens
     */
    public Rnn tokenNoise(double deviation) {
        if (vocabulary == 0) {
            throw new IllegalArgumentException("tokenNoise is for tokens(…), this network reads features");
        }
        if (!(deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("tokenNoise must be above 0 and finite, got " + deviation);
        }
        this.tokenNoise = deviation;
        return this;
    }

    /**
     * Builds for masks: see the class. Tokens have it by default.
     *
     * @return this
     */
    public Rnn differentLengths() {
        this.differentLengths = true;
        return this;
    }

    /**
     * A convolution along time with the hidden activation, stride 1, padded so that the number of steps stays.
     *
     * @param filters output features, at least 1
     * @param kernel  steps of the window, at least 1
     * @return this
     */
    public Rnn conv1d(int filters, int kernel) {
        return then(new Op.Conv(Check.atLeast("filters", filters, 1), Check.atLeast("kernel", kernel, 1), 1));
    }

    /**
     * A simple recurrent layer, {@code h(t) = f(x(t) W + h(t-1) R + b)}. Call again to stack.
     *
     * @param units at least 1
     * @return this
     */
    public Rnn simple(int units) {
        return then(new Op.Recurrent(false, Check.atLeast("units", units, 1), false));
    }

    /**
     * An LSTM layer, forget bias 1. Call again to stack.
     *
     * @param units at least 1
     * @return this
     */
    public Rnn lstm(int units) {
        return then(new Op.Recurrent(true, Check.atLeast("units", units, 1), false));
    }

    /**
     * Lets the recurrent layer called just before read the sequence in both directions, with weights for each; its output
     * is both, one after the other, twice the units.
     *
     * @return this
     * @throws IllegalArgumentException if the call before was not {@link #lstm} or {@link #simple}
     */
    public Rnn bidirectional() {
        List<Op> ops = ops();
        if (ops.isEmpty() || !(ops.get(ops.size() - 1) instanceof Op.Recurrent layer)) {
            throw new IllegalArgumentException("bidirectional() must directly follow lstm(n) or simple(n)");
        }
        if (layer.bidirectional()) {
            throw new IllegalArgumentException("bidirectional() was already called for " + layer.text());
        }
        replaceLast(new Op.Recurrent(layer.lstm(), layer.units(), true));
        return this;
    }

    /**
     * What the recurrent layer called before it has at the last step that is not padding. Of a bidirectional layer only the
     * forward half has then read the whole sequence, the reverse half its last step (stock cannot train the other choice):
     * prefer {@link #maxOverTime} or {@link #meanOverTime} there.
     *
     * @return this
     */
    public Rnn lastStep() {
        return then(new Op.LastStep());
    }

    /**
     * The mean over the steps that are not padding.
     *
     * @return this
     */
    public Rnn meanOverTime() {
        return then(new Op.GlobalPool(false, "meanOverTime"));
    }

    /**
     * The largest value of each unit over the steps that are not padding.
     *
     * @return this
     */
    public Rnn maxOverTime() {
        return then(new Op.GlobalPool(true, "maxOverTime"));
    }

    /**
     * One output per step; labels {@code [batch, outputs, time]}, with a labels mask where lengths differ.
     *
     * @return this
     */
    public Rnn perStep() {
        return then(new Op.PerStep());
    }

    /**
     * @return the stock configuration; a new one each time, no weights made
     * @throws IllegalArgumentException if a layer does not fit its input
     */
    public MultiLayerConfiguration configuration() {
        requireHead();
        Assembly net = new Assembly(new Shape.Sequence(width));
        start(net);
        boolean zeroPadding = true;
        List<Op> ops = ops();
        boolean perStep = false;
        for (int i = 0; i < ops.size(); i++) {
            Op op = ops.get(i);
            if (op instanceof Op.Dropout drop) {
                net.dropInputs(drop.share());
                continue;
            }
            net.nextLayer();
            if (op instanceof Op.Dense dense) {
                requireFlat(net, op);
                dense(net, dense.units(), false);
                continue;
            }
            requireSequence(net, op, perStep);
            if (op instanceof Op.Conv conv) {
                zeroPadding(net, zeroPadding);
                net.addWeighted("conv", ConvNet.convolution1d((int) net.shape().size(), conv.filters(), conv.kernel(), 1,
                        ConvolutionMode.Same, false));
                net.moveTo(new Shape.Sequence(conv.filters()));
                zeroPadding = false;
            } else if (op instanceof Op.Recurrent layer) {
                boolean last = i + 1 < ops.size() && ops.get(i + 1) instanceof Op.LastStep;
                if (layer.bidirectional() && layer.lstm()) {
                    zeroPadding(net, zeroPadding);
                }
                recurrent(net, layer, last);
                zeroPadding = false;
                i += last ? 1 : 0;
            } else if (op instanceof Op.GlobalPool pool) {
                net.add("pool", new GlobalPoolingLayer.Builder(ConvNet.poolingType(pool.max())).build());
                net.moveTo(new Shape.Flat(net.shape().size()));
            } else if (op instanceof Op.PerStep) {
                perStep = true;
            } else {
                throw net.refusal(op.text(), "the layer before it is not recurrent",
                        "Call it after lstm(n) or simple(n), or use maxOverTime().");
            }
        }
        if (net.shape() instanceof Shape.Sequence && !perStep) {
            net.nextLayer();
            throw net.refusal(headText(), "its input is a sequence of " + net.shape().size() + " features per step",
                    "Choose lastStep(), meanOverTime(), maxOverTime() or perStep() before it.");
        }
        output(net, perStep);
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

    /** The padding is zero from here on: stock masks embeddings, and features hold zeros there by contract. */
    private void start(Assembly net) {
        if (vocabulary > 0) {
            net.add("embedding", new EmbeddingSequenceLayer.Builder().nIn(vocabulary).nOut(width)
                    .weightInit(new NormalDistribution(0, tokenNoise)).build());
        }
        net.dropInputs(inputDropout());
    }

    private void zeroPadding(Assembly net, boolean alreadyZero) {
        if (differentLengths && !alreadyZero) {
            net.add("mask", new MaskLayer());
        }
    }

    private void recurrent(Assembly net, Op.Recurrent op, boolean last) {
        BaseRecurrentLayer core = core(op, (int) net.shape().size());
        Dropout drop = net.takeDropout();
        core.setIDropout(drop);
        Layer layer = core;
        if (op.bidirectional()) {
            Bidirectional both = new Bidirectional(Bidirectional.Mode.CONCAT, core);
            // A copy of its own: stock's copy shares the dropout, whose state is one pass's.
            BaseRecurrentLayer reverse = core(op, (int) net.shape().size());
            reverse.setIDropout(drop == null ? null : drop.clone());
            both.setBwd(differentLengths && op.lstm() ? new MaskZeroLayer(reverse, 0.0) : reverse);
            layer = both;
        }
        if (last) {
            layer = new LastTimeStep(layer);
        }
        net.add(op.lstm() ? "lstm" : "simple", layer);
        int units = op.bidirectional() ? 2 * op.units() : op.units();
        net.moveTo(last ? new Shape.Flat(units) : new Shape.Sequence(units));
    }

    private BaseRecurrentLayer core(Op.Recurrent op, int inputs) {
        Activation function = activationOr(Activation.TANH);
        if (op.lstm()) {
            return new LSTM.Builder().nIn(inputs).nOut(op.units()).activation(function.toStock())
                    .gateActivationFunction(Activation.SIGMOID.toStock()).dataFormat(RNNFormat.NCW)
                    .weightInit(weightInitFor(function)).build();
        }
        return new SimpleRnn.Builder().nIn(inputs).nOut(op.units()).activation(function.toStock())
                .dataFormat(RNNFormat.NCW).weightInit(weightInitFor(function)).build();
    }

    private static void requireFlat(Assembly net, Op op) {
        if (net.shape() instanceof Shape.Sequence) {
            throw net.refusal(op.text(), "its input is a sequence of " + net.shape().size() + " features per step",
                    "Choose lastStep(), meanOverTime() or maxOverTime() before it.");
        }
    }

    private static void requireSequence(Assembly net, Op op, boolean perStep) {
        if (net.shape() instanceof Shape.Flat || perStep) {
            throw net.refusal(op.text(), "its input is no longer a sequence",
                    "Call it before lastStep(), meanOverTime(), maxOverTime() and perStep().");
        }
    }
}
