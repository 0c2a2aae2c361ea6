package io.dl4k.kaggle.features;

import io.dl4k.training.Fold;
import io.dl4k.training.Splits;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;

/**
 * Out-of-fold target encoding of a category with many levels: a fitted row learns how its level fared from other parts of the fitted rows only, a new row from all
 * of them. Leaving out just the row itself, as {@link GroupRate#ofOthers} does, lets a flexible network read the row's target back: within a level, the mean
 * of the others falls as the own target rises.
 */
public final class TargetEncoding {
    private final GroupRate rates;
    private final Map<Integer, Double> fitted;

    private TargetEncoding(GroupRate rates, Map<Integer, Double> fitted) {
        this.rates = rates;
        this.fitted = fitted;
    }

    /**
     * Learns the levels' means.
     *
     * @param rows the training rows of the fold, at least {@code parts}; no other row is looked at
     * @param level a row's level, null if it has none
     * @param target a row's target
     * @param smoothing rows' worth of doubt, above 0
     * @param parts into which the rows are divided at random, at least 2
     * @throws IllegalArgumentException if there are fewer rows than parts
     */
    public static TargetEncoding fit(int[] rows, IntFunction<String> level, IntToDoubleFunction target, double smoothing, int parts, long seed) {
        Map<Integer, Double> fitted = new HashMap<>();
        for (Fold part : Splits.kFold(rows.length, parts, seed)) {
            int[] others = Arrays.stream(part.training()).map(i -> rows[i]).toArray();
            GroupRate rates = GroupRate.fit(others, level, row -> true, target, smoothing);
            for (int i : part.validation()) {
                fitted.put(rows[i], rates.of(level.apply(rows[i])));
            }
        }
        return new TargetEncoding(GroupRate.fit(rows, level, row -> true, target, smoothing), fitted);
    }

    /** {@return what a new row's level is worth: the part to keep} */
    public GroupRate rates() {
        return rates;
    }

    /** {@return what the row's level is worth: by the other parts for a fitted row, by all fitted rows for another} */
    public double of(int row, String level) {
        Double own = fitted.get(row);
        return own != null ? own : rates.of(level);
    }

    /** {@return how many other fitted rows have the row's level} */
    public int others(int row, String level) {
        return Math.max(0, rates.count(level) - (fitted.containsKey(row) ? 1 : 0));
    }
}
