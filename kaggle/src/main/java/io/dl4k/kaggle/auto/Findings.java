package io.dl4k.kaggle.auto;

import io.dl4k.kaggle.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What looking at a competition's tables has found.
 *
 * @param recipe that leaves nothing open but the candidates
 * @param lines the same for people, with reasons
 */
public record Findings(Recipe recipe, List<String> lines) {
    public Findings {
        lines = List.copyOf(lines);
    }

    /** The same, with a line on training rows that were left out. */
    Findings over(int unanswered) {
        List<String> all = new ArrayList<>(lines);
        if (unanswered > 0) {
            all.add(1, String.format(Locale.ROOT, "left out: %,d training rows without a target", unanswered));
        }
        return new Findings(recipe, all);
    }
}
