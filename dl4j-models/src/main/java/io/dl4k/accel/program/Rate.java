package io.dl4k.accel.program;

/** A number that may change while training: a learning rate, a momentum, a decay. */
@FunctionalInterface
public interface Rate {
    /** Its value now; both counts start at 0. */
    double at(int iteration, int epoch);
}
