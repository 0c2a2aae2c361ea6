package io.dl4k.accel.program;

/** A slice of the flat parameter vector; the gradient lies at the same place of the gradient vector.
 *
 *  @param layer index of the layer in the network
 *  @param name DL4J's name, such as W, RW, b, gamma
 *  @param offset first element in the flat vector
 *  @param length number of elements, at least 1 */
public record Param(int layer, String name, long offset, long length) {
    public Param {
        if (offset < 0 || length < 1) throw new IllegalArgumentException(name + " of layer " + layer + ": offset " + offset + ", length " + length);
    }

    /** First element after this slice. */
    public long end() {
        return offset + length;
    }
}
