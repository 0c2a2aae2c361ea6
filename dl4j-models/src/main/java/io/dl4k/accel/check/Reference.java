package io.dl4k.accel.check;

import io.dl4k.accel.onednn.OneDnnKernels;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.nd4j.nativeblas.NativeOpsHolder;

/** What the processor makes of the networks that are tried, one thread: the executor on oneDNN, which tests hold against stock Deeplearning4j. */
public final class Reference {
    /** Of the first weights, to learn how far it carries: some roundings of a float. */
    private static final double CHANGE = 1e-6;
    private static final int QUICK_ROWS = 4;
    private static final int QUICK_STEPS = 3;

    private Reference() { }

    /** Computed now: a minute on one core. ND4J is active on the processor.
     *
     *  @param part those networks whose name contains this; empty for all
     *  @param quick the benchmarks' networks with few rows and steps
     *  @param progress told the name of each before it is computed */
    public static List<Fixture> compute(String part, boolean quick, Consumer<String> progress) {
        List<Fixture> fixtures = new ArrayList<>();
        for (Case each : Trials.layers()) {
            if (!each.name().contains(part)) continue;
            progress.accept(each.name());
            fixtures.add(compute(each));
        }
        for (Case each : quick ? Trials.networks(QUICK_ROWS, QUICK_STEPS) : Trials.networks()) {
            if (!each.name().contains(part)) continue;
            progress.accept(each.name());
            fixtures.add(withSpread(each));
        }
        return fixtures;
    }

    static Fixture compute(Case of) {
        return new Fixture(of, outcome(of), List.of());
    }

    /** For long trainings: a rounding may turn a maximum or the sign of a step of Adam, and each such turn others. */
    static Fixture withSpread(Case of) {
        Fixture alone = compute(of);
        List<Case.Weights> changed = of.weights().stream().map(w -> new Case.Weights(w.mean(), w.deviation() * (1 + CHANGE))).toList();
        Comparison spread = Comparison.of(alone, outcome(new Case(of.name(), of.net(), changed, of.state(), of.data(), of.steps(), of.batches(), of.longest())), Precision.FLOAT32);
        return new Fixture(of, alone.expected(), Arrays.stream(Comparison.Kind.values()).map(spread.errors()::get).toList());
    }

    private static Outcome outcome(Case of) {
        try (Runner runner = new Runner(of, open())) {
            return runner.run();
        }
    }

    static Kernels open() {
        return new OneDnnKernels(NativeOpsHolder.getInstance().getDeviceNativeOps()::setOmpNumThreads);
    }

    /** For people. */
    public static String name() {
        try (Kernels kernels = open()) {
            return kernels.name();
        }
    }
}
