package io.dl4k.benchmarks.step;

import io.dl4k.accel.check.Network;
import io.dl4k.benchmarks.AbstractBenchmark;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What the step benchmarks share: implementations, batches and the four questions. Results come back to Java before the clock stops. */
@State(Scope.Thread)
public abstract class StepBenchmark extends AbstractBenchmark {
    /** Who computes. */
    @Param({"stock", "dl4k", "djl"})
    public Implementation implementation;

    /** Rows. */
    @Param({"32", "128"})
    public int batch;

    private final Network network;
    private Contender contender;

    StepBenchmark(Network network) {
        this.network = network;
    }

    /** Network and batch; not timed. */
    @Setup
    public void prepare() {
        activate();
        contender = implementation.prepare(network, batch);
    }

    /** Forward, backward and Adam. */
    @Benchmark
    public double trainingStep() {
        return contender.trainingStep();
    }

    /** Loss, as training computes it. */
    @Benchmark
    public double forward() {
        return contender.forward();
    }

    /** Loss and gradient. */
    @Benchmark
    public double forwardAndBackward() {
        return contender.forwardAndBackward();
    }

    /** Class probabilities. */
    @Benchmark
    public float inference() {
        return contender.inference();
    }

    /** Frees the natives' memory. */
    @TearDown
    public void cleanUp() {
        contender.close();
    }
}
