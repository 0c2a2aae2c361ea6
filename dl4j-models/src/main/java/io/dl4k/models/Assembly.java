package io.dl4k.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * Stock layers as they are put together, in order. Sizes are set explicitly rather than inferred by stock, whose inference
 * is wrong after global pooling over time.
 */
final class Assembly {

    static final String INPUT = "input";

    /** A layer, or a sum of its inputs where {@code layer} is null. */
    private record Node(String name, Layer layer, InputPreProcessor before, List<String> inputs) {
    }

    private final List<Node> nodes = new ArrayList<>();
    private final List<String> sides = new ArrayList<>();
    private String last = INPUT;
    private Shape shape;
    private int number;
    private double dropout;
    private InputPreProcessor before;

    Assembly(Shape input) {
        moveTo(input);
    }

    Shape shape() {
        return shape;
    }

    /** Starts the next of the user's layers; names and messages carry its number. */
    void nextLayer() {
        number++;
    }

    /** Name of the last stock layer, or {@link #INPUT}. */
    String last() {
        return last;
    }

    /** The next layer is put after this one instead of the last one. */
    void continueFrom(String name) {
        last = name;
    }

    /** The stock layers so far. */
    List<Layer> layers() {
        return nodes.stream().map(Node::layer).filter(Objects::nonNull).toList();
    }

    /** The next weighted layer drops this share of its inputs. */
    void dropInputs(double share) {
        dropout = share;
    }

    /** Takes the dropout that was asked for the next weighted layer. */
    Dropout takeDropout() {
        Dropout taken = dropout == 0 ? null : new Dropout(1 - dropout);
        dropout = 0;
        return taken;
    }

    /** The next layer's input goes through this first. */
    void convert(InputPreProcessor preProcessor) {
        before = preProcessor;
    }

    void addWeighted(String suffix, Layer layer) {
        Dropout taken = takeDropout();
        if (taken != null) {
            layer.setIDropout(taken);
        }
        add(suffix, layer);
    }

    void add(String suffix, Layer layer) {
        String name = "layer" + number + "_" + suffix;
        layer.setLayerName(name);
        nodes.add(new Node(name, layer, before, List.of(last)));
        before = null;
        last = name;
    }

    void addSum(String suffix, String one, String other) {
        String name = "layer" + number + "_" + suffix;
        nodes.add(new Node(name, null, null, List.of(one, other)));
        last = name;
    }

    void moveTo(Shape next) {
        shape = next;
        String side = next instanceof Shape.Image image ? image.side()
                : next instanceof Shape.Series series ? Integer.toString(series.length()) : null;
        if (side != null && (sides.isEmpty() || !sides.get(sides.size() - 1).equals(side))) {
            sides.add(side);
        }
    }

    /** @return what to throw: the layer by number and name, what is wrong, the sizes on the way, what to do */
    IllegalArgumentException refusal(String layer, String problem, String remedy) {
        String path = sides.size() > 1 ? ", after " + String.join(" -> ", sides) : "";
        return new IllegalArgumentException("layer " + number + " (" + layer + "): " + problem + path + ". " + remedy);
    }

    MultiLayerConfiguration linear(NeuralNetConfiguration.Builder settings) {
        NeuralNetConfiguration.ListBuilder list = settings.list();
        for (int i = 0; i < nodes.size(); i++) {
            list.layer(i, nodes.get(i).layer());
            if (nodes.get(i).before() != null) {
                list.inputPreProcessor(i, nodes.get(i).before());
            }
        }
        return list.build();
    }

    ComputationGraphConfiguration graph(NeuralNetConfiguration.Builder settings) {
        ComputationGraphConfiguration.GraphBuilder graph = settings.graphBuilder().addInputs(INPUT);
        for (Node node : nodes) {
            String[] inputs = node.inputs().toArray(String[]::new);
            if (node.layer() == null) {
                graph.addVertex(node.name(), new ElementWiseVertex(ElementWiseVertex.Op.Add), inputs);
            } else {
                graph.addLayer(node.name(), node.layer(), node.before(), inputs);
            }
        }
        return graph.setOutputs(last).build();
    }
}
