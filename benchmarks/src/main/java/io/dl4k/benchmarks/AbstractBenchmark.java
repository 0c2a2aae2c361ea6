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

    /** Loads ND4J on the CPU as the application does. First thing in the setup of whatever computes, in the thread that computes. */
    protected static LoadedBackend activate() {
        Integer threads = Integer.getInteger(THREADS);
        return Backend.activate(ProfileChooser.choose(Probe.thisMachine(), DeviceRequest.CPU, threads == null ? OptionalInt.empty() : OptionalInt.of(threads))
            .profile());
    }
}
