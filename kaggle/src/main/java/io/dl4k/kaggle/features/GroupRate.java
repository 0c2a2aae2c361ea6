package io.dl4k.kaggle.features;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;

/**
 * How the other members of a row's group fared: target encoding of a group key (a shared ticket, a family), smoothed towards the mean of all.
 *
 * <p>A fitted row does not see its own target in its group (leave-one-out), only in the mean of all, one row among them; a new row sees all fitted members of its
 * group. The value is
 * (sum - n·prior) / (n + smoothing): 0 where nothing is known, positive where the others did better than average.
 *
 * @param prior mean target of the fitted rows that count
 * @param smoothing rows' worth of doubt, above 0
 * @param groups sum and number of the targets for each key
 */
public record GroupRate(double prior, double smoothing, Map<String, Tally> groups) {
    /** @param sum of the members' targets  @param count members */
    public record Tally(double sum, int count) {
        private Tally plus(double target) {
            return new Tally(sum + target, count + 1);
        }
    }

    public GroupRate {
        groups = java.util.Collections.unmodifiableMap(new TreeMap<>(groups));
        if (!(smoothing > 0)) {
            throw new IllegalArgumentException("smoothing must be above 0, got " + smoothing);
        }
    }

    /**
     * Learns the groups' sums from the fitted rows.
     *
     * @param rows the training rows of the fold
     * @param key a row's group, null if it has none
     * @param counts whether a row contributes to its group
     * @param target a row's target; called for fitted rows that count only
     */
    public static GroupRate fit(int[] rows, IntFunction<String> key, IntPredicate counts, IntToDoubleFunction target, double smoothing) {
        Map<String, Tally> groups = new TreeMap<>();
        double sum = 0;
        int n = 0;
        for (int row : rows) {
            if (!counts.test(row)) {
                continue;
            }
            double y = target.applyAsDouble(row);
            sum += y;
            n++;
            String group = key.apply(row);
            if (group != null) {
                groups.put(group, groups.getOrDefault(group, new Tally(0, 0)).plus(y));
            }
        }
        return new GroupRate(n == 0 ? 0 : sum / n, smoothing, groups);
    }

    /** How the group fared, for a row that was not fitted. */
    public double of(String key) {
        return rate(known(key));
    }

    /** How the group's others fared, for a fitted row with this target that counted. */
    public double ofOthers(String key, double ownTarget) {
        return rate(others(key, ownTarget));
    }

    /** Members of the group that are known, for a row that was not fitted. */
    public int count(String key) {
        return known(key).count();
    }

    /** Other members of the group that are known, for a fitted row that counted. */
    public int countOthers(String key) {
        return Math.max(0, known(key).count() - 1);
    }

    private Tally known(String key) {
        return key == null ? new Tally(0, 0) : groups.getOrDefault(key, new Tally(0, 0));
    }

    private Tally others(String key, double ownTarget) {
        Tally all = known(key);
        return all.count() == 0 ? all : new Tally(all.sum() - ownTarget, all.count() - 1);
    }

    private double rate(Tally tally) {
        return (tally.sum() - tally.count() * prior) / (tally.count() + smoothing);
    }
}
