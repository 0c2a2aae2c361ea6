package io.dl4k.data;

import java.util.Collection;
import java.util.Locale;

/** What somebody who mistyped a name may have meant. */
public final class Names {
    private Names() { }

    /** The name with the fewest edits, without regard to case; null if that would change more than a third of the letters. */
    public static String nearest(String wanted, Collection<String> names) {
        String nearest = null;
        int fewest = Math.max(1, wanted.length() / 3) + 1;
        for (String name : names) {
            if (Math.abs(name.length() - wanted.length()) >= fewest) continue;
            int edits = edits(wanted.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
            if (edits < fewest) {
                fewest = edits;
                nearest = name;
            }
        }
        return nearest;
    }

    /** Levenshtein distance. */
    private static int edits(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) previous[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
