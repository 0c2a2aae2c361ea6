package io.dl4k.benchmarks.step;

import io.dl4k.accel.check.Network;

/** What does a step of a bidirectional LSTM over embedded words cost? Run: {@code ./dl4k bench TextLstmStepBenchmark}. */
public class TextLstmStepBenchmark extends StepBenchmark {
    /** Called by JMH. */
    public TextLstmStepBenchmark() {
        super(Network.TEXT_LSTM);
    }
}
