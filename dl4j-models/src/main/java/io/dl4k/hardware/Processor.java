package io.dl4k.hardware;

import java.util.Objects;

/**
 * A processor.
 *
 * @param vendor who made it, {@code AMD} or {@code ARM}; {@code unknown} where the system does not say
 * @param model  its name as the system gives it, {@code AMD EPYC 9354}; {@code unknown} where it does not
 * @param isa    the vector instructions every one of its cores has
 */
public record Processor(String vendor, String model, Isa isa) {
    public Processor {
        Objects.requireNonNull(vendor, "vendor");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(isa, "isa");
    }
}
