package io.dl4k.kaggle.auto;

import io.dl4k.kaggle.recipe.Recipe;
import java.util.List;

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
}
