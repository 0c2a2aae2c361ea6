package io.dl4k.kaggle.auto;

import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.FoldTargets;
import io.dl4k.kaggle.competition.Preparation;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Learns the vocabulary from the training rows of a fold.
 *
 * @param columns text columns, the longest first
 * @param length words a row
 */
record TokenPreparation(List<String> columns, int length) implements Preparation {
    private static final int MOST_WORDS = 20_000;
    private static final int RARE = 2;

    @Override
    public Fitted fit(Table train, int[] rows, FoldTargets targets) {
        Map<String, Integer> counts = new HashMap<>();
        for (int row : rows) {
            new HashSet<>(TokenEncoder.words(train, columns, row)).forEach(word -> counts.merge(word, 1, Integer::sum));
        }
        counts.remove("");
        List<String> vocabulary = counts.entrySet().stream().filter(e -> e.getValue() >= RARE)
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey())).limit(MOST_WORDS)
                .map(Map.Entry::getKey).toList();
        TokenEncoder encoder = new TokenEncoder(columns, vocabulary, length);
        return new Fitted(encoder, (batchSize, seed) -> encoder.source(train, targets.labels(), rows, batchSize, OptionalLong.of(seed)));
    }

    @Override
    public Class<TokenEncoder> encoderType() {
        return TokenEncoder.class;
    }
}
