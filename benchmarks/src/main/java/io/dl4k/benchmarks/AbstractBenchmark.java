package io.dl4k.benchmarks;

import io.dl4k.hardware.Backend;
import io.dl4k.hardware.DeviceRequest;
import io.dl4k.hardware.LoadedBackend;
import io.dl4k.hardware.Probe;
import io.dl4k.hardware.ProfileChooser;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What all benchmarks share: average time in milliseconds, two forks (one JVM's luck with its compiler is no answer), two seconds a sample. On a base class, since
 * JMH does not look into composed annotations; a benchmark that needs other settings says so on itself and why.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public abstract class AbstractBenchmark {
    /** For tests and curious people: the threads of every implementation. */
    private static final String THREADS = "dl4k.bench.threads";

    /** Set by {@link Main} for the JVMs that measure. */
    static final String DEVICE = "dl4k.bench.device";

    /** Loads ND4J as the application does, on the CPU unless asked otherwise. First thing in the setup of whatever computes, in the thread that computes. */
    protected static LoadedBackend activate() {
        Integer threads = Integer.getInteger(THREADS);
        DeviceRequest device = DeviceRequest.parse(System.getProperty(DEVICE, "cpu"));
        return Backend.activate(ProfileChooser.choose(Probe.thisMachine(), device, threads == null ? OptionalInt.empty() : OptionalInt.of(threads))
            .profile());
    }
}
