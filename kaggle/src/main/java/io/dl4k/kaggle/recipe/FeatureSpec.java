package io.dl4k.kaggle.recipe;

/**
 * How columns become the inputs of a dense network.
 *
 * @param quantiles whether numbers are also given by their ranks, which spread evenly; standardised they are always given
 * @param rates whether a category is also given as its mean target, learned from other rows
 * @param words inputs for the words and pairs of words of the text columns, those in most rows; 0: none
 * @param parts inputs for the parts of words of each text column, 2 to 5 letters; 0: none
 * @param rare rows a category needs to get an input of its own, at least 1
 * @param pieces pieces in which numbers are also given, between quantiles, so that the answer can bend there; 0: none
 * @param crosses pairs of columns that are also given joined, those that tell most; 0: none
 */
public record FeatureSpec(boolean quantiles, boolean rates, int words, int parts, int rare, int pieces, int crosses) {
    /** No ranks, rates, 1000 words, no parts of words, categories of at least 5 rows, no pieces, no crosses. */
    public static final FeatureSpec DEFAULT = new FeatureSpec(false, true, 1000, 0, 5, 0, 0);

    /** @throws IllegalArgumentException if a number is out of its range */
    public FeatureSpec {
        if (words < 0 || parts < 0 || rare < 1 || pieces < 0 || crosses < 0) {
            throw new IllegalArgumentException("words, parts, pieces and crosses must be at least 0 and rare at least 1, got " + words + ", " + parts + ", " + pieces + ", " + crosses + " and " + rare);
        }
    }
}
