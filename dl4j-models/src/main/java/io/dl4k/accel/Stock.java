package io.dl4k.accel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/** DL4J's two kinds of network, as far as acceleration needs them: they share no type that has it. */
sealed interface Stock {
    /** @param model a network of either kind, with one input and one output
     *  @throws IllegalArgumentException for anything else */
    static Stock of(Model model) {
        if (model instanceof MultiLayerNetwork net) return new Layers(net);
        if (model instanceof ComputationGraph net) return new Graph(net);
        throw new IllegalArgumentException("a " + model.getClass().getSimpleName() + " is neither a MultiLayerNetwork nor a ComputationGraph");
    }

    /** A layer or another vertex, in an order in which inputs come first.
     *
     *  @param layer null for a vertex that is no layer  @param conf of the layer, wrappers included, or null  @param before converts the layer's input, or null
     *  @param vertex null in a network without vertices  @param inputs places in this order, -1 for the network's input */
    record Node(String name, Layer layer, org.deeplearning4j.nn.conf.layers.Layer conf, InputPreProcessor before, GraphVertex vertex, List<Integer> inputs) { }

    Model model();

    List<Node> nodes();

    /** Settings that all layers have in common. */
    NeuralNetConfiguration settings();

    BackpropType backpropagation();

    /** Whether training uses workspaces. */
    WorkspaceMode workspaces();

    INDArray gradient();

    Object updater();

    /** DL4J's updater state, or null. */
    INDArray state();

    Collection<TrainingListener> listeners();

    int iteration();

    int epoch();

    void setIteration(int n);

    void setScore(double score);

    /** Lets listeners see the batch. */
    void show(DataSet batch);

    void fit(DataSet batch);

    INDArray output(INDArray features, INDArray mask);

    /** Layers in a row. */
    record Layers(MultiLayerNetwork net) implements Stock {
        @Override public Model model() {
            return net;
        }

        @Override public List<Node> nodes() {
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < net.getnLayers(); i++) {
                var conf = net.getLayerWiseConfigurations().getConf(i).getLayer();
                String given = conf.getLayerName() == null ? "" : " '" + conf.getLayerName() + "'";
                nodes.add(new Node("layer " + i + given, net.getLayer(i), conf, net.getLayerWiseConfigurations().getInputPreProcess(i), null, List.of(i - 1)));
            }
            return nodes;
        }

        @Override public NeuralNetConfiguration settings() {
            return net.getLayerWiseConfigurations().getConf(0);
        }

        @Override public BackpropType backpropagation() {
            return net.getLayerWiseConfigurations().getBackpropType();
        }

        @Override public WorkspaceMode workspaces() {
            return net.getLayerWiseConfigurations().getTrainingWorkspaceMode();
        }

        @Override public INDArray gradient() {
            if (net.getFlattenedGradients() == null) net.initGradientsView();
            return net.getFlattenedGradients();
        }

        @Override public Object updater() {
            return net.getUpdater();
        }

        @Override public INDArray state() {
            return net.getUpdater().getStateViewArray();
        }

        @Override public Collection<TrainingListener> listeners() {
            return net.getListeners();
        }

        @Override public int iteration() {
            return net.getLayerWiseConfigurations().getIterationCount();
        }

        @Override public int epoch() {
            return net.getLayerWiseConfigurations().getEpochCount();
        }

        @Override public void setIteration(int n) {
            net.getLayerWiseConfigurations().setIterationCount(n);
        }

        @Override public void setScore(double score) {
            net.setScore(score);
        }

        @Override public void show(DataSet batch) {
            net.setInput(batch.getFeatures());
            net.setLabels(batch.getLabels());
        }

        @Override public void fit(DataSet batch) {
            net.fit(batch);
        }

        @Override public INDArray output(INDArray features, INDArray mask) {
            return net.output(features, false, mask, null);
        }
    }

    /** Layers and joins. */
    record Graph(ComputationGraph net) implements Stock {
        @Override public Model model() {
            return net;
        }

        @Override public List<Node> nodes() {
            Map<String, GraphVertex> known = net.getConfiguration().getVertices();
            List<String> order = Arrays.stream(net.topologicalSortOrder()).mapToObj(i -> net.getVertices()[i].getVertexName()).filter(known::containsKey).toList();
            List<Node> nodes = new ArrayList<>();
            for (String name : order) {
                GraphVertex vertex = known.get(name);
                var conf = vertex instanceof LayerVertex l ? l.getLayerConf().getLayer() : null;
                InputPreProcessor before = vertex instanceof LayerVertex l ? l.getPreProcessor() : null;
                nodes.add(new Node("vertex '" + name + "'", net.getVertex(name).getLayer(), conf, before, vertex, net.getConfiguration().getVertexInputs().get(name).stream().map(order::indexOf).toList()));
            }
            return nodes;
        }

        @Override public NeuralNetConfiguration settings() {
            return net.getConfiguration().getDefaultConfiguration();
        }

        @Override public BackpropType backpropagation() {
            return net.getConfiguration().getBackpropType();
        }

        @Override public WorkspaceMode workspaces() {
            return net.getConfiguration().getTrainingWorkspaceMode();
        }

        @Override public INDArray gradient() {
            if (net.getFlattenedGradients() == null) net.initGradientsView();
            return net.getFlattenedGradients();
        }

        @Override public Object updater() {
            return net.getUpdater();
        }

        @Override public INDArray state() {
            return net.getUpdater().getStateViewArray();
        }

        @Override public Collection<TrainingListener> listeners() {
            return net.getListeners();
        }

        @Override public int iteration() {
            return net.getConfiguration().getIterationCount();
        }

        @Override public int epoch() {
            return net.getConfiguration().getEpochCount();
        }

        @Override public void setIteration(int n) {
            net.getConfiguration().setIterationCount(n);
        }

        @Override public void setScore(double score) {
            net.setScore(score);
        }

        @Override public void show(DataSet batch) {
            net.setInput(0, batch.getFeatures());
            net.setLabel(0, batch.getLabels());
        }

        @Override public void fit(DataSet batch) {
            net.fit(batch);
        }

        @Override public INDArray output(INDArray features, INDArray mask) {
            return net.output(false, new INDArray[] {features}, mask == null ? null : new INDArray[] {mask}, null)[0];
        }
    }
}
