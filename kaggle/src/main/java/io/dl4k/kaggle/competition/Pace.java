package io.dl4k.kaggle.competition;

import java.time.Duration;
import java.util.function.LongSupplier;

/** When to write a checkpoint: seldom enough that writing costs about a hundredth of the time, or as often as told. Not thread-safe. */
public final class Pace {
    /** Writing once took one part in so many of the time until it is done again. */
    private static final int COST_PART = 100;
    /** Less is not worth keeping, and says little about what writing costs. */
    private static final Duration SHORTEST = Duration.ofSeconds(2);
    /** The first one, in a cold JVM, takes 0.2 to 0.8 seconds of a processor: a hundredth of the time only in runs that last. */
    private static final Duration FIRST = Duration.ofSeconds(60);

    private final LongSupplier nanoTime;
    private final int costPart;
    private long wait;
    private long last;
    private long written;
    private int times;

    private Pace(Duration first, int costPart, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.costPart = costPart;
        this.wait = first.toNanos();
        this.last = nanoTime.getAsLong();
    }

    /** As often as costs a hundredth of the time, and no more than every two seconds; the first after a minute. */
    public static Pace affordable() {
        return affordable(System::nanoTime);
    }

    static Pace affordable(LongSupplier nanoTime) {
        return new Pace(FIRST, COST_PART, nanoTime);
    }

    /** @param least time between two, whatever they cost; {@link Duration#ZERO}: after every step */
    public static Pace every(Duration least) {
        return new Pace(least, 0, System::nanoTime);
    }

    boolean due() {
        return nanoTime.getAsLong() - last >= wait;
    }

    /** Something was written. @param nanos that it took, until now */
    void written(long nanos) {
        last = nanoTime.getAsLong();
        written += nanos;
        times++;
        if (costPart > 0) {
            wait = Math.max(SHORTEST.toNanos(), costPart * nanos);
        }
    }

    /** How often something was written. */
    int times() {
        return times;
    }

    /** What all writing took. */
    Duration cost() {
        return Duration.ofNanos(written);
    }
}
