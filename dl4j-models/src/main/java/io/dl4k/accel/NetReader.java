package io.dl4k.accel;

import io.dl4k.accel.program.Activation;
import io.dl4k.accel.program.LayerSpec;
import io.dl4k.accel.program.LossSpec;
import io.dl4k.accel.program.NetSpec;
import io.dl4k.accel.program.Param;
import io.dl4k.accel.program.ParamLayout;
import io.dl4k.accel.program.Rate;
import io.dl4k.accel.program.UpdatePlan;
import io.dl4k.accel.program.UpdaterSpec;
import io.dl4k.accel.program.Window;
import io.dl4k.models.BinaryCrossEntropyLoss;
import io.dl4k.models.HuberLoss;
import io.dl4k.models.SmoothedCrossEntropyLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;
import org.nd4j.linalg.lossfunctions.impl.LossPoisson;

/** Reads a DL4J network into a {@link NetSpec}. What it does not know exactly it refuses, with the layer and the reason: a subclass may
 *  compute something else than the class it extends, so classes are compared, not instances. */
final class NetReader {
    /** Either a spec, or reasons why there is none.
     *
     *  @param spec null when refused  @param reasons empty when accepted  @param stockLayers layers that DL4J computes, each with the reason */
    record Reading(NetSpec spec, List<String> reasons, List<String> stockLayers) { }

    private final Stock net;
    private final List<Stock.Node> nodes;
    private final List<NetSpec.Node> read = new ArrayList<>();
    /** Of the node being read. */
    private List<LayerSpec> layers;
    private final List<UpdatePlan.Noise> noises = new ArrayList<>();
    /** Why there can be no spec. */
    private final List<String> reasons = new ArrayList<>();
    /** Why the layer being read is not one that programs know. */
    private final Set<String> shortcomings = new LinkedHashSet<>();
    private final List<String> stockLayers = new ArrayList<>();
    private final StockLayers.Workspaces workspaces;
    /** Whether a layer before the output will be faster. */
    private boolean gains;
    private ParamLayout layout;
    private CNN2DFormat images;
    /** Where a node of the network went; -1, the input, stays what it is. */
    private final Map<Integer, Integer> place = new HashMap<>(Map.of(-1, -1));

    private NetReader(Stock net) {
        this.net = net;
        this.nodes = net.nodes();
        this.workspaces = StockLayers.Workspaces.of(net.workspaces() != WorkspaceMode.NONE);
    }

    static Reading read(Stock net) {
        INDArray params = net.model().params();
        if (params == null || params.length() == 0) return refused("the network has no parameters, or init() was not called");
        if (params.dataType() != DataType.FLOAT) return refused("parameters are " + params.dataType() + ", not FLOAT");
        if (net instanceof Stock.Graph g && (g.net().getNumInputArrays() != 1 || g.net().getNumOutputArrays() != 1))
            return refused("the graph has " + g.net().getNumInputArrays() + " inputs and " + g.net().getNumOutputArrays() + " outputs, not one of each");
        return new NetReader(net).read();
    }

    private Reading read() {
        if (net.backpropagation() != BackpropType.Standard) return refused("truncated backpropagation through time");
        if (settings().getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) return refused("optimization algorithm " + settings().getOptimizationAlgo());
        if (settings().getStepFunction() != null && !settings().isMinimize()) return refused("maximises its score");
        layout = layout();
        for (int i = 0; i < nodes.size(); i++) node(i, nodes.get(i));
        LossSpec loss = loss();
        NetSpec.InputKind input = reasons.isEmpty() ? inputKind() : null;
        UpdatePlan update = reasons.isEmpty() ? update() : null;
        if (!gains) reasons.addAll(stockLayers);
        if (!reasons.isEmpty()) return new Reading(null, List.copyOf(reasons), List.of());
        return new Reading(new NetSpec(input, images == CNN2DFormat.NHWC, read, loss, layout, update, settings().isMiniBatch(), settings().getSeed()), List.of(), List.copyOf(stockLayers));
    }

    private static Reading refused(String reason) {
        return new Reading(null, List.of(reason), List.of());
    }

    private NeuralNetConfiguration settings() {
        return net.settings();
    }

    private Layer conf(int i) {
        return nodes.get(i).conf();
    }

    /** Leaves the layer being read to DL4J. */
    private void refuse(int i, String reason) {
        shortcomings.add(name(i) + ": " + reason);
    }

    /** Leaves the network to DL4J. */
    private void refuseAll(int i, String reason) {
        reasons.add(name(i) + ": " + reason);
    }

    private String name(int i) {
        Stock.Node node = nodes.get(i);
        Object kind = node.layer() == null ? node.vertex() : conf(i);
        return node.name() + " (" + kind.getClass().getSimpleName() + ")";
    }

    private void node(int i, Stock.Node node) {
        layers = new ArrayList<>();
        LayerSpec.MergeKind join = null;
        if (node.layer() != null) {
            preProcessor(i, node.before());
            layer(i, conf(i));
        } else if (node.vertex().getClass() == ElementWiseVertex.class) {
            join = switch (((ElementWiseVertex) node.vertex()).getOp()) {
                case Add -> LayerSpec.MergeKind.ADD;
                case Product -> LayerSpec.MergeKind.MUL;
                case Average -> LayerSpec.MergeKind.AVERAGE;
                default -> null;
            };
            if (join == null || join == LayerSpec.MergeKind.AVERAGE && node.inputs().size() > 2)
                refuseAll(i, ((ElementWiseVertex) node.vertex()).getOp() + " of " + node.inputs().size() + " inputs; only Add, Product, and Average of two");
        } else if (node.vertex().getClass() == MergeVertex.class) {
            join = LayerSpec.MergeKind.CONCAT;
            int features = images == CNN2DFormat.NHWC ? 3 : MergeVertex.DEFAULT_MERGE_DIM;
            if (((MergeVertex) node.vertex()).getMergeAxis() != features) refuseAll(i, "merges axis " + ((MergeVertex) node.vertex()).getMergeAxis() + ", not " + features);
        } else if (node.vertex().getClass() == PreprocessorVertex.class) {
            preProcessor(i, ((PreprocessorVertex) node.vertex()).getPreProcessor());
        } else {
            refuseAll(i, "no accelerated kind of this vertex");
        }
        if (!reasons.isEmpty()) return;
        // Layers in a row are one node.
        boolean follows = join == null && !read.isEmpty() && node.inputs().equals(List.of(i - 1)) && onlyReader(i);
        if (follows) {
            NetSpec.Node before = read.remove(read.size() - 1);
            layers.addAll(0, before.layers());
            read.add(new NetSpec.Node(before.join(), before.inputs(), joined(layers)));
        } else {
            read.add(new NetSpec.Node(join, node.inputs().stream().map(place::get).toList(), joined(layers)));
        }
        place.put(i, read.size() - 1);
    }

    /** With what DL4J computes in a row as one, so that nothing is copied in between. */
    private static List<LayerSpec> joined(List<LayerSpec> layers) {
        List<LayerSpec> joined = new ArrayList<>();
        for (LayerSpec l : layers) {
            int last = joined.size() - 1;
            if (l instanceof LayerSpec.Foreign f && last >= 0 && joined.get(last) instanceof LayerSpec.Foreign before)
                joined.set(last, new LayerSpec.Foreign(((StockLayers) before.layer()).then((StockLayers) f.layer())));
            else joined.add(l);
        }
        return joined;
    }

    /** Whether nobody else reads what {@code i} reads, so that it need not end a node. */
    private boolean onlyReader(int i) {
        return nodes.stream().filter(n -> n.inputs().contains(i - 1)).count() == 1;
    }

    // Parameters.

    private ParamLayout layout() {
        List<Param> params = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).layer() == null) continue;
            for (Map.Entry<String, INDArray> e : nodes.get(i).layer().paramTable().entrySet()) {
                params.add(new Param(i, e.getKey(), e.getValue().offset() - net.model().params().offset(), e.getValue().length()));
            }
        }
        params.sort(Comparator.comparingLong(Param::offset));
        return new ParamLayout(params);
    }

    private Param param(int layer, String name) {
        return layout.get(layer, name);
    }

    private Param optional(int layer, String name) {
        return layout.has(layer, name) ? layout.get(layer, name) : null;
    }

    // Layers.

    private void preProcessor(int i, InputPreProcessor p) {
        if (p == null) return;
        if (p.getClass() == CnnToFeedForwardPreProcessor.class) {
            layers.add(new LayerSpec.Flatten(((CnnToFeedForwardPreProcessor) p).getFormat() == CNN2DFormat.NHWC));
        } else if (p.getClass() == FeedForwardToCnnPreProcessor.class) {
            FeedForwardToCnnPreProcessor c = (FeedForwardToCnnPreProcessor) p;
            layers.add(new LayerSpec.Unflatten((int) c.getNumChannels(), (int) c.getInputHeight(), (int) c.getInputWidth(), false));
        } else if (p.getClass() == RnnToFeedForwardPreProcessor.class) {
            layers.add(new LayerSpec.StepsToRows());
        } else if (p.getClass() == FeedForwardToRnnPreProcessor.class) {
            layers.add(new LayerSpec.RowsToSteps());
        } else {
            stock(i, new StockLayers.OfInput(p), "preprocessor " + p.getClass().getSimpleName());
        }
    }

    private void layer(int i, Layer conf) {
        int before = layers.size();
        int noisesBefore = noises.size();
        shortcomings.clear();
        known(i, conf);
        if (shortcomings.isEmpty()) {
            boolean light = conf instanceof ActivationLayer || conf instanceof DropoutLayer || conf instanceof MaskLayer || conf instanceof BaseOutputLayer;
            gains |= !light;
            return;
        }
        String refusal = onlyStock(i, conf);
        if (refusal != null) refuseAll(i, refusal);
        if (refusal != null || conf instanceof BaseOutputLayer) {
            reasons.addAll(shortcomings);
            return;
        }
        layers.subList(before, layers.size()).clear();
        noises.subList(noisesBefore, noises.size()).clear();
        imageFormat(i, conf);
        stockLayers.addAll(shortcomings);
        layers.add(new LayerSpec.Foreign(new StockLayers(name(i), List.of(new StockLayers.OfLayer(nodes.get(i).layer())), workspaces)));
    }

    /** Why DL4J cannot compute this layer while the others are accelerated, or null. */
    private String onlyStock(int i, Layer conf) {
        if (nodes.get(i).layer().isPretrainLayer()) return "a layer for pretraining";
        if (conf instanceof Convolution3D || conf instanceof Deconvolution3D || conf instanceof Subsampling3DLayer || conf instanceof Upsampling3D || conf instanceof Cropping3D || conf instanceof ZeroPadding3DLayer)
            return "volumes";
        boolean timeLast = !(conf instanceof BaseRecurrentLayer r && r.getRnnDataFormat() == RNNFormat.NWC || conf instanceof Convolution1DLayer c && c.getRnnDataFormat() == RNNFormat.NWC
                || conf instanceof EmbeddingSequenceLayer e && e.getOutputFormat() == RNNFormat.NWC);
        if (!timeLast) return "data format NWC";
        // Its gradient is null: DL4J trains nothing below it.
        boolean above = conf instanceof FrozenLayer && nodes.subList(0, i).stream().anyMatch(n -> n.layer() != null && n.layer().numParams() > 0 && !(n.conf() instanceof FrozenLayer));
        return above ? "frozen above a layer that is not" : null;
    }

    private void stock(int i, StockLayers.Part part, String reason) {
        stockLayers.add(name(i) + ": " + reason);
        layers.add(new LayerSpec.Foreign(new StockLayers(reason, List.of(part), workspaces)));
    }

    /** Images must lie in one order in the whole network. */
    private void imageFormat(int i, Layer conf) {
        CNN2DFormat format = conf instanceof Convolution1DLayer || conf instanceof Subsampling1DLayer ? null
                : conf instanceof ConvolutionLayer c ? c.getCnn2dDataFormat()
                : conf instanceof SubsamplingLayer s ? s.getCnn2dDataFormat()
                : conf instanceof Upsampling2D u ? u.getFormat()
                : conf instanceof ZeroPaddingLayer z ? z.getDataFormat()
                : conf instanceof Cropping2D c ? c.getDataFormat()
                : conf instanceof LocalResponseNormalization n ? n.getDataFormat()
                : conf instanceof SpaceToDepthLayer s ? s.getDataFormat()
                : conf instanceof SpaceToBatchLayer s ? s.getFormat()
                : conf instanceof LocallyConnected2D l ? l.getFormat()
                : null;
        if (format != null) format(i, format);
    }

    private void known(int i, Layer conf) {
        extras(i, conf, "");
        Class<?> kind = conf.getClass();
        if (kind == DenseLayer.class) dense(i, (DenseLayer) conf);
        else if (kind == OutputLayer.class) output(i, (OutputLayer) conf);
        else if (kind == RnnOutputLayer.class) output(i, (RnnOutputLayer) conf);
        else if (kind == ConvolutionLayer.class) convolution(i, (ConvolutionLayer) conf);
        else if (kind == Convolution1DLayer.class) convolution1d(i, (Convolution1DLayer) conf);
        else if (kind == SubsamplingLayer.class || kind == Subsampling1DLayer.class) pooling(i, (SubsamplingLayer) conf);
        else if (kind == GlobalPoolingLayer.class) globalPooling(i, (GlobalPoolingLayer) conf);
        else if (kind == BatchNormalization.class) batchNorm(i, (BatchNormalization) conf);
        else if (kind == ActivationLayer.class) layers.add(new LayerSpec.Activate(activation(i, ((ActivationLayer) conf).getActivationFn())));
        else if (kind == DropoutLayer.class) dropout(i, conf);
        else if (kind == MaskLayer.class) layers.add(new LayerSpec.MaskSteps());
        else if (kind == LSTM.class || kind == SimpleRnn.class) recurrentLayer(i, conf);
        else if (kind == Bidirectional.class) bidirectional(i, (Bidirectional) conf);
        else if (kind == LastTimeStep.class) lastTimeStep(i, (LastTimeStep) conf);
        else if (kind == EmbeddingLayer.class) {
            EmbeddingLayer e = (EmbeddingLayer) conf;
            layers.add(new LayerSpec.Embedding((int) e.getNIn(), (int) e.getNOut(), param(i, "W"), optional(i, "b"), activation(i, e.getActivationFn()), false));
        } else if (kind == EmbeddingSequenceLayer.class) {
            EmbeddingSequenceLayer e = (EmbeddingSequenceLayer) conf;
            if (e.getOutputFormat() != RNNFormat.NCW) refuse(i, "output format " + e.getOutputFormat());
            layers.add(new LayerSpec.Embedding((int) e.getNIn(), (int) e.getNOut(), param(i, "W"), optional(i, "b"), activation(i, e.getActivationFn()), true));
        } else refuse(i, "no accelerated kind of this layer");
    }

    /** What any layer may have beside its own computation, those inside wrappers too. */
    private void extras(int i, Layer conf, String prefix) {
        if (conf instanceof Bidirectional both) {
            extras(i, both.getFwd(), prefix + "f");
            extras(i, both.getBwd(), prefix + "b");
        } else if (conf instanceof BaseWrapperLayer wrapper) {
            extras(i, wrapper.getUnderlying(), prefix);
        }
        if (conf instanceof BaseLayer base && base.getWeightNoise() != null) noise(i, base.getWeightNoise(), prefix);
    }

    private void noise(int i, IWeightNoise noise, String prefix) {
        if (noise.getClass() != WeightNoise.class || !(((WeightNoise) noise).getDistribution() instanceof NormalDistribution normal) || ((WeightNoise) noise).isApplyToBias()) {
            refuse(i, "weight noise " + noise.getClass().getSimpleName() + "; only WeightNoise of a normal distribution, not on biases");
            return;
        }
        for (String name : List.of(prefix + "W", prefix + "RW")) {
            if (layout.has(i, name)) noises.add(new UpdatePlan.Noise(param(i, name), normal.getMean(), normal.getStd(), ((WeightNoise) noise).isAdditive()));
        }
    }

    private void dropout(int i, Layer conf) {
        double keep = keep(i, conf);
        if (keep < 1) layers.add(new LayerSpec.Dropout(keep, i));
    }

    /** Share of its inputs that a layer keeps in training. */
    private double keep(int i, Layer conf) {
        if (conf.getIDropout() == null) return 1;
        if (conf.getIDropout().getClass() != Dropout.class) {
            refuse(i, "dropout " + conf.getIDropout().getClass().getSimpleName());
            return 1;
        }
        Dropout d = (Dropout) conf.getIDropout();
        if (d.getPSchedule() != null) refuse(i, "dropout with a schedule");
        return d.getP() > 0 && d.getP() < 1 ? d.getP() : 1;
    }

    private void dense(int i, DenseLayer conf) {
        if (conf.hasLayerNorm()) refuse(i, "layer normalisation");
        dropout(i, conf);
        layers.add(new LayerSpec.Dense((int) conf.getNIn(), (int) conf.getNOut(), param(i, "W"), optional(i, "b"), activation(i, conf.getActivationFn())));
    }

    private void output(int i, BaseOutputLayer conf) {
        if (conf instanceof RnnOutputLayer r && r.getRnnDataFormat() == RNNFormat.NWC) refuse(i, "data format NWC");
        dropout(i, conf);
        layers.add(new LayerSpec.Dense((int) conf.getNIn(), (int) conf.getNOut(), param(i, "W"), optional(i, "b"), Activation.IDENTITY));
        layers.add(new LayerSpec.Activate(activation(i, conf.getActivationFn())));
    }

    private void format(int i, CNN2DFormat format) {
        if (images == null) images = format;
        else if (images != format) refuseAll(i, "image format " + format + " after " + images);
    }

    private static Window window(int[] kernel, int[] stride, int[] padding, int[] dilation) {
        return new Window(kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1], padding[0], padding[1], dilation[0], dilation[1]);
    }

    private static Window window1d(int[] kernel, int[] stride, int[] padding, int[] dilation) {
        return new Window(kernel[0], 1, stride[0], 1, padding[0], 0, padding[0], 0, dilation[0], 1);
    }

    /** Whether padding follows from the input. Truncate and Strict use the padding that is given. */
    private boolean same(int i, ConvolutionMode mode) {
        if (mode == ConvolutionMode.Causal) refuse(i, "convolution mode Causal");
        return mode == ConvolutionMode.Same;
    }

    private void convolution(int i, ConvolutionLayer c) {
        format(i, c.getCnn2dDataFormat());
        dropout(i, c);
        layers.add(new LayerSpec.Convolution((int) c.getNIn(), (int) c.getNOut(), window(c.getKernelSize(), c.getStride(), c.getPadding(), c.getDilation()), same(i, c.getConvolutionMode()),
                param(i, "W"), optional(i, "b"), activation(i, c.getActivationFn())));
    }

    private void convolution1d(int i, Convolution1DLayer c) {
        if (c.getRnnDataFormat() != RNNFormat.NCW) refuse(i, "data format " + c.getRnnDataFormat());
        dropout(i, c);
        layers.add(new LayerSpec.Convolution1D((int) c.getNIn(), (int) c.getNOut(), window1d(c.getKernelSize(), c.getStride(), c.getPadding(), c.getDilation()),
                same(i, c.getConvolutionMode()), param(i, "W"), optional(i, "b"), activation(i, c.getActivationFn())));
    }

    private LayerSpec.PoolKind poolKind(int i, PoolingType type, boolean padded) {
        if (type == PoolingType.MAX) return LayerSpec.PoolKind.MAX;
        if (type == PoolingType.AVG) return padded ? LayerSpec.PoolKind.MEAN_PADDED : LayerSpec.PoolKind.MEAN;
        if (type == PoolingType.SUM && conf(i) instanceof GlobalPoolingLayer) return LayerSpec.PoolKind.SUM;
        refuse(i, "pooling type " + type);
        return LayerSpec.PoolKind.MAX;
    }

    private void pooling(int i, SubsamplingLayer s) {
        LayerSpec.PoolKind kind = poolKind(i, s.getPoolingType(), s.isAvgPoolIncludePadInDivisor());
        if (s instanceof Subsampling1DLayer) {
            layers.add(new LayerSpec.Pooling1D(kind, window1d(s.getKernelSize(), s.getStride(), s.getPadding(), s.getDilation()), same(i, s.getConvolutionMode())));
        } else {
            format(i, s.getCnn2dDataFormat());
            layers.add(new LayerSpec.Pooling(kind, window(s.getKernelSize(), s.getStride(), s.getPadding(), s.getDilation()), same(i, s.getConvolutionMode())));
        }
    }

    private void globalPooling(int i, GlobalPoolingLayer g) {
        // Rows and columns of an image, or steps of a sequence: what the builder fills in.
        boolean usual = g.getPoolingDimensions() == null || java.util.Arrays.equals(g.getPoolingDimensions(), images == CNN2DFormat.NHWC ? new int[] {1, 2} : new int[] {2, 3})
                || images == null && java.util.Arrays.equals(g.getPoolingDimensions(), new int[] {2});
        if (!g.isCollapseDimensions() || !usual) refuse(i, "pooling dimensions " + java.util.Arrays.toString(g.getPoolingDimensions()));
        LayerSpec.PoolKind kind = poolKind(i, g.getPoolingType(), false);
        if (kind == LayerSpec.PoolKind.SUM && images != null) refuse(i, "sum over images");
        layers.add(new LayerSpec.GlobalPooling(kind));
    }

    private void batchNorm(int i, BatchNormalization b) {
        if (!b.isMinibatch()) refuse(i, "isMinibatch(false)");
        if (b.getCnn2DFormat() != null && images != null) format(i, b.getCnn2DFormat());
        boolean log = b.isUseLogStd();
        layers.add(new LayerSpec.BatchNorm((int) b.getNOut(), optional(i, "gamma"), optional(i, "beta"), param(i, "mean"), param(i, log ? "log10stdev" : "var"), log,
                b.getGamma(), b.getBeta(), b.getEps(), b.getDecay()));
    }

    private void recurrentLayer(int i, Layer conf) {
        dropout(i, conf);
        LayerSpec spec = recurrent(i, conf, "", false);
        if (spec != null) layers.add(spec);
    }

    private LayerSpec recurrent(int i, Layer conf, String prefix, boolean backward) {
        if (conf instanceof BaseRecurrentLayer r && r.getRnnDataFormat() == RNNFormat.NWC) refuse(i, "data format NWC");
        if (conf.getClass() == LSTM.class) {
            LSTM l = (LSTM) conf;
            Activation inside = recurrentActivation(i, l.getActivationFn());
            Activation gate = recurrentActivation(i, l.getGateActivationFn());
            return new LayerSpec.Lstm((int) l.getNIn(), (int) l.getNOut(), param(i, prefix + "W"), param(i, prefix + "RW"), param(i, prefix + "b"), inside, gate, backward);
        }
        if (conf.getClass() == SimpleRnn.class) {
            SimpleRnn s = (SimpleRnn) conf;
            if (s.isHasLayerNorm()) refuse(i, "layer normalisation");
            Activation a = recurrentActivation(i, s.getActivationFn());
            return new LayerSpec.SimpleRnn((int) s.getNIn(), (int) s.getNOut(), param(i, prefix + "W"), param(i, prefix + "RW"), param(i, prefix + "b"), a, backward);
        }
        refuse(i, "no accelerated kind of " + conf.getClass().getSimpleName());
        return null;
    }

    /** SELU is two functions to oneDNN, softmax looks at all units. */
    private Activation recurrentActivation(int i, IActivation function) {
        Activation a = activation(i, function);
        if (a.kind() == Activation.Kind.SELU || a.kind() == Activation.Kind.SOFTMAX) refuse(i, "activation " + function + " in a recurrent layer");
        return a;
    }

    private void bidirectional(int i, Bidirectional b) {
        Layer reverse = b.getBwd();
        boolean skipsZeros = reverse.getClass() == MaskZeroLayer.class;
        if (skipsZeros) {
            MaskZeroLayer masked = (MaskZeroLayer) reverse;
            reverse = masked.getUnderlying();
            if (masked.getMaskingValue() != 0 || reverse.getClass() != LSTM.class) refuse(i, "MaskZeroLayer of " + masked.getMaskingValue() + " on " + reverse.getClass().getSimpleName());
        }
        LayerSpec forward = recurrent(i, b.getFwd(), "f", false);
        // Steps that are skipped are turned around before and after, so that the layer itself runs forwards.
        LayerSpec backward = recurrent(i, reverse, "b", !skipsZeros);
        if (forward == null || backward == null) return;
        LayerSpec.MergeKind merge = switch (b.getMode()) {
            case CONCAT -> LayerSpec.MergeKind.CONCAT;
            case ADD -> LayerSpec.MergeKind.ADD;
            case MUL -> LayerSpec.MergeKind.MUL;
            case AVERAGE -> LayerSpec.MergeKind.AVERAGE;
        };
        layers.add(new LayerSpec.Bidirectional(forward, backward, merge, keep(i, b.getFwd()), keep(i, reverse), skipsZeros));
    }

    private void lastTimeStep(int i, LastTimeStep l) {
        Layer inner = l.getUnderlying();
        if (inner.getClass() == Bidirectional.class) bidirectional(i, (Bidirectional) inner);
        else recurrentLayer(i, inner);
        layers.add(new LayerSpec.LastStep());
    }

    private Activation activation(int i, IActivation a) {
        Class<?> kind = a.getClass();
        if (kind == ActivationIdentity.class) return Activation.IDENTITY;
        if (kind == ActivationReLU.class) return new Activation(Activation.Kind.RELU, 0);
        if (kind == ActivationLReLU.class) return new Activation(Activation.Kind.RELU, (float) ((ActivationLReLU) a).getAlpha());
        if (kind == ActivationELU.class) return new Activation(Activation.Kind.ELU, (float) ((ActivationELU) a).getAlpha());
        if (kind == ActivationSELU.class) return new Activation(Activation.Kind.SELU, 0);
        if (kind == ActivationSigmoid.class) return new Activation(Activation.Kind.SIGMOID, 0);
        if (kind == ActivationTanH.class) return new Activation(Activation.Kind.TANH, 0);
        if (kind == ActivationHardSigmoid.class) return new Activation(Activation.Kind.HARD_SIGMOID, 0);
        if (kind == ActivationHardTanH.class) return new Activation(Activation.Kind.HARD_TANH, 0);
        if (kind == ActivationSoftPlus.class) return new Activation(Activation.Kind.SOFTPLUS, 0);
        if (kind == ActivationMish.class) return new Activation(Activation.Kind.MISH, 0);
        if (kind == ActivationSwish.class) return new Activation(Activation.Kind.SWISH, 1);
        if (kind == ActivationGELU.class)
            return ((ActivationGELU) a).isPrecise() ? new Activation(Activation.Kind.GELU_TANH, 0) : new Activation(Activation.Kind.SWISH, 1.702f);
        if (kind == ActivationSoftmax.class) return Activation.SOFTMAX;
        refuse(i, "activation " + a);
        return Activation.IDENTITY;
    }

    // Loss.

    private LossSpec loss() {
        int last = nodes.size() - 1;
        if (nodes.get(last).layer() == null || !(conf(last) instanceof BaseOutputLayer output)) {
            refuseAll(last, "the last layer is not an output layer");
            return null;
        }
        ILossFunction f = output.getLossFn();
        Class<?> kind = f.getClass();
        if (kind == LossMCXENT.class || kind == LossNegativeLogLikelihood.class) return loss(LossSpec.Kind.MCXENT, ((LossMCXENT) f).getWeights());
        if (kind == LossBinaryXENT.class) return loss(LossSpec.Kind.XENT, ((LossBinaryXENT) f).getWeights());
        if (kind == LossMSE.class) return loss(LossSpec.Kind.MSE, ((LossMSE) f).getWeights());
        if (kind == LossL2.class) return loss(LossSpec.Kind.L2, ((LossL2) f).getWeights());
        if (kind == LossMAE.class) return loss(LossSpec.Kind.MAE, ((LossMAE) f).getWeights());
        if (kind == LossL1.class) return loss(LossSpec.Kind.L1, ((LossL1) f).getWeights());
        if (kind == LossPoisson.class) return loss(LossSpec.Kind.POISSON, null);
        if (kind == HuberLoss.class) return new LossSpec(LossSpec.Kind.HUBER, List.of(), 0, ((HuberLoss) f).delta(), 1, 1);
        if (kind == SmoothedCrossEntropyLoss.class) {
            SmoothedCrossEntropyLoss s = (SmoothedCrossEntropyLoss) f;
            return new LossSpec(LossSpec.Kind.MCXENT, list(s.classWeights()), s.smoothing(), 1, 1, 1);
        }
        if (kind == BinaryCrossEntropyLoss.class) {
            if (output.getActivationFn().getClass() != ActivationSigmoid.class) refuseAll(last, "BinaryCrossEntropyLoss with activation " + output.getActivationFn());
            BinaryCrossEntropyLoss b = (BinaryCrossEntropyLoss) f;
            return new LossSpec(LossSpec.Kind.LOGISTIC, list(b.outputWeights()), b.smoothing(), 1, b.negativeWeight(), b.positiveWeight());
        }
        refuseAll(last, "loss " + f);
        return null;
    }

    private static LossSpec loss(LossSpec.Kind kind, INDArray weights) {
        return new LossSpec(kind, weights == null ? List.of() : list(weights.toDoubleVector()));
    }

    private static List<Double> list(double[] weights) {
        return Arrays.stream(weights).boxed().toList();
    }

    private NetSpec.InputKind inputKind() {
        List<LayerSpec> all = read.stream().flatMap(n -> n.layers().stream()).toList();
        LayerSpec first = all.get(0);
        for (LayerSpec l : all) {
            if (l instanceof LayerSpec.Dropout || l instanceof LayerSpec.Activate) continue;
            first = l;
            break;
        }
        if (first instanceof LayerSpec.Foreign) return NetSpec.InputKind.BY_RANK;
        if (first instanceof LayerSpec.Embedding e) return e.sequence() ? NetSpec.InputKind.TOKENS : NetSpec.InputKind.TABLE;
        if (first instanceof LayerSpec.Unflatten || first instanceof LayerSpec.RowsToSteps) return NetSpec.InputKind.TABLE;
        if (first instanceof LayerSpec.Convolution || first instanceof LayerSpec.Pooling || first instanceof LayerSpec.Flatten)
            return images == CNN2DFormat.NHWC ? NetSpec.InputKind.NHWC : NetSpec.InputKind.NCHW;
        if (first instanceof LayerSpec.Dense || first instanceof LayerSpec.BatchNorm) {
            boolean steps = nodes.size() == 1 && conf(0) instanceof RnnOutputLayer;
            return steps ? NetSpec.InputKind.NCW : images != null && first instanceof LayerSpec.BatchNorm
                    ? images == CNN2DFormat.NHWC ? NetSpec.InputKind.NHWC : NetSpec.InputKind.NCHW : NetSpec.InputKind.TABLE;
        }
        return NetSpec.InputKind.NCW;
    }

    // Update.

    private UpdatePlan update() {
        List<UpdatePlan.Clip> clips = new ArrayList<>();
        List<UpdatePlan.Penalty> penalties = new ArrayList<>();
        List<UpdatePlan.Block> blocks = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) if (nodes.get(i).layer() != null) clips(i, clips);
        for (Param p : layout.params()) penalties(p, penalties);
        if (!(net.updater() instanceof BaseMultiLayerUpdater<?> updater)) {
            reasons.add("updater " + net.updater().getClass().getSimpleName());
            return null;
        }
        for (UpdaterBlock b : updater.getUpdaterBlocks()) {
            UpdaterBlock.ParamState first = b.getLayersAndVariablesInBlock().get(0);
            UpdaterSpec spec = updater(first.getLayer(), first.getParamName());
            if (spec == null) continue;
            blocks.add(new UpdatePlan.Block(b.getParamOffsetStart(), b.getParamOffsetEnd() - b.getParamOffsetStart(), spec.states() == 0 ? -1 : b.getUpdaterViewOffsetStart(), spec));
        }
        return new UpdatePlan(gradients(), clips, penalties, blocks, noises);
    }

    /** What is divided by the batch size is a gradient; batch norm's statistics are not. */
    private List<UpdatePlan.Run> gradients() {
        List<UpdatePlan.Run> runs = new ArrayList<>();
        long start = 0;
        for (Param p : layout.params()) {
            if (nodes.get(p.layer()).layer().updaterDivideByMinibatch(p.name())) continue;
            if (p.offset() > start) runs.add(new UpdatePlan.Run(start, p.offset() - start));
            start = p.end();
        }
        if (layout.length() > start) runs.add(new UpdatePlan.Run(start, layout.length() - start));
        return runs;
    }

    private void clips(int i, List<UpdatePlan.Clip> clips) {
        Trainable layer = nodes.get(i).layer();
        if (layer.numParams() == 0 || layer.getConfig() == null) return;
        GradientNormalization mode = layer.getConfig().getGradientNormalization();
        if (mode == null || mode == GradientNormalization.None) return;
        double threshold = layer.getConfig().getGradientNormalizationThreshold();
        List<Param> own = layout.params().stream().filter(p -> p.layer() == i).toList();
        UpdatePlan.ClipKind kind = switch (mode) {
            case RenormalizeL2PerLayer, RenormalizeL2PerParamType -> UpdatePlan.ClipKind.RENORMALIZE;
            case ClipElementWiseAbsoluteValue -> UpdatePlan.ClipKind.CLIP_VALUE;
            default -> UpdatePlan.ClipKind.CLIP_NORM;
        };
        if (mode == GradientNormalization.RenormalizeL2PerParamType || mode == GradientNormalization.ClipL2PerParamType) {
            for (Param p : own) clips.add(new UpdatePlan.Clip(p.offset(), p.length(), kind, threshold));
        } else {
            long from = own.get(0).offset();
            clips.add(new UpdatePlan.Clip(from, own.get(own.size() - 1).end() - from, kind, threshold));
        }
    }

    private void penalties(Param p, List<UpdatePlan.Penalty> penalties) {
        Trainable layer = nodes.get(p.layer()).layer();
        List<Regularization> list = layer.getConfig().getRegularizationByParam(p.name());
        if (list == null) return;
        for (Regularization r : list) {
            if (r.getClass() == L1Regularization.class) {
                penalties.add(new UpdatePlan.Penalty(p, UpdatePlan.PenaltyKind.L1, ((L1Regularization) r).getL1()::valueAt, null));
            } else if (r.getClass() == L2Regularization.class) {
                penalties.add(new UpdatePlan.Penalty(p, UpdatePlan.PenaltyKind.L2, ((L2Regularization) r).getL2()::valueAt, null));
            } else if (r.getClass() == WeightDecay.class) {
                WeightDecay d = (WeightDecay) r;
                // Read on every step: setLearningRate replaces the updater's configuration.
                Rate rate = (iteration, epoch) -> layer.getConfig().getUpdaterByParam(p.name()).getLearningRate(iteration, epoch);
                penalties.add(new UpdatePlan.Penalty(p, UpdatePlan.PenaltyKind.DECAY, d.getCoeff()::valueAt, d.isApplyLR() ? rate : null));
            } else {
                refuseAll(p.layer(), "regularisation " + r.getClass().getSimpleName());
            }
        }
    }

    private UpdaterSpec updater(Trainable layer, String name) {
        IUpdater u = layer.getConfig().getUpdaterByParam(name);
        Rate lr = (iteration, epoch) -> layer.getConfig().getUpdaterByParam(name).getLearningRate(iteration, epoch);
        Class<?> kind = u.getClass();
        if (kind == NoOp.class) return new UpdaterSpec.None();
        if (kind == Sgd.class) return new UpdaterSpec.Sgd(lr);
        if (kind == Nesterovs.class)
            return new UpdaterSpec.Nesterovs(lr, (iteration, epoch) -> ((Nesterovs) layer.getConfig().getUpdaterByParam(name)).currentMomentum(iteration, epoch));
        if (kind == Adam.class) return new UpdaterSpec.Adam(lr, ((Adam) u).getBeta1(), ((Adam) u).getBeta2(), ((Adam) u).getEpsilon());
        if (kind == RmsProp.class) return new UpdaterSpec.RmsProp(lr, ((RmsProp) u).getRmsDecay(), ((RmsProp) u).getEpsilon());
        if (kind == AdaGrad.class) return new UpdaterSpec.AdaGrad(lr, ((AdaGrad) u).getEpsilon());
        reasons.add("updater " + kind.getSimpleName());
        return null;
    }
}
