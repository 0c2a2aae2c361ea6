package io.dl4k.accel.program;

import java.util.List;

/** A network to train.
 *
 *  @param input shape of one example as the caller hands it in
 *  @param layers from input to output
 *  @param loss on the last layer's output
 *  @param layout of the flat parameter vector
 *  @param update from gradient to parameters
 *  @param divideByBatch whether gradients are means over the batch, not sums
 *  @param seed of the dropout masks */
public record NetSpec(InputKind input, List<LayerSpec> layers, LossSpec loss, ParamLayout layout, UpdatePlan update, boolean divideByBatch, long seed) {
    /** Order of the caller's array: TABLE [batch, features], NCHW and NHWC images, NCW [batch, features, time], NWC [batch, time, features],
     *  TOKENS [batch, time] or [batch, 1, time]. */
    public enum InputKind { TABLE, NCHW, NHWC, NCW, NWC, TOKENS }

    public NetSpec {
        layers = List.copyOf(layers);
    }
}
