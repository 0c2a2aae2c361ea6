package io.dl4k.kaggle.features.text;

import java.util.ArrayList;
import java.util.List;

/** What a document is made of, for {@link TermWeights}. */
public final class Terms {
    private static final char EDGE = ' ';

    private Terms() { }

    /** {@return the tokens and each two that follow one another, joined by a space} */
    public static List<String> wordsAndPairs(List<String> tokens) {
        List<String> terms = new ArrayList<>(tokens);
        for (int i = 1; i < tokens.size(); i++) {
            terms.add(tokens.get(i - 1) + " " + tokens.get(i));
        }
        return terms;
    }

    /**
     * Parts of words, which see through endings, spellings and joined words.
     *
     * @param shortest characters of a part at least, at least 1
     * @param longest characters at most
     * @return all parts of each token with a space before and after it, and the padded token itself where it is shorter than {@code longest}
     */
    public static List<String> parts(List<String> tokens, int shortest, int longest) {
        List<String> parts = new ArrayList<>();
        for (String token : tokens) {
            String padded = EDGE + token + EDGE;
            for (int length = shortest; length <= longest; length++) {
                if (length >= padded.length()) {
                    parts.add(padded);
                    break;
                }
                for (int from = 0; from + length <= padded.length(); from++) {
                    parts.add(padded.substring(from, from + length));
                }
            }
        }
        return parts;
    }
}
