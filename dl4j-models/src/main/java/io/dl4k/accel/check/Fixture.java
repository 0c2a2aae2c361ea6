package io.dl4k.accel.check;

import io.dl4k.accel.program.Precision;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A case and what is right.
 *
 *  @param expected what the processor made of it
 *  @param spread how far rounding alone carries the processor from that: errors when the first weights are changed by a millionth, one for each {@link Comparison.Kind}; empty
 *      where nobody tried */
public record Fixture(Case of, Outcome expected, List<Double> spread) {
    /** So many times as far another order of sums may carry a device. */
    private static final double MARGIN = 5;

    public Fixture {
        spread = List.copyOf(spread);
    }

    /** Of the network, for people. */
    public String name() {
        return of.name();
    }

    /** Steps of training. */
    public int steps() {
        return of.steps();
    }

    /** Largest errors that are no wrong result.
     *
     *  @param precision of the device */
    Map<Comparison.Kind, Double> allowed(Precision precision) {
        Map<Comparison.Kind, Double> allowed = new EnumMap<>(Comparison.Kind.class);
        for (Comparison.Kind kind : Comparison.Kind.values()) allowed.put(kind, Math.max(kind.tolerance(precision), spread.isEmpty() ? 0 : MARGIN * spread.get(kind.ordinal())));
        return allowed;
    }
}
