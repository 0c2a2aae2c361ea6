package io.dl4k.accel;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.LayerHelper;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNBatchNormHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNSubsamplingHelper;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.nd4j.linalg.api.buffer.DataType;

/** DL4J's own layers of one network, computed by ND4J's ops for whole layers: {@code conv2d}, {@code maxpool2d}, {@code avgpool2d} and
 *  {@code batchnorm}, forward and backward, which are oneDNN on the processor and cuDNN on a GPU. For networks and devices that
 *  {@link Accelerated} does not serve: {@code fit} and {@code output} are called as ever, and only arrays of ND4J are touched.
 *  <p>DL4J has a place for this in each such layer, and classes that call these ops through it. In M2.1 it leaves the place empty: helpers are off by
 *  default, and where they are on, the test for oneDNN looks for a class that moved, and those for cuDNN were never published.
 *  With channels last its layers and these classes disagree about the order of what they hand each other, and gradients are wrong: left alone too.
 *  Dense, output, embedding, dropout and activation layers have no such place: they are one matrix product or one op as it is. Recurrent layers are
 *  left alone: {@code lstmLayer_bp} takes most of what a whole step takes without it, and {@code lstmLayer} fails in oneDNN. */
public final class LayerOps implements AutoCloseable {
    private final List<Place> filled = new ArrayList<>();

    /** A layer's place for a helper. */
    private record Place(Layer layer, Field field) {
        void set(LayerHelper helper) {
            try {
                field.set(layer, helper);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private LayerOps() { }

    /** Puts the ops into every layer that can use them, until closed. A layer whose op refuses an input goes on by itself.
     *
     *  @param model a MultiLayerNetwork or a ComputationGraph, initialised
     *  @throws IllegalArgumentException if it is of another kind */
    public static LayerOps into(Model model) {
        LayerOps ops = new LayerOps();
        for (Stock.Node node : Stock.of(model).nodes()) {
            Layer layer = node.layer();
            if (layer instanceof FrozenLayer frozen) layer = frozen.getUnderlying();
            if (layer == null || layer.getHelper() != null) continue;
            LayerHelper helper = helper(layer);
            if (helper == null) continue;
            try {
                Field field = layer.getClass().getDeclaredField("helper");
                field.setAccessible(true);
                Place place = new Place(layer, field);
                place.set(helper);
                ops.filled.add(place);
            } catch (NoSuchFieldException | RuntimeException e) {
                // Another DL4J, or its module is closed to us: the layer stays as it is.
                continue;
            }
        }
        return ops;
    }

    /** Exact classes: those that extend them compute something else. Null where the op differs from the layer. */
    private static LayerHelper helper(Layer layer) {
        if (layer.getClass() == ConvolutionLayer.class) {
            var conf = (org.deeplearning4j.nn.conf.layers.ConvolutionLayer) layer.conf().getLayer();
            return floats(layer) && conf.getCnn2dDataFormat() == CNN2DFormat.NCHW ? new MKLDNNConvHelper(DataType.FLOAT) : null;
        }
        if (layer.getClass() == SubsamplingLayer.class) {
            var conf = (org.deeplearning4j.nn.conf.layers.SubsamplingLayer) layer.conf().getLayer();
            if (conf.getCnn2dDataFormat() != CNN2DFormat.NCHW) return null;
            boolean padded = conf.getConvolutionMode() == ConvolutionMode.Same || conf.getPadding()[0] > 0 || conf.getPadding()[1] > 0;
            // The mean's divisor counts padding or not.
            return switch (conf.getPoolingType()) {
                case MAX -> new MKLDNNSubsamplingHelper(DataType.FLOAT);
                case AVG -> padded ? null : new MKLDNNSubsamplingHelper(DataType.FLOAT);
                default -> null;
            };
        }
        if (layer.getClass() == BatchNormalization.class) {
            var conf = (org.deeplearning4j.nn.conf.layers.BatchNormalization) layer.conf().getLayer();
            return floats(layer) && !conf.isLockGammaBeta() && conf.getCnn2DFormat() == CNN2DFormat.NCHW ? new MKLDNNBatchNormHelper(DataType.FLOAT) : null;
        }
        return null;
    }

    private static boolean floats(Layer layer) {
        return layer.params() == null || layer.params().dataType() == DataType.FLOAT;
    }

    /** How many layers have one. */
    public int layers() {
        return filled.size();
    }

    /** Takes the ops out again. */
    @Override public void close() {
        filled.forEach(place -> place.set(null));
        filled.clear();
    }
}
