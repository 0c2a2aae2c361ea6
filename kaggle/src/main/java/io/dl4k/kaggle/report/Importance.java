package io.dl4k.kaggle.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How much worse the score of held-out rows gets when one input is shuffled among them, so that it tells nothing of its row any more (permutation
 * importance; Breiman, Random Forests, 2001, section 10).
 *
 * @param metric the score is of
 * @param score of those rows as they are
 * @param rows predicted again for each input
 * @param inputs all of them, the most important first
 * @param grid of the inputs where they are parts of an image; empty elsewhere
 */
public record Importance(String metric, double score, int rows, List<Input> inputs, Optional<Grid> grid) {
    /**
     * One input.
     *
     * @param name of the column, or of the part of the image
     * @param loss how much worse the score got, above 0 for an input that helps
     */
    public record Input(String name, double loss) {
    }

    /**
     * Parts of an image, row after row from the top.
     *
     * @param side number of parts in each direction
     * @param losses one a part, {@code side * side} of them
     */
    public record Grid(int side, List<Double> losses) {
        public Grid {
            losses = List.copyOf(losses);
            if (losses.size() != side * side) {
                throw new IllegalArgumentException("a grid of " + side + " by " + side + " has " + side * side + " parts, got " + losses.size());
            }
        }
    }

    public Importance {
        inputs = inputs.stream().sorted(Comparator.comparingDouble(Input::loss).reversed()).toList();
    }
}
