package io.dl4k.kaggle.features;

import java.util.HashSet;
import java.util.List;

/**
 * Words that grade something, such as Po, Fa, TA, Gd, Ex, as numbers: the order that one-hot columns lose.
 *
 * @param worstToBest each once, at least two; the first counts 0, the next 1
 */
public record Grades(List<String> worstToBest) {
    /** @throws IllegalArgumentException if there are fewer than two, or one stands there twice */
    public Grades {
        worstToBest = List.copyOf(worstToBest);
        if (worstToBest.size() < 2 || new HashSet<>(worstToBest).size() != worstToBest.size()) {
            throw new IllegalArgumentException("grades are at least two words, each once, got " + worstToBest);
        }
    }

    /** The grades in this order, worst first. */
    public static Grades of(String... worstToBest) {
        return new Grades(List.of(worstToBest));
    }

    /** {@return the word's place, from 0; NaN for another word or null} */
    public double rank(String word) {
        int place = word == null ? -1 : worstToBest.indexOf(word);
        return place < 0 ? Double.NaN : place;
    }
}
