package io.dl4k.kaggle.features.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds texts that say the same: copies that differ in links, mentions, marks or case. */
public final class TextGroups {
    private TextGroups() { }

    /**
     * @param documents tokens of every row, as {@link TweetTokenizer#tokens} gives them
     * @return each row's group, from 0: the same for rows with the same words in the same order. Rows without words are groups of their own
     */
    public static int[] of(List<List<String>> documents) {
        Map<String, Integer> groups = new HashMap<>();
        int[] groupOf = new int[documents.size()];
        for (int row = 0; row < groupOf.length; row++) {
            String words = documents.get(row).stream().filter(TextGroups::isWord).collect(Collectors.joining(" "));
            String key = words.isEmpty() ? " " + row : words;
            groupOf[row] = groups.computeIfAbsent(key, k -> groups.size());
        }
        return groupOf;
    }

    private static boolean isWord(String token) {
        return Character.isLetter(token.codePointAt(0));
    }

    /**
     * Settles groups whose rows contradict each other: each training row gets the class that most training rows of its group have. Rows of undecided groups
     * and rows that are not trained on keep theirs.
     *
     * @param rows the training rows of the fold; no other row's class is looked at
     * @param groups each row's group
     * @param classes each row's class, from 0
     * @return each row's class to be trained on
     */
    public static int[] majority(int[] rows, int[] groups, int[] classes) {
        Map<Integer, Map<Integer, Integer>> counts = new HashMap<>();
        for (int row : rows) {
            counts.computeIfAbsent(groups[row], g -> new HashMap<>()).merge(classes[row], 1, Integer::sum);
        }
        int[] settled = classes.clone();
        for (int row : rows) {
            Map<Integer, Integer> of = counts.get(groups[row]);
            int most = of.values().stream().mapToInt(count -> count).max().orElseThrow();
            TreeSet<Integer> winners = of.entrySet().stream().filter(e -> e.getValue() == most).map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
            if (winners.size() == 1) {
                settled[row] = winners.first();
            }
        }
        return settled;
    }
}
