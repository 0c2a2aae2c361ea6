package io.dl4k.kaggle.features.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TextGroupsTest {
    @Test
    void of_copiesThatDifferInLinksMentionsAndMarks_areOneGroup() {
        List<List<String>> documents = Stream.of("Storm in town! http://t.co/a", "RT", "storm in TOWN http://t.co/b @someone", "town in storm", "http://t.co/c", "http://t.co/c", "rt")
                .map(TweetTokenizer::tokens).toList();
        assertArrayEquals(new int[] {0, 1, 0, 2, 3, 4, 1}, TextGroups.of(documents));
    }

    @Test
    void majority_contradictingTrainingRows_getWhatMostHave() {
        int[] groups = {0, 0, 0, 1, 1, 2, 0, 0};
        int[] classes = {1, 1, 0, 0, 1, 1, 0, 0};
        // The last two are held out: their classes neither count nor change. Group 1 is undecided.
        assertArrayEquals(new int[] {1, 1, 1, 0, 1, 1, 0, 0}, TextGroups.majority(new int[] {0, 1, 2, 3, 4, 5}, groups, classes));
    }
}
