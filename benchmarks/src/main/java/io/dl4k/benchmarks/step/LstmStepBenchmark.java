package io.dl4k.benchmarks.step;

import io.dl4k.accel.check.Network;

/** What does a step of an LSTM 64-128 over 50 time steps with a softmax at each cost? Run: {@code ./dl4k bench LstmStepBenchmark}. */
public class LstmStepBenchmark extends StepBenchmark {
    /** Called by JMH. */
    public LstmStepBenchmark() {
        super(Network.LSTM);
    }
}
