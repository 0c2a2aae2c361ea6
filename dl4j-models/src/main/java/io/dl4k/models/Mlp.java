package io.dl4k.models;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * A multilayer perceptron as a stock Deeplearning4j network. Input {@code [batch, inputs]}, output
 * {@code [batch, outputs]}. Without {@link #hidden} it is a perceptron: one layer of weights.
 *
 * <pre>{@code
 * var net = Mlp.classifier(inputs, classes).hidden(256, 128).dropout(0.2).batchNorm().build();
 * }</pre>
 *
 * <p>Defaults: no hidden layer, dropout 0, no batch norm, and those of {@link NetworkBuilder}. Not thread-safe; reusable
 * after {@link #build()}.
 */
public final class Mlp extends NetworkBuilder<Mlp> {

    private final int inputs;
    private int[] hidden = new int[0];
    private double dropout;
    private boolean batchNorm;

    private Mlp(int inputs, HeadKind kind, int outputs) {
        this.inputs = Check.atLeast("inputs", inputs, 1);
        head(kind, outputs);
    }

    /**
     * @param inputs  columns of the features, at least 1
     * @param classes at least 2; labels one-hot {@code [batch, classes]}
     * @return a classifier: softmax outputs, rows sum to 1, cross-entropy
     */
    public static Mlp classifier(int inputs, int classes) {
        return new Mlp(inputs, HeadKind.CLASSES, classes);
    }

    /**
     * @param inputs columns of the features, at least 1
     * @return a yes-or-no classifier: one sigmoid output, the probability of label 1; labels {@code [batch, 1]}
     */
    public static Mlp binary(int inputs) {
        return new Mlp(inputs, HeadKind.BINARY, 1);
    }

    /**
     * @param inputs  columns of the features, at least 1
     * @param outputs numbers predicted per row, at least 1
     * @return a regressor: mean squared error unless {@link #loss} says otherwise
     */
    public static Mlp regressor(int inputs, int outputs) {
        return new Mlp(inputs, HeadKind.REGRESSION, outputs);
    }

    /**
     * @param inputs columns of the features, at least 1
     * @param labels independent yes-or-no labels, at least 1; labels {@code [batch, labels]} of 0 and 1
     * @return one sigmoid output per label, binary cross-entropy summed over labels
     */
    public static Mlp multiLabel(int inputs, int labels) {
        return new Mlp(inputs, HeadKind.MULTI_LABEL, labels);
    }

    /**
     * @param units hidden layers from the input on, each at least 1; none makes a perceptron; copied
     * @return this
     */
    public Mlp hidden(int... units) {
        for (int size : units) {
            Check.atLeast("hidden", size, 1);
        }
        this.hidden = units.clone();
        return this;
    }

    /**
     * @param p share of each hidden layer's units dropped while training, in [0, 1); Deeplearning4j's own
     *          {@code dropOut} takes the share kept
     * @return this
     * @throws IllegalArgumentException if {@code p} is outside [0, 1) or NaN
     */
    public Mlp dropout(double p) {
        this.dropout = Check.share("dropout", p);
        return this;
    }

    /**
     * Normalises each hidden layer's sums over the batch, before the activation. The layers then have no bias, which batch
     * norm's shift replaces.
     *
     * @return this
     */
    public Mlp batchNorm() {
        this.batchNorm = true;
        return this;
    }

    /** @return the stock configuration; a new one each time, no weights made */
    public MultiLayerConfiguration configuration() {
        Assembly net = new Assembly(new Shape.Flat(inputs));
        net.dropInputs(inputDropout());
        for (int units : hidden) {
            net.nextLayer();
            dense(net, units, batchNorm);
            net.dropInputs(dropout);
        }
        output(net, false);
        return net.linear(settings(net));
    }

    /** @return the network with its first weights, ready to train */
    public MultiLayerNetwork build() {
        MultiLayerNetwork net = new MultiLayerNetwork(configuration());
        net.init();
        return finished(net);
    }
}
