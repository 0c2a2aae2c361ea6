package io.dl4k.kaggle.competition;

import java.time.Duration;

/** When a time budget ends, if there is one. */
final class Deadline {
    private final long end;
    private final boolean limited;

    private Deadline(boolean limited, long end) {
        this.limited = limited;
        this.end = end;
    }

    /** @param budget from now; {@link Duration#ZERO}: never */
    static Deadline in(Duration budget) {
        return new Deadline(!budget.isZero(), System.nanoTime() + budget.toNanos());
    }

    /** The same deadline, brought forward; no deadline stays none. */
    Deadline earlier(Duration by) {
        return new Deadline(limited, end - by.toNanos());
    }

    boolean passed() {
        return limited && System.nanoTime() - end >= 0;
    }

    /** What one of so many equal parts of the rest may take; {@link Duration#ZERO} without a limit. */
    Duration share(int parts) {
        return limited ? Duration.ofNanos(Math.max(1, (end - System.nanoTime()) / parts)) : Duration.ZERO;
    }
}
