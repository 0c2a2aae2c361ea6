package io.dl4k.accel.program;

import java.util.List;

/** Where each parameter lies in the flat vector: layers from input to output, gap-free.
 *
 *  @param params in the order of the vector */
public record ParamLayout(List<Param> params) {
    /** @throws IllegalArgumentException if slices overlap, leave a gap or are out of order */
    public ParamLayout {
        params = List.copyOf(params);
        long at = 0;
        for (Param p : params) {
            if (p.offset() != at) throw new IllegalArgumentException("parameter " + p.name() + " of layer " + p.layer() + " starts at " + p.offset() + ", expected " + at);
            at = p.end();
        }
    }

    /** Number of elements of the whole vector. */
    public long length() {
        return params.isEmpty() ? 0 : params.get(params.size() - 1).end();
    }

    /** @throws IllegalArgumentException if the layer has no such parameter */
    public Param get(int layer, String name) {
        for (Param p : params) if (p.layer() == layer && p.name().equals(name)) return p;
        throw new IllegalArgumentException("layer " + layer + " has no parameter '" + name + "'");
    }

    /** Whether the layer has a parameter of that name. */
    public boolean has(int layer, String name) {
        return params.stream().anyMatch(p -> p.layer() == layer && p.name().equals(name));
    }
}
