package io.dl4k.accel.check;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs fixtures on a device. */
public final class Check {
    private Check() { }

    /** Each on a device opened for it alone.
     *
     *  @param device opens it  @param precision of it
     *  @param told of each as soon as it is done
     *  @return in the order of the fixtures */
    public static List<Comparison> run(List<Fixture> fixtures, Supplier<Kernels> device, Precision precision, Consumer<Comparison> told) {
        List<Comparison> all = new ArrayList<>();
        for (Fixture each : fixtures) {
            Comparison comparison = compare(each, device, precision);
            told.accept(comparison);
            all.add(comparison);
        }
        return all;
    }

    private static Comparison compare(Fixture fixture, Supplier<Kernels> device, Precision precision) {
        try (Runner runner = new Runner(fixture.of(), device.get())) {
            return Comparison.of(fixture, runner.run(), precision);
        } catch (RuntimeException e) {
            return Comparison.failed(fixture.name(), e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }
}
