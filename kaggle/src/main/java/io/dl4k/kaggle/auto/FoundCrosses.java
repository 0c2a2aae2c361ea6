package io.dl4k.kaggle.auto;

import io.dl4k.kaggle.features.Cross;
import io.dl4k.kaggle.features.OddRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** What columns tell together, by the training rows it was found on: looking for it takes longer than all else of a fold, and every candidate would find the same. */
final class FoundCrosses {
    /** Pairs that are looked for; a candidate takes the first ones. */
    static final int MOST = 40;

    /**
     * What was found.
     *
     * @param crosses pairs of columns, the best first
     * @param odd rows that lie far off, together; one, or none
     */
    record Together(List<Cross> crosses, List<OddRows> odd) {
        static final Together NOTHING = new Together(List.of(), List.of());

        Together first(int most) {
            return new Together(crosses.subList(0, Math.min(most, crosses.size())), odd);
        }
    }

    private record Found(int[] rows, Together together) {
    }

    private final List<Found> all = new ArrayList<>();

    /** {@return what was found on just these rows, or is now} */
    synchronized Together computeIfAbsent(int[] rows, Supplier<Together> search) {
        for (Found found : all) {
            if (Arrays.equals(found.rows, rows)) {
                return found.together;
            }
        }
        Found found = new Found(rows.clone(), search.get());
        all.add(found);
        return found.together;
    }
}
