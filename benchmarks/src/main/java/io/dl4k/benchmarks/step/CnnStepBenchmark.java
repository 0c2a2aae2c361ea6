package io.dl4k.benchmarks.step;

import io.dl4k.accel.check.Network;

/** What does a step of conv32-pool-conv64-pool-dense128-10 on 28x28x1 cost? Run: {@code ./dl4k bench CnnStepBenchmark}. */
public class CnnStepBenchmark extends StepBenchmark {
    /** Called by JMH. */
    public CnnStepBenchmark() {
        super(Network.CNN);
    }
}
