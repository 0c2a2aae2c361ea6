package io.dl4k.accel.program;

/** A layer, or several in a row, that somebody else computes between the operations of a program. It reads parameters and writes gradients in
 *  the flat vectors itself. Dimensions are those the caller's arrays have: {@code [rows, features]}, {@code [batch, features, time]}, or
 *  images as {@link NetSpec#channelsLast()} says. */
public interface ForeignLayer {
    /** For people. */
    String name();

    /** Whether it has parameters to train, so that its gradient is computed even where nobody needs its input's. */
    boolean trained();

    /** Whether it takes no notice of a mask on the steps, and the layers behind it do. */
    boolean ignoresMask();

    /** Dimensions of its output.
     *
     *  @param input of its input  @param batch examples, of which a table may hold several rows each
     *  @throws IllegalArgumentException if the input does not fit */
    long[] output(long[] input, int batch);

    /** Arrays for one shape.
     *
     *  @param input as in {@link #output}  @param output what that gave  @param training whether there will be a backward pass */
    Bound bind(long[] input, long[] output, int batch, boolean training);

    /** The layer with its arrays: floats in row-major order, outside the heap, at fixed addresses. */
    interface Bound extends AutoCloseable {
        /** Address of what it reads. */
        long input();

        /** Address of what it writes. */
        long output();

        /** Address of the gradient of its output; 0 unless training. */
        long outputGradient();

        /** Address of the gradient of its input; 0 unless training. */
        long inputGradient();

        /** From input to output. */
        void forward();

        /** From the output's gradient to the parameters' and, where somebody needs it, the input's.
         *
         *  @param inputToo whether somebody does */
        void backward(boolean inputToo);

        /** Bytes of its arrays. */
        long bytes();

        /** Frees them. */
        @Override void close();
    }
}
