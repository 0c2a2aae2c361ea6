package io.dl4k.benchmarks.step;

import io.dl4k.accel.check.Network;

/** What does a step of six convolutions with batch norm on 32x32x3 cost? Run: {@code ./dl4k bench DeepCnnStepBenchmark}. */
public class DeepCnnStepBenchmark extends StepBenchmark {
    /** Called by JMH. */
    public DeepCnnStepBenchmark() {
        super(Network.DEEP_CNN);
    }
}
