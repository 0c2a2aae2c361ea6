package io.dl4k.benchmarks.step;

import io.dl4k.accel.check.Network;

/** What does a step of the perceptron 784-512-512-10 cost? Run: {@code ./dl4k bench MlpStepBenchmark}. */
public class MlpStepBenchmark extends StepBenchmark {
    /** Called by JMH. */
    public MlpStepBenchmark() {
        super(Network.MLP);
    }
}
