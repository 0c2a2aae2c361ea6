package io.dl4k.kaggle.competition;

import java.time.Duration;

/**
 * How long a network is trained. With a time budget the clock decides it, once: a run that goes on stays with it.
 *
 * @param epochs passes over the rows at the most, at least 1
 * @param steps over which the learning rate falls to its end, at least 1
 * @param budget wall clock; {@link Duration#ZERO}: no limit
 */
record NetworkPlan(int epochs, long steps, Duration budget) {
    NetworkPlan {
        if (epochs < 1 || steps < 1 || budget.isNegative()) {
            throw new IllegalArgumentException("epochs and steps must be at least 1 and the budget not negative, got " + epochs + ", " + steps + ", " + budget);
        }
    }
}
