package io.dl4k.accel.check;

import io.dl4k.accel.Accelerated;
import io.dl4k.accel.program.NetSpec;
import io.dl4k.accel.program.Param;
import io.dl4k.models.Clipping;
import io.dl4k.models.Cnn;
import io.dl4k.models.GlobalNormClipping;
import io.dl4k.models.Loss;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import io.dl4k.models.ResidualCnn;
import io.dl4k.models.Rnn;
import io.dl4k.models.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** The networks that are tried: one small network for every kind of layer, activation, loss, updater, penalty, clipping and mask that programs know, and the networks of
 *  the benchmarks. ND4J is active. */
final class Trials {
    private static final int BATCH = 6;
    private static final int INPUTS = 6;
    private static final int CLASSES = 3;
    private static final int STEPS = 5;
    private static final int WORDS = 7;
    private static final int CHANNELS = 2;
    private static final int HEIGHT = 9;
    private static final int WIDTH = 8;
    private static final int UNITS = 7;
    private static final int MANY_UNITS = 130;
    private static final long SEED = 11;
    private static final double RATE = 0.05;
    /** Training of the small networks. */
    private static final int FEW_STEPS = 5;
    /** Of the benchmarks' networks. */
    private static final int MANY_STEPS = 20;
    private static final int BENCHMARK_BATCH = 128;
    private static final int TURNS = 4;
    /** Weights that DL4J starts alike, as biases and the numbers of batch normalisation, would hide a wrong one. */
    private static final double LEAST_DEVIATION = 0.1;

    private static final Data ROWS = Data.classes(List.of(BATCH, INPUTS), BATCH, CLASSES);
    private static final Data IMAGES = Data.classes(List.of(BATCH, CHANNELS, HEIGHT, WIDTH), BATCH, CLASSES);
    private static final Data SEQUENCES = Data.classes(List.of(BATCH, INPUTS, STEPS), BATCH, CLASSES);
    private static final Data EVERY_STEP = Data.classes(List.of(BATCH, INPUTS, STEPS), BATCH, CLASSES, STEPS);
    private static final Data TOKENS = Data.classes(List.of(BATCH, STEPS), BATCH, CLASSES).tokens(WORDS);

    private final List<Case> cases = new ArrayList<>();

    private Trials() { }

    /** One small network for each kind. */
    static List<Case> layers() {
        Trials all = new Trials();
        all.dense();
        all.images();
        all.overTime();
        all.recurrent();
        all.losses();
        all.updates();
        return all.cases;
    }

    /** The networks of the benchmarks.
     *
     *  @param batch rows  @param steps of training */
    static List<Case> networks(int batch, int steps) {
        return Arrays.stream(Network.values()).map(network -> network(network, batch, steps)).toList();
    }

    static Case network(Network network, int batch, int steps) {
        return read("network " + network.name().toLowerCase(Locale.ROOT), network.build(), data(network, batch), steps, 0);
    }

    /** As the checks train them. */
    static List<Case> networks() {
        return networks(BENCHMARK_BATCH, MANY_STEPS);
    }

    private static Data data(Network network, int batch) {
        List<Integer> features = new ArrayList<>();
        INDArray one = network.rows(1).getFeatures();
        for (long n : one.shape()) features.add((int) n);
        features.set(0, batch);
        List<Integer> labels = new ArrayList<>();
        for (long n : network.rows(1).getLabels().shape()) labels.add((int) n);
        labels.set(0, batch);
        return new Data(features, network == Network.TEXT_LSTM ? Network.WORDS : 0, labels, Data.Kind.CLASSES, false, Data.Mask.NONE);
    }

    private static Case read(String name, Model model, Data data, int steps, double leastDeviation) {
        NetSpec spec = Accelerated.specification(model).orElseThrow(() -> new IllegalStateException(name + ": " + Accelerated.attempt(model).reasons()));
        if (!Accelerated.attempt(model).accelerated().orElseThrow().stockLayers().isEmpty()) throw new IllegalStateException(name + " has a layer that no device has");
        INDArray params = model.params().reshape(model.params().length());
        List<Case.Weights> weights = new ArrayList<>();
        for (Param p : spec.layout().params()) {
            double sum = 0;
            double squares = 0;
            for (long i = p.offset(); i < p.end(); i++) {
                double v = params.getDouble(i);
                sum += v;
                squares += v * v;
            }
            double mean = sum / p.length();
            weights.add(new Case.Weights(mean, Math.max(leastDeviation, Math.sqrt(Math.max(0, squares / p.length() - mean * mean)))));
        }
        return new Case(name, spec, weights, fills(state(model)), data, steps, TURNS, longest(model));
    }

    private static INDArray state(Model model) {
        return model instanceof MultiLayerNetwork net ? net.getUpdater().getStateViewArray() : ((ComputationGraph) model).getUpdater().getStateViewArray();
    }

    private static double longest(Model model) {
        Collection<TrainingListener> listeners = model instanceof MultiLayerNetwork net ? net.getListeners() : ((ComputationGraph) model).getListeners();
        return listeners.stream().filter(GlobalNormClipping.class::isInstance).mapToDouble(l -> ((GlobalNormClipping) l).threshold()).min().orElse(Double.POSITIVE_INFINITY);
    }

    private static List<Case.Fill> fills(INDArray state) {
        List<Case.Fill> fills = new ArrayList<>();
        if (state == null) return fills;
        float[] values = state.dup().data().asFloat();
        int from = 0;
        for (int i = 1; i <= values.length; i++) {
            if (i < values.length && values[i] == values[from]) continue;
            fills.add(new Case.Fill(i - from, values[from]));
            from = i;
        }
        return fills;
    }

    private void add(String name, Model model, Data data) {
        cases.add(read(name, model, data, FEW_STEPS, LEAST_DEVIATION));
    }

    private void add(String name, InputType input, Data data, Layer... layers) {
        var list = new NeuralNetConfiguration.Builder().seed(SEED).updater(new Sgd(RATE)).activation(Activation.TANH).list();
        for (Layer layer : layers) list.layer(layer);
        MultiLayerNetwork net = new MultiLayerNetwork((input == null ? list : list.setInputType(input)).build());
        net.init();
        add(name, net, data);
    }

    private static String lower(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }

    private static RnnOutputLayer outputs() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }

    private static DenseLayer dense(Activation a) {
        return new DenseLayer.Builder().nOut(UNITS).activation(a).build();
    }

    private void dense() {
        InputType row = InputType.feedForward(INPUTS);
        for (Activation a : List.of(Activation.IDENTITY, Activation.RELU, Activation.LEAKYRELU, Activation.ELU, Activation.SELU, Activation.SIGMOID, Activation.TANH, Activation.HARDSIGMOID,
                Activation.HARDTANH, Activation.SOFTPLUS, Activation.MISH, Activation.SWISH, Activation.GELU, Activation.SOFTMAX))
            add("dense " + lower(a), row, ROWS, dense(a), output());
        add("dense without bias", row, ROWS, new DenseLayer.Builder().nOut(UNITS).hasBias(false).activation(Activation.RELU).build(), output());
        add("batch norm of rows", row, ROWS, dense(Activation.TANH), new BatchNormalization(), output());
        add("batch norm, gamma and beta fixed", row, ROWS, dense(Activation.TANH), new BatchNormalization.Builder().lockGammaBeta(true).gamma(1.5).beta(0.2).build(), output());
        add("batch norm, plain variance", row, ROWS, dense(Activation.TANH), new BatchNormalization.Builder().useLogStd(false).build(), output());
        add("dropout", row, ROWS, dense(Activation.TANH), new DropoutLayer.Builder(0.7).build(), output());
        add("dropout of inputs and units", Mlp.classifier(INPUTS, CLASSES).hidden(UNITS).dropout(0.3).inputDropout(0.2).optimizer(Optimizer.sgd(RATE)).build(), ROWS);
        // Devices draw other numbers: noise of no width is the same on all.
        add("weight noise", row, ROWS, new DenseLayer.Builder().nOut(UNITS).weightNoise(new WeightNoise(new NormalDistribution(0.3, 1e-9), true)).build(), output());
        add("embedding", null, Data.classes(List.of(BATCH, 1), BATCH, CLASSES).tokens(WORDS), new EmbeddingLayer.Builder().nIn(WORDS).nOut(UNITS).hasBias(true).build(),
                new OutputLayer.Builder(LossFunction.MCXENT).nIn(UNITS).nOut(CLASSES).activation(Activation.SOFTMAX).build());
    }

    private static ConvolutionLayer.Builder convolution(CNN2DFormat format) {
        return new ConvolutionLayer.Builder(3, 2).nOut(5).dataFormat(format);
    }

    private static SubsamplingLayer pool(PoolingType type, ConvolutionMode mode) {
        return new SubsamplingLayer.Builder(new int[] {2, 3}, new int[] {2, 2}).poolingType(type).convolutionMode(mode).build();
    }

    private void images() {
        InputType image = InputType.convolutional(HEIGHT, WIDTH, CHANNELS, CNN2DFormat.NCHW);
        CNN2DFormat first = CNN2DFormat.NCHW;
        add("convolution", image, IMAGES, convolution(first).build(), output());
        add("convolution relu", image, IMAGES, convolution(first).activation(Activation.RELU).build(), convolution(first).activation(Activation.RELU).build(), output());
        add("convolution swish", image, IMAGES, convolution(first).activation(Activation.SWISH).build(), output());
        add("convolution without bias", image, IMAGES, convolution(first).hasBias(false).build(), output());
        add("convolution padded", image, IMAGES, convolution(first).padding(2, 1).stride(2, 2).build(), convolution(first).build(), output());
        add("convolution same", image, IMAGES, convolution(first).convolutionMode(ConvolutionMode.Same).build(), convolution(first).convolutionMode(ConvolutionMode.Same).stride(2, 1).build(), output());
        add("convolution dilated", image, IMAGES, convolution(first).build(), convolution(first).dilation(2, 2).build(), output());
        InputType last = InputType.convolutional(HEIGHT, WIDTH, CHANNELS, CNN2DFormat.NHWC);
        add("convolution, channels last", last, Data.classes(List.of(BATCH, HEIGHT, WIDTH, CHANNELS), BATCH, CLASSES), convolution(CNN2DFormat.NHWC).build(),
                new SubsamplingLayer.Builder(new int[] {2, 2}, new int[] {2, 2}).dataFormat(CNN2DFormat.NHWC).build(), output());
        for (PoolingType type : List.of(PoolingType.MAX, PoolingType.AVG)) {
            add(lower(type) + " pooling", image, IMAGES, convolution(first).build(), pool(type, ConvolutionMode.Truncate), output());
            add(lower(type) + " pooling same", image, IMAGES, convolution(first).build(), pool(type, ConvolutionMode.Same), output());
            add("global " + lower(type) + " pooling", image, IMAGES, convolution(first).build(), new GlobalPoolingLayer(type), output());
        }
        add("batch norm of images", image, IMAGES, new BatchNormalization(), convolution(first).build(), new BatchNormalization(), output());
        add("dropout of images", Cnn.images(HEIGHT, WIDTH, CHANNELS).conv(5, 3).dropout(0.3).dense(UNITS).classes(CLASSES).optimizer(Optimizer.sgd(RATE)).build(), IMAGES);
        add("residual", ResidualCnn.images(HEIGHT, WIDTH, CHANNELS).conv(4, 3).residual(4, 3).residual(6, 3, 2).globalAvgPool().classes(CLASSES).optimizer(Optimizer.sgd(RATE)).build(), IMAGES);
    }

    private void overTime() {
        InputType sequence = InputType.recurrent(INPUTS);
        Data eight = Data.classes(List.of(BATCH, INPUTS, 8), BATCH, CLASSES);
        for (SubsamplingLayer.PoolingType type : List.of(SubsamplingLayer.PoolingType.MAX, SubsamplingLayer.PoolingType.AVG))
            add("convolution and " + lower(type) + " pooling over time", sequence, eight, new Convolution1DLayer.Builder(3).nOut(UNITS).convolutionMode(ConvolutionMode.Same).build(),
                    new Subsampling1DLayer.Builder(type, 2, 2).build(), new GlobalPoolingLayer(PoolingType.AVG), output());
        add("convolution over tokens, padded", Rnn.tokens(WORDS, 4).conv1d(5, 3).maxOverTime().classes(CLASSES).optimizer(Optimizer.sgd(RATE)).build(), TOKENS.padded(Data.Mask.NONE));
        for (PoolingType type : List.of(PoolingType.MAX, PoolingType.AVG, PoolingType.SUM))
            for (Data data : List.of(TOKENS, TOKENS.padded(Data.Mask.NONE)))
                add("embedding, " + lower(type) + " over time" + (data.padded() ? ", padded" : ""), null, data,
                        new EmbeddingSequenceLayer.Builder().nIn(WORDS).nOut(4).activation(Activation.IDENTITY).build(), new LSTM.Builder().nIn(4).nOut(UNITS).build(),
                        new GlobalPoolingLayer(type), new OutputLayer.Builder(LossFunction.MCXENT).nIn(UNITS).nOut(CLASSES).activation(Activation.SOFTMAX).build());
        add("residual over time", ResidualCnn.series(9, CHANNELS).residual(4, 3).globalMaxPool().classes(CLASSES).optimizer(Optimizer.sgd(RATE)).build(),
                Data.classes(List.of(BATCH, CHANNELS, 9), BATCH, CLASSES));
    }

    private void recurrent() {
        InputType sequence = InputType.recurrent(INPUTS);
        add("lstm", sequence, EVERY_STEP, new LSTM.Builder().nOut(UNITS).build(), outputs());
        // Small ones do all their steps at once.
        add("large lstm", sequence, EVERY_STEP, new LSTM.Builder().nOut(MANY_UNITS).build(), outputs());
        add("lstm, hard sigmoid gates", sequence, EVERY_STEP, new LSTM.Builder().nOut(UNITS).activation(Activation.SOFTPLUS).gateActivationFunction(Activation.HARDSIGMOID).build(), outputs());
        add("two lstms, label mask", sequence, EVERY_STEP.masked(Data.Mask.STEPS), new LSTM.Builder().nOut(UNITS).build(), new LSTM.Builder().nOut(4).build(), outputs());
        add("simple recurrent", sequence, EVERY_STEP, new SimpleRnn.Builder().nOut(UNITS).build(), outputs());
        add("simple recurrent swish", sequence, EVERY_STEP, new SimpleRnn.Builder().nOut(UNITS).activation(Activation.SWISH).build(), outputs());
        for (Bidirectional.Mode mode : Bidirectional.Mode.values()) add("bidirectional " + lower(mode), sequence, EVERY_STEP, new Bidirectional(mode, new LSTM.Builder().nOut(4).build()), outputs());
        add("last step", sequence, SEQUENCES, new LastTimeStep(new LSTM.Builder().nOut(UNITS).build()), output());
        add("last step, padded", sequence, SEQUENCES.padded(Data.Mask.NONE), new LastTimeStep(new SimpleRnn.Builder().nOut(UNITS).build()), output());
        add("bidirectional lstm, padded", Rnn.tokens(WORDS, 4).lstm(5).bidirectional().lstm(4).bidirectional().maxOverTime().classes(CLASSES).optimizer(Optimizer.sgd(RATE)).build(),
                TOKENS.padded(Data.Mask.NONE));
        add("bidirectional recurrent, padded", Rnn.tokens(WORDS, 4).simple(5).bidirectional().lastStep().classes(CLASSES).optimizer(Optimizer.sgd(RATE)).build(), TOKENS.padded(Data.Mask.NONE));
        add("every step, padded", Rnn.tokens(WORDS, 4).lstm(5).perStep().classes(CLASSES).optimizer(Optimizer.sgd(RATE)).build(),
                Data.classes(List.of(BATCH, STEPS), BATCH, CLASSES, STEPS).tokens(WORDS).padded(Data.Mask.STEPS));
        add("dropout inside bidirectional", Rnn.tokens(WORDS, 4).dropout(0.2).lstm(5).bidirectional().maxOverTime().classes(CLASSES).optimizer(Optimizer.sgd(RATE)).build(), TOKENS);
    }

    private void loss(String name, ILossFunction loss, Activation activation, Data data) {
        add("loss " + name, InputType.feedForward(INPUTS), data, dense(Activation.TANH), new OutputLayer.Builder(loss).nOut(CLASSES).activation(activation).build());
    }

    private void losses() {
        INDArray weights = org.nd4j.linalg.factory.Nd4j.createFromArray(1f, 2f, 3f).reshape(1, CLASSES);
        Data numbers = ROWS.of(Data.Kind.NUMBERS);
        for (LossFunction l : List.of(LossFunction.MCXENT, LossFunction.NEGATIVELOGLIKELIHOOD)) loss(lower(l), l.getILossFunction(), Activation.SOFTMAX, ROWS);
        loss("mcxent, weighted", new LossMCXENT(weights), Activation.SOFTMAX, ROWS);
        loss("xent", LossFunction.XENT.getILossFunction(), Activation.SIGMOID, ROWS.of(Data.Kind.BITS));
        loss("xent, cells masked", LossFunction.XENT.getILossFunction(), Activation.SIGMOID, ROWS.of(Data.Kind.BITS).masked(Data.Mask.CELLS));
        for (LossFunction l : List.of(LossFunction.MSE, LossFunction.L2, LossFunction.MEAN_ABSOLUTE_ERROR, LossFunction.L1)) loss(lower(l), l.getILossFunction(), Activation.IDENTITY, numbers);
        loss("mse, weighted", new LossMSE(weights), Activation.TANH, numbers);
        loss("mse, rows masked", new LossMSE(), Activation.IDENTITY, numbers.masked(Data.Mask.ROWS));
        Optimizer sgd = Optimizer.sgd(RATE);
        add("loss huber", Mlp.regressor(INPUTS, CLASSES).hidden(UNITS).loss(Loss.huber(0.5)).optimizer(sgd).build(), numbers);
        add("loss poisson", Mlp.regressor(INPUTS, CLASSES).hidden(UNITS).loss(Loss.poisson()).optimizer(sgd).build(), ROWS.of(Data.Kind.COUNTS));
        add("loss smoothed, class weights", Mlp.classifier(INPUTS, CLASSES).hidden(UNITS).labelSmoothing(0.1).classWeights(1, 2, 3).optimizer(sgd).build(), ROWS);
        add("loss binary, class weights", Mlp.binary(INPUTS).hidden(UNITS).labelSmoothing(0.1).classWeights(1, 2).optimizer(sgd).build(),
                new Data(ROWS.features(), 0, List.of(BATCH, 1), Data.Kind.BITS, false, Data.Mask.NONE));
        add("loss of labels, weighted", Mlp.multiLabel(INPUTS, CLASSES).hidden(UNITS).classWeights(0.5, 2, 1.25).optimizer(sgd).build(), ROWS.of(Data.Kind.BITS));
        add("loss of every step, masked", Rnn.features(INPUTS).simple(UNITS).perStep().regression(CLASSES).loss(Loss.huber(0.2)).optimizer(sgd).build(),
                EVERY_STEP.of(Data.Kind.NUMBERS).masked(Data.Mask.STEPS));
    }

    private Mlp mlp() {
        return Mlp.classifier(INPUTS, CLASSES).hidden(UNITS).batchNorm();
    }

    private void updates() {
        add("sgd", mlp().optimizer(Optimizer.sgd(RATE)).build(), ROWS);
        add("nesterov", mlp().optimizer(Optimizer.nesterov(RATE)).build(), ROWS);
        add("adam", mlp().optimizer(Optimizer.adam(RATE)).build(), ROWS);
        add("adamw", mlp().optimizer(Optimizer.adamW(RATE, 0.1)).build(), ROWS);
        add("rmsprop", mlp().optimizer(Optimizer.rmsProp(RATE)).build(), ROWS);
        add("adagrad", mlp().optimizer(Optimizer.adaGrad(RATE)).build(), ROWS);
        add("schedule", mlp().optimizer(Optimizer.nesterov(RATE)).schedule(new Schedule.Step(RATE, 0.5, 2)).build(), ROWS);
        add("l1", mlp().optimizer(Optimizer.sgd(RATE)).l1(0.05).build(), ROWS);
        add("l2", mlp().optimizer(Optimizer.sgd(RATE)).l2(0.05).build(), ROWS);
        add("clipping by value", mlp().optimizer(Optimizer.sgd(RATE)).clip(Clipping.byValue(0.02)).build(), ROWS);
        add("clipping by norm", mlp().optimizer(Optimizer.sgd(RATE)).clip(Clipping.byNorm(0.1)).build(), ROWS);
        add("clipping by global norm", mlp().optimizer(Optimizer.sgd(RATE)).clip(Clipping.byGlobalNorm(0.1)).l2(0.01).build(), ROWS);
        for (GradientNormalization n : List.of(GradientNormalization.RenormalizeL2PerLayer, GradientNormalization.RenormalizeL2PerParamType, GradientNormalization.ClipL2PerParamType)) {
            MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(SEED).updater(new Sgd(RATE)).activation(Activation.TANH).gradientNormalization(n)
                    .gradientNormalizationThreshold(0.1).list().layer(dense(Activation.TANH)).layer(output()).setInputType(InputType.feedForward(INPUTS)).build());
            net.init();
            add("clipping " + n.name(), net, ROWS);
        }
    }
}
