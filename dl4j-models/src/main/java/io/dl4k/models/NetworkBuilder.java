package io.dl4k.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;

/**
 * What all builders share: how the network is trained. Defaults: leaky ReLU inside, Adam with rate 1e-3, no clipping, no
 * L1, L2, dropout or weight noise, first weights after the activation, float32, seed 42.
 *
 * <p>Options may be called in any order. Not thread-safe; reusable after {@code build()}.
 *
 * @param <B> the builder itself
 */
public abstract sealed class NetworkBuilder<B extends NetworkBuilder<B>> permits Mlp, LayeredBuilder {

    /** The kinds of output. */
    enum HeadKind {
        CLASSES("classes"), BINARY("binary"), MULTI_LABEL("multiLabel"), REGRESSION("regression");

        private final String text;

        HeadKind(String text) {
            this.text = text;
        }
    }

    private HeadKind head;
    private int outputs;
    private Activation activation;
    private Loss loss;
    private double[] classWeights = new double[0];
    private double labelSmoothing;
    private Optimizer optimizer = Optimizer.adam(1e-3);
    private Clipping clipping = Clipping.none();
    private double l1;
    private double l2;
    private double inputDropout;
    private double weightNoise;
    private WeightInit weightInit;
    private DataType precision = DataType.FLOAT;
    private long seed = 42;

    NetworkBuilder() {
    }

    @SuppressWarnings("unchecked")
    final B self() {
        return (B) this;
    }

    /**
     * @param function activation of hidden layers; the default is leaky ReLU (tanh inside recurrent layers)
     * @return this
     */
    public B activation(Activation function) {
        this.activation = Check.notNull("activation", function);
        return self();
    }

    /**
     * @param how optimizer and learning rate
     * @return this
     */
    public B optimizer(Optimizer how) {
        this.optimizer = Check.notNull("optimizer", how);
        return self();
    }

    /**
     * @param rate the optimizer's constant learning rate, finite, above 0
     * @return this
     */
    public B learningRate(double rate) {
        Check.positive("learningRate", rate);
        return schedule(Schedule.constant(rate));
    }

    /**
     * @param rates the optimizer's learning rate per step
     * @return this
     */
    public B schedule(Schedule rates) {
        this.optimizer = optimizer.withRate(Check.notNull("schedule", rates));
        return self();
    }

    /**
     * Scales each layer's gradient down to this L2 norm if it is longer: short for {@code clip(Clipping.byNorm(norm))}.
     *
     * @param norm finite, above 0
     * @return this
     */
    public B clipGradients(double norm) {
        Check.positive("clipGradients", norm);
        return clip(Clipping.byNorm(norm));
    }

    /**
     * @param how bound on gradients
     * @return this
     */
    public B clip(Clipping how) {
        this.clipping = Check.notNull("clip", how);
        return self();
    }

    /**
     * @param coefficient of the sum of absolute weights added to the loss, finite, at least 0
     * @return this
     */
    public B l1(double coefficient) {
        this.l1 = Check.notNegative("l1", coefficient);
        return self();
    }

    /**
     * @param coefficient of half the sum of squared weights added to the loss, finite, at least 0
     * @return this
     */
    public B l2(double coefficient) {
        this.l2 = Check.notNegative("l2", coefficient);
        return self();
    }

    /**
     * @param share share of the network's inputs dropped while training, in [0, 1)
     * @return this
     */
    public B inputDropout(double share) {
        this.inputDropout = Check.share("inputDropout", share);
        return self();
    }

    /**
     * @param deviation standard deviation of the normal noise added to the weights at each training step, finite, at least 0
     * @return this
     */
    public B weightNoise(double deviation) {
        this.weightNoise = Check.notNegative("weightNoise", deviation);
        return self();
    }

    /**
     * @param scheme first weights; the default is {@link Activation#weightInit()} of the hidden activation
     * @return this
     */
    public B weightInit(WeightInit scheme) {
        Check.notNull("weightInit", scheme);
        if (scheme == WeightInit.DISTRIBUTION) {
            throw new IllegalArgumentException("weightInit DISTRIBUTION needs a distribution; choose NORMAL, UNIFORM or a named scheme");
        }
        this.weightInit = scheme;
        return self();
    }

    /**
     * @param number the same number gives the same first weights and the same dropout on the same machine
     * @return this
     */
    public B seed(long number) {
        this.seed = number;
        return self();
    }

    /**
     * @param type FLOAT (the default) or DOUBLE
     * @return this
     */
    public B precision(DataType type) {
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new IllegalArgumentException("precision must be FLOAT or DOUBLE, got " + type);
        }
        this.precision = type;
        return self();
    }

    /**
     * @param function what a regression is trained on; the default is mean squared error
     * @return this
     */
    public B loss(Loss function) {
        this.loss = Check.notNull("loss", function);
        return self();
    }

    /**
     * Weighs each example's loss by its class.
     *
     * @param weights {@code classes(k)}: one per class; {@code binary()}: of label 0 and of label 1;
     *                {@code multiLabel(n)}: one per label; each finite, above 0; copied
     * @return this
     */
    public B classWeights(double... weights) {
        for (double weight : weights) {
            Check.positive("classWeights", weight);
        }
        this.classWeights = weights.clone();
        return self();
    }

    /**
     * @param share share of each label spread evenly over the classes while training, in [0, 1)
     * @return this
     */
    public B labelSmoothing(double share) {
        this.labelSmoothing = Check.share("labelSmoothing", share);
        return self();
    }

    final B head(HeadKind kind, int size) {
        if (head != null) {
            throw new IllegalArgumentException("the output is already " + headText() + "; a network has one");
        }
        Check.atLeast(kind == HeadKind.CLASSES ? "classes" : kind == HeadKind.MULTI_LABEL ? "labels" : "outputs", size,
                kind == HeadKind.CLASSES ? 2 : 1);
        this.head = kind;
        this.outputs = size;
        return self();
    }

    final boolean hasHead() {
        return head != null;
    }

    final String headText() {
        return head == HeadKind.BINARY ? "binary()" : head.text + "(" + outputs + ")";
    }

    final Activation activation() {
        return activationOr(Activation.LEAKY_RELU);
    }

    final Activation activationOr(Activation usual) {
        return activation != null ? activation : usual;
    }

    /** The scheme chosen for all layers, or the one that suits this activation. */
    final WeightInit weightInitFor(Activation function) {
        return weightInit != null ? weightInit : function.weightInit();
    }

    final double inputDropout() {
        return inputDropout;
    }

    final DataType precision() {
        return precision;
    }

    final Clipping clipping() {
        return clipping;
    }

    /** The settings every layer inherits; those that stock does not hand down rightly are set on the layers themselves. */
    final NeuralNetConfiguration.Builder settings(Assembly net) {
        if (l2 > 0 && optimizer.weightDecay() > 0) {
            throw new IllegalArgumentException("l2 " + l2 + " and AdamW's weightDecay " + optimizer.weightDecay()
                    + " both shrink the weights; keep one of them");
        }
        NeuralNetConfiguration.Builder settings = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(precision)
                .activation(activation().toStock())
                .weightInit(weightInitFor(activation()))
                .updater(optimizer.toStock());
        if (l1 > 0) {
            settings.l1(l1);
        }
        if (l2 > 0) {
            settings.l2(l2);
        }
        net.layers().forEach(this::regularise);
        if (clipping instanceof Clipping.ByValue byValue) {
            settings.gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                    .gradientNormalizationThreshold(byValue.threshold());
        } else if (clipping instanceof Clipping.ByNorm byNorm) {
            settings.gradientNormalization(GradientNormalization.ClipL2PerLayer)
                    .gradientNormalizationThreshold(byNorm.threshold());
        }
        return settings;
    }

    /**
     * Sets weight decay and weight noise. Stock applies a weight decay given for the whole network twice (its validation
     * adds it to layers that have it), and gives no setting to a wrapped layer inside {@code Bidirectional}.
     */
    private void regularise(Layer layer) {
        if (layer instanceof Bidirectional both) {
            regularise(both.getFwd());
            regularise(both.getBwd());
        } else if (layer instanceof BaseWrapperLayer wrapper) {
            regularise(wrapper.getUnderlying());
        } else if (layer instanceof BaseLayer weighted && !(layer instanceof BatchNormalization)) {
            if (optimizer.weightDecay() > 0) {
                weighted.setRegularization(new ArrayList<>(List.of(new WeightDecay(optimizer.weightDecay(), true))));
            }
            if (weightNoise > 0) {
                weighted.setWeightNoise(new WeightNoise(new NormalDistribution(0, weightNoise)));
            }
        }
    }

    /** Batch norm over {@code channels}. Never clipped by stock, which would clip its running mean and variance too. */
    static BatchNormalization batchNorm(long channels) {
        return new BatchNormalization.Builder().nIn(channels).nOut(channels)
                .gradientNormalization(GradientNormalization.None).build();
    }

    final ActivationLayer hiddenActivation() {
        return new ActivationLayer(activation().toStock());
    }

    /** Dense, with batch norm between the sums and the activation if asked. */
    final void dense(Assembly net, int units, boolean normalised) {
        long inputs = net.shape().size();
        DenseLayer.Builder layer = new DenseLayer.Builder().nIn(inputs).nOut(units);
        if (normalised) {
            net.addWeighted("dense", layer.activation(Activation.IDENTITY.toStock()).hasBias(false).build());
            net.add("norm", batchNorm(units));
            net.add("activation", hiddenActivation());
        } else {
            net.addWeighted("dense", layer.build());
        }
        net.moveTo(new Shape.Flat(units));
    }

    /** The output layer; one per step of a sequence where {@code perStep}. */
    final void output(Assembly net, boolean perStep) {
        net.nextLayer();
        IActivation function = outputActivation();
        WeightInit init = weightInitFor(Activation.IDENTITY);
        if (perStep) {
            net.addWeighted("output", new RnnOutputLayer.Builder(lossFunction()).dataFormat(RNNFormat.NCW).nIn(net.shape().size()).nOut(outputs)
                    .activation(function).weightInit(init).build());
        } else {
            net.addWeighted("output", new OutputLayer.Builder(lossFunction()).nIn(net.shape().size()).nOut(outputs)
                    .activation(function).weightInit(init).build());
        }
    }

    private Loss regressionLoss() {
        return loss != null ? loss : Loss.mse();
    }

    private IActivation outputActivation() {
        return switch (head) {
            case CLASSES -> Activation.SOFTMAX.toStock();
            case BINARY, MULTI_LABEL -> Activation.SIGMOID.toStock();
            case REGRESSION -> regressionLoss().outputActivation();
        };
    }

    private ILossFunction lossFunction() {
        if (loss != null && head != HeadKind.REGRESSION) {
            throw new IllegalArgumentException("loss " + loss + " is for regression, but the output is " + headText()
                    + ", which is trained on cross-entropy; drop the loss or use a regression output");
        }
        if (head == HeadKind.REGRESSION && (classWeights.length > 0 || labelSmoothing > 0)) {
            throw new IllegalArgumentException((classWeights.length > 0 ? "classWeights" : "labelSmoothing")
                    + " is for classes and labels, but the output is " + headText() + "; drop it");
        }
        int expected = head == HeadKind.BINARY ? 2 : outputs;
        if (classWeights.length > 0 && classWeights.length != expected) {
            throw new IllegalArgumentException("classWeights for " + headText() + " must be " + expected + ", got "
                    + classWeights.length + ": " + Arrays.toString(classWeights));
        }
        switch (head) {
            case CLASSES:
                return labelSmoothing > 0 ? new SmoothedCrossEntropyLoss(labelSmoothing, classWeights)
                        : SmoothedCrossEntropyLoss.stockCrossEntropy(classWeights);
            case BINARY:
                return labelSmoothing == 0 && classWeights.length == 0 ? new LossBinaryXENT()
                        : new BinaryCrossEntropyLoss(classWeights.length == 0 ? 1 : classWeights[0],
                                classWeights.length == 0 ? 1 : classWeights[1], labelSmoothing, new double[0]);
            case MULTI_LABEL:
                if (labelSmoothing > 0) {
                    return new BinaryCrossEntropyLoss(1, 1, labelSmoothing, classWeights);
                }
                return classWeights.length == 0 ? new LossBinaryXENT()
                        : new LossBinaryXENT(Nd4j.createFromArray(classWeights).reshape(1, classWeights.length));
            default:
                return regressionLoss().toStock();
        }
    }

    /** Attaches what stock's configuration cannot hold. */
    final <M extends Model> M finished(M net) {
        if (clipping instanceof Clipping.ByGlobalNorm global) {
            net.addListeners(new GlobalNormClipping(global.threshold()));
        }
        return net;
    }
}
