package io.dl4k.accel.program;

import java.util.List;

/** A network to train.
 *
 *  @param input shape of one example as the caller hands it in
 *  @param channelsLast whether images lie as [batch, height, width, channels] where a foreign layer or an input by rank has them
 *  @param nodes parts between joins, each after the parts it reads; the last one gives the output
 *  @param loss on the output
 *  @param layout of the flat parameter vector
 *  @param update from gradient to parameters
 *  @param divideByBatch whether gradients are means over the batch, not sums
 *  @param seed of dropout and noise, unless the caller has another */
public record NetSpec(InputKind input, boolean channelsLast, List<Node> nodes, LossSpec loss, ParamLayout layout, UpdatePlan update, boolean divideByBatch, long seed) {
    /** Order of the caller's array: TABLE [batch, features], NCHW and NHWC images, NCW [batch, features, time], NWC [batch, time, features],
     *  TOKENS [batch, time] or [batch, 1, time], BY_RANK TABLE, NCW or images by the number of dimensions. */
    public enum InputKind { TABLE, NCHW, NHWC, NCW, NWC, TOKENS, BY_RANK }

    /** Layers in a row behind one input, or behind several that are joined.
     *
     *  @param join null where there is one input
     *  @param inputs numbers of earlier nodes, -1 for the network's input
     *  @param layers possibly none behind a join */
    public record Node(LayerSpec.MergeKind join, List<Integer> inputs, List<LayerSpec> layers) {
        public Node {
            inputs = List.copyOf(inputs);
            layers = List.copyOf(layers);
            if (inputs.isEmpty() || join == null && inputs.size() > 1) throw new IllegalArgumentException("a node of " + inputs.size() + " inputs joined by " + join);
        }
    }

    public NetSpec {
        nodes = List.copyOf(nodes);
    }

    /** Whether this is layers in a row from input to output. */
    public boolean isRow() {
        return nodes.size() == 1 && nodes.get(0).join() == null;
    }

    /** The layers of all nodes. */
    public List<LayerSpec> layers() {
        return nodes.stream().flatMap(n -> n.layers().stream()).toList();
    }
}
