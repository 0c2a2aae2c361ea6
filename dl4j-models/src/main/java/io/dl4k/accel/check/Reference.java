package io.dl4k.accel.check;

import io.dl4k.accel.onednn.OneDnnKernels;
import io.dl4k.accel.program.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.nd4j.nativeblas.NativeOpsHolder;

/** What the processor makes of the networks that are tried, one thread: the executor on oneDNN, which tests hold against stock Deeplearning4j. */
public final class Reference {
    private static final int QUICK_ROWS = 4;
    private static final int QUICK_STEPS = 3;

    private Reference() { }

    /** Computed now: a minute on one core. ND4J is active on the processor.
     *
     *  @param part those networks whose name contains this; empty for all
     *  @param quick the benchmarks' networks with few rows and steps
     *  @param progress told the name of each before it is computed */
    public static List<Fixture> compute(String part, boolean quick, Consumer<String> progress) {
        List<Case> cases = new ArrayList<>(Trials.layers());
        cases.addAll(quick ? Trials.networks(QUICK_ROWS, QUICK_STEPS) : Trials.networks());
        return compute(cases.stream().filter(each -> each.name().contains(part)).toList(), progress);
    }

    static List<Fixture> compute(List<Case> cases, Consumer<String> progress) {
        List<Fixture> fixtures = new ArrayList<>();
        for (Case each : cases) {
            progress.accept(each.name());
            fixtures.add(compute(each));
        }
        return fixtures;
    }

    static Fixture compute(Case of) {
        try (Runner runner = new Runner(of, open())) {
            return new Fixture(of, runner.run());
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
