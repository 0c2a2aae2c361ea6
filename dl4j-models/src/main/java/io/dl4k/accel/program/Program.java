package io.dl4k.accel.program;

import java.util.List;

/** A network compiled for one batch shape.
 *
 *  @param net what was compiled
 *  @param buffers shape of each buffer; 0 is the input
 *  @param forward in order
 *  @param output buffer of the network's output
 *  @param loss null for inference
 *  @param backward in order, empty where no gradient is asked for
 *  @param batch examples
 *  @param masked whether a mask of the steps comes with the features  @param labelMasked with the labels */
public record Program(NetSpec net, List<Shape> buffers, List<Op> forward, int output, Loss loss, List<Backward> backward, int batch,
                      boolean masked, boolean labelMasked) {
    public Program {
        buffers = List.copyOf(buffers);
        forward = List.copyOf(forward);
        backward = List.copyOf(backward);
    }

    /** Whether this trains. */
    public boolean training() {
        return loss != null;
    }

    /** Whether the batch's values, known only on the device, may ask for another one or be wrong: tokens, padding that is found by its zeros. */
    public boolean mayRefuse() {
        return forward.stream().anyMatch(op -> op instanceof Op.Embedding || op instanceof Op.ReverseSteps r && r.lengthsOf() >= 0);
    }

    /** The same without a gradient: of a training program, what computes the score alone. */
    public Program forwardOnly() {
        return new Program(net, buffers, forward, output, loss, List.of(), batch, masked, labelMasked);
    }

    /** Score and first gradient.
     *
     *  @param output what is compared with the labels: the network's output, or the sigmoid's input for LOGISTIC
     *  @param gradient buffer that receives the gradient
     *  @param ofLogits whether that is the gradient before the last softmax or sigmoid, {@code a - y}
     *  @param scale factor of the gradient: 1/batch, or 1 */
    public record Loss(int output, int gradient, boolean ofLogits, double scale) { }

    /** Where the gradient of an operation's input goes.
     *
     *  @param buffer -1 where nobody needs it
     *  @param more whether the buffer holds another reader's part already, to which this is added */
    public record Gradient(int buffer, boolean more) {
        /** Nobody needs it. */
        public static final Gradient NONE = new Gradient(-1, false);

        /** Whether somebody needs it. */
        public boolean needed() {
            return buffer >= 0;
        }
    }

    /** The transpose of {@code op}: parameter gradients, and the inputs' gradients where someone needs them.
     *
     *  @param gradOut gradient of the op's output; may be overwritten
     *  @param first for its input  @param second for the second input, NONE where there is none */
    public record Backward(Op op, int gradOut, Gradient first, Gradient second) { }
}
