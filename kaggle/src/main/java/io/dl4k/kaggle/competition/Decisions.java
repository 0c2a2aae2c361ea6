package io.dl4k.kaggle.competition;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the clock decided in a run with a time budget. A run that goes on repeats none of it. Not thread-safe. */
final class Decisions {
    /**
     * As it is written.
     *
     * @param budgetNanos of the whole run; 0: no limit
     * @param spentNanos of it
     * @param leftOut numbers of networks that are not trained for want of time, from 1
     * @param longestNanos that a network of a candidate took, by name
     */
    record Kept(long budgetNanos, long spentNanos, Set<Integer> leftOut, Map<String, Long> longestNanos) {
        Kept {
            if (budgetNanos < 0 || spentNanos < 0) {
                throw new IllegalArgumentException("times must not be negative");
            }
            leftOut = Set.copyOf(leftOut);
            longestNanos = Map.copyOf(longestNanos);
        }
    }

    private final Duration budget;
    private final long spentBefore;
    private final long start = System.nanoTime();
    private final Set<Integer> leftOut = new TreeSet<>();
    private final Map<String, Duration> longest = new HashMap<>();

    /** None yet. */
    Decisions(Duration budget) {
        this.budget = budget;
        this.spentBefore = 0;
    }

    Decisions(Kept kept) {
        budget = Duration.ofNanos(kept.budgetNanos());
        spentBefore = kept.spentNanos();
        leftOut.addAll(kept.leftOut());
        kept.longestNanos().forEach((name, nanos) -> longest.put(name, Duration.ofNanos(nanos)));
    }

    Kept kept() {
        Map<String, Long> nanos = new TreeMap<>();
        longest.forEach((name, time) -> nanos.put(name, time.toNanos()));
        return new Kept(budget.toNanos(), spentBefore + System.nanoTime() - start, leftOut, nanos);
    }

    Duration budget() {
        return budget;
    }

    /** When the budget ends, what was spent before counted. */
    Deadline deadline() {
        return budget.isZero() ? Deadline.in(Duration.ZERO) : Deadline.in(budget).earlier(Duration.ofNanos(spentBefore + System.nanoTime() - start));
    }

    boolean isLeftOut(int number) {
        return leftOut.contains(number);
    }

    void leaveOut(int number) {
        leftOut.add(number);
    }

    /** How long the longest network of a candidate took; zero before the first. */
    Duration longest(Candidate candidate) {
        return longest.getOrDefault(candidate.name(), Duration.ZERO);
    }

    void took(Candidate candidate, Duration time) {
        longest.merge(candidate.name(), time, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }
}
