package io.dl4k.accel.program;

import java.util.Optional;

/** A device that runs programs. Everything it makes belongs to it and is freed with it. Not thread-safe. */
public interface Kernels extends AutoCloseable {
    /** The flat vectors, by address of their first float; they must outlive whatever is bound to them.
     *
     *  @param params parameters  @param gradient same length  @param state of the updaters, 0 when there is none */
    record Memory(long params, long gradient, long state) { }

    /** One batch, as dense float arrays in row-major order.
     *
     *  @param features address of the features in the order of {@link NetSpec#input()}
     *  @param labels address: [batch, outputs], or [batch, outputs, time] behind a sequence; 0 for inference
     *  @param featureMask [batch, time], or null  @param labelMask [batch, time], [batch, 1] or [batch, outputs], or null
     *  @param result address for the output, in the order of the labels; 0 when training
     *  @param step what the random numbers of dropout follow from */
    record Feed(long features, long labels, float[] featureMask, float[] labelMask, long result, long step) { }

    /** A number that is known some time later. Asking waits for it; asking again gives the same. */
    @FunctionalInterface
    interface Later {
        /** @throws UnsupportedOperationException if the values themselves asked for another device  @throws IllegalArgumentException if they are wrong */
        double value();
    }

    /** A bound program. */
    interface Executable extends AutoCloseable {
        /** Runs once. When training, leaves the gradient in its vector.
         *
         *  @return sum of the loss over the batch, 0 for inference */
        double run(Feed feed);

        /** Starts a run; where the device works by itself, returns at once. What the feed holds may change afterwards, but for the output's place, which is written when
         *  the value is asked for.
         *
         *  @return what {@link #run} returns */
        default Later start(Feed feed) {
            double value = run(feed);
            return () -> value;
        }

        /** Off-heap bytes held. */
        long bytes();

        /** Frees it. */
        @Override void close();
    }

    /** A bound update. */
    interface Update {
        /** Penalty part of the score, by the parameters as they are now. */
        Later penalty(int iteration, int epoch);

        /** Puts noise on the weights that have some.
         *
         *  @param seed of this step's noise */
        void disturb(long seed);

        /** Takes the noise off again: to the bit what was there. */
        void calm();

        /** Clips the gradient, updates state and parameters.
         *
         *  @param longest L2 norm that the whole gradient is scaled down to; infinite for any */
        void apply(int iteration, int epoch, double longest);
    }

    /** Name for people, such as "oneDNN 3.11, AVX-512". */
    String name();

    /** Whether it works by itself while the host goes on, so that the next run may be started before the last one's value is asked for. */
    default boolean late() {
        return false;
    }

    /** Why this device cannot run a network, whatever the batch, with the layers' names; empty if nothing is known that speaks against it. */
    default Optional<String> refusal(NetSpec net) {
        return Optional.empty();
    }

    /** @param threads most threads to use, at least 1
     *  @throws UnsupportedOperationException if this device lacks an operation, naming it */
    Executable bind(Program program, Memory memory, int threads);

    /** @param threads most threads to use, at least 1
     *  @throws UnsupportedOperationException if this device lacks an updater, naming it */
    Update bind(UpdatePlan plan, Memory memory, int threads);

    /** Brings the flat vectors up to date where a device keeps its own between calls, and lets others write them: the next call reads them anew.
     *  Of what nothing is bound to, nothing is left to do. */
    default void settle() { }

    @Override void close();
}
