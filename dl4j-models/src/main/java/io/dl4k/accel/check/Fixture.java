package io.dl4k.accel.check;

/** A case and what is right.
 *
 *  @param expected what the processor made of it */
public record Fixture(Case of, Outcome expected) {
    /** Of the network, for people. */
    public String name() {
        return of.name();
    }

    /** Steps of training. */
    public int steps() {
        return of.steps();
    }
}
