package io.dl4k.kaggle.auto;

import io.dl4k.kaggle.features.Cross;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Pairs of columns by the training rows they were found on: looking for them takes longer than all else of a fold, and every candidate would find the same. */
final class FoundCrosses {
    /** Pairs that are looked for; a candidate takes the first ones. */
    static final int MOST = 40;

    private record Found(int[] rows, List<Cross> crosses) {
    }

    private final List<Found> all = new ArrayList<>();

    /** {@return what was found on just these rows, or is now} */
    synchronized List<Cross> computeIfAbsent(int[] rows, Supplier<List<Cross>> search) {
        for (Found found : all) {
            if (Arrays.equals(found.rows, rows)) {
                return found.crosses;
            }
        }
        Found found = new Found(rows.clone(), search.get());
        all.add(found);
        return found.crosses;
    }
}
