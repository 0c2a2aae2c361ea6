package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.kaggle.features.Grades;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Words that people grade with, in their order, in whatever column they stand. */
final class WordScales {
    private static final int FEWEST = 3;
    private static final List<Grades> KNOWN = List.of(Grades.of("na", "none", "po", "fa", "ta", "gd", "ex"), Grades.of("unf", "lwq", "rec", "blq", "alq", "glq"),
            Grades.of("no", "mn", "av", "gd"), Grades.of("unf", "rfn", "fin"), Grades.of("sal", "sev", "maj2", "maj1", "mod", "min2", "min1", "typ"),
            Grades.of("very low", "low", "medium", "high", "very high"), Grades.of("low", "mid", "high"), Grades.of("low", "moderate", "high"), Grades.of("low", "normal", "high"),
            Grades.of("none", "mild", "moderate", "severe"), Grades.of("very small", "small", "medium", "large", "very large"), Grades.of("xs", "s", "m", "l", "xl", "xxl"),
            Grades.of("very poor", "poor", "fair", "good", "very good", "excellent"), Grades.of("fair", "good", "very good", "premium", "ideal"),
            Grades.of("poor", "average", "good", "excellent"), Grades.of("poor", "standard", "good"), Grades.of("bad", "ok", "good"),
            Grades.of("never", "rarely", "sometimes", "often", "frequently", "always"), Grades.of("no", "sometimes", "frequently", "always"),
            Grades.of("beginner", "intermediate", "advanced", "expert"), Grades.of("novice", "contributor", "expert", "master", "grandmaster"),
            Grades.of("freezing", "cold", "warm", "hot", "boiling hot", "lava hot"), Grades.of("strongly disagree", "disagree", "neutral", "agree", "strongly agree"),
            Grades.of("i1", "si2", "si1", "vs2", "vs1", "vvs2", "vvs1", "if"), Grades.of("unhealthy", "moderate", "healthy"), Grades.of("bronze", "silver", "gold", "platinum", "diamond"),
            Grades.of("high school", "bachelor", "master", "phd"), Grades.of("high school", "bachelors", "masters", "phd"),
            Grades.of("high school", "bachelor's", "master's", "phd"), Grades.of("high school", "associate's", "bachelor's", "master's", "phd"));

    private WordScales() {
    }

    /** The scale that holds every word of the rows, of at least three. */
    static Optional<Grades> of(Column column, int[] rows) {
        Set<String> words = new HashSet<>();
        for (int row : rows) {
            String word = word(column, row);
            if (word != null) {
                words.add(word);
            }
            if (words.size() > 10) {
                return Optional.empty();
            }
        }
        return words.size() < FEWEST ? Optional.empty() : KNOWN.stream().filter(scale -> scale.worstToBest().containsAll(words)).findFirst();
    }

    /** {@return the row's word as scales have it, null if missing} */
    static String word(Column column, int row) {
        String text = Source.level(column, row);
        return text == null ? null : text.toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ');
    }
}
