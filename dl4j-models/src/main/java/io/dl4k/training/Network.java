package io.dl4k.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** The two kinds of Deeplearning4j network as one: they share what training needs, but no type that has it. */
sealed interface Network {

    /**
     * Wraps a network.
     *
     * @throws IllegalArgumentException if it is of another kind, not initialised, or has more than one input or output
     */
    static Network of(Model model) {
        if (model instanceof MultiLayerNetwork net) {
            checkInitialised(net.isInitCalled());
            return new Layers(net);
        }
        if (model instanceof ComputationGraph graph) {
            // params() gives something even before init().
            checkInitialised(graph.getVertices() != null);
            if (graph.getNumInputArrays() != 1 || graph.getNumOutputArrays() != 1) {
                throw new IllegalArgumentException("the graph has " + graph.getNumInputArrays() + " inputs and "
                        + graph.getNumOutputArrays() + " outputs; only graphs with one of each can be used here");
            }
            return new Graph(graph);
        }
        throw new IllegalArgumentException(
                "network must be a MultiLayerNetwork or a ComputationGraph, got " + (model == null ? null : model.getClass().getName()));
    }

    private static void checkInitialised(boolean initialised) {
        if (!initialised) {
            throw new IllegalArgumentException("the network has no weights yet; call init() on it first");
        }
    }

    /** {@return the network itself, as its listeners know it} */
    Model model();

    /** Forward, backward and update on one batch. {@return the loss before the update, from the pass that was made anyway} */
    double fit(DataSet batch);

    /** {@return the outputs of the batch in evaluation mode, detached} */
    INDArray output(DataSet batch);

    /** {@return the loss of the batch in evaluation mode} */
    double loss(DataSet batch);

    /** {@return DL4J's own listeners} */
    Collection<TrainingListener> listeners();

    int iterations();

    int epochs();

    void incrementEpochs();

    /** Sets both counts, the layers' own included. */
    void counts(int iterations, int epochs);

    /** Tells DL4J's performance listeners how long the batch was waited for. */
    void waited(long milliseconds);

    /** {@return DL4J's updater, created if there is none} */
    BaseMultiLayerUpdater<?> updater();

    /** {@return what holds parameters} */
    List<Trainable> trainables();

    /** {@return the configuration of the layer that gives the output} */
    Layer outputLayer();

    /** {@return the part of the loss that is of the weights alone} */
    double penalty();

    /** {@return all parameters in one vector, not a copy} */
    default INDArray parameters() {
        return model().params();
    }

    /** A network of layers in a row. */
    record Layers(MultiLayerNetwork net) implements Network {

        @Override
        public Model model() {
            return net;
        }

        @Override
        public double fit(DataSet batch) {
            net.fit(batch);
            return net.score();
        }

        @Override
        public INDArray output(DataSet batch) {
            return net.output(batch.getFeatures(), false, batch.getFeaturesMaskArray(), batch.getLabelsMaskArray());
        }

        @Override
        public double loss(DataSet batch) {
            return net.score(batch, false);
        }

        @Override
        public Collection<TrainingListener> listeners() {
            return net.getListeners();
        }

        @Override
        public int iterations() {
            return net.getIterationCount();
        }

        @Override
        public int epochs() {
            return net.getEpochCount();
        }

        @Override
        public void incrementEpochs() {
            net.incrementEpochCount();
        }

        @Override
        public void counts(int iterations, int epochs) {
            net.setIterationCount(iterations);
            net.setEpochCount(epochs);
        }

        @Override
        public void waited(long milliseconds) {
            net.setLastEtlTime(milliseconds);
        }

        @Override
        public BaseMultiLayerUpdater<?> updater() {
            Updater updater = net.getUpdater();
            return (BaseMultiLayerUpdater<?>) updater;
        }

        @Override
        public List<Trainable> trainables() {
            return new ArrayList<>(Arrays.asList(net.getLayers()));
        }

        @Override
        public Layer outputLayer() {
            return net.getOutputLayer().conf().getLayer();
        }

        @Override
        public double penalty() {
            return net.calcRegularizationScore(true);
        }
    }

    /** A graph of layers with one input and one output. */
    record Graph(ComputationGraph net) implements Network {

        @Override
        public Model model() {
            return net;
        }

        @Override
        public double fit(DataSet batch) {
            net.fit(batch);
            return net.score();
        }

        @Override
        public INDArray output(DataSet batch) {
            return net.output(false, one(batch.getFeatures()), one(batch.getFeaturesMaskArray()), one(batch.getLabelsMaskArray()))[0];
        }

        private static INDArray[] one(INDArray array) {
            return array == null ? null : new INDArray[] {array};
        }

        @Override
        public double loss(DataSet batch) {
            return net.score(batch, false);
        }

        @Override
        public Collection<TrainingListener> listeners() {
            return net.getListeners();
        }

        @Override
        public int iterations() {
            return net.getIterationCount();
        }

        @Override
        public int epochs() {
            return net.getEpochCount();
        }

        @Override
        public void incrementEpochs() {
            net.incrementEpochCount();
        }

        @Override
        public void counts(int iterations, int epochs) {
            net.getConfiguration().setIterationCount(iterations);
            // A graph tells its layers only when it counts an epoch itself.
            net.getConfiguration().setEpochCount(epochs - 1);
            net.incrementEpochCount();
        }

        @Override
        public void waited(long milliseconds) {
            net.setLastEtlTime(milliseconds);
        }

        @Override
        public BaseMultiLayerUpdater<?> updater() {
            return net.getUpdater();
        }

        @Override
        public List<Trainable> trainables() {
            return new ArrayList<>(Arrays.asList(net.getVertices()));
        }

        @Override
        public Layer outputLayer() {
            return net.getOutputLayer(0).conf().getLayer();
        }

        @Override
        public double penalty() {
            return net.calcRegularizationScore(true);
        }
    }
}
