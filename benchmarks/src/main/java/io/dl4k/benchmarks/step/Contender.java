package io.dl4k.benchmarks.step;

/** One implementation of one network with one batch, ready to compute. */
interface Contender extends AutoCloseable {
    /** Forward, backward and Adam's update on the batch; the loss before the update, as DL4J's {@code score()} has it. */
    double trainingStep();

    /** Loss of the batch as training computes it. */
    double forward();

    /** Loss and gradient, parameters unchanged. */
    double forwardAndBackward();

    /** Class probabilities of the batch, every step of a sequence; one of them, so that nothing can be skipped. */
    float inference();

    @Override
    void close();
}
