package io.dl4k.kaggle.live;

import java.util.ArrayList;
import java.util.List;

/**
 * What happened so far, numbered, for pages that come late or come back. Holds a bounded number of entries: when full, every second passing one (a step, a
 * measurement of memory) is dropped. Thread-safe.
 */
final class Journal {
    /** Each is about a hundred bytes, and a page draws them all. */
    private static final int MOST = 20_000;

    /**
     * @param number ascending, from 1
     * @param json without line ends
     * @param passing whether it may be dropped
     */
    record Entry(long number, String json, boolean passing) {
    }

    private final List<Entry> entries = new ArrayList<>();
    private final int most;
    private long last;
    private boolean closed;

    Journal() {
        this(MOST);
    }

    Journal(int most) {
        this.most = most;
    }

    synchronized void add(String json, boolean passing) {
        entries.add(new Entry(++last, json, passing));
        if (entries.size() > most) {
            // In pairs: where two kinds take turns, both stay.
            int[] passed = {0};
            entries.removeIf(entry -> entry.passing() && passed[0]++ % 4 < 2);
        }
        notifyAll();
    }

    /** Nothing will be added any more. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /**
     * Entries after that number, waiting for one if there is none.
     *
     * @param wait milliseconds at the most
     * @return empty if none came in time or none will ever come
     */
    synchronized List<Entry> after(long number, long wait) throws InterruptedException {
        if (last <= number && !closed) {
            wait(wait);
        }
        int from = entries.size();
        while (from > 0 && entries.get(from - 1).number() > number) {
            from--;
        }
        return List.copyOf(entries.subList(from, entries.size()));
    }

    /** Whether it is closed and holds nothing after that number. */
    synchronized boolean isOver(long number) {
        return closed && last <= number;
    }
}
