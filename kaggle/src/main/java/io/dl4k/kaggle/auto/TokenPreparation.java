package io.dl4k.kaggle.auto;

import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.FoldTargets;
import io.dl4k.kaggle.competition.Preparation;
import io.dl4k.kaggle.features.text.Vocabulary;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Learns the vocabulary from the training rows of a fold.
 *
 * @param columns text columns, the longest first
 * @param length words a row
 */
record TokenPreparation(List<String> columns, int length) implements Preparation {
    private static final int MOST_WORDS = 20_000;
    private static final int RARE = 2;
    /** Share of the words hidden while training. */
    private static final double HIDDEN = 0.1;

    @Override
    public Fitted fit(Table train, int[] rows, FoldTargets targets) {
        Vocabulary vocabulary = Vocabulary.fit(TokenEncoder.documents(train, columns, rows), IntStream.range(0, rows.length).toArray(), RARE, MOST_WORDS);
        TokenEncoder encoder = new TokenEncoder(columns, vocabulary, length);
        return new Fitted(encoder, (batchSize, seed) -> encoder.source(train, targets.labels(), rows, batchSize, OptionalLong.of(seed), HIDDEN));
    }

    @Override
    public Class<TokenEncoder> encoderType() {
        return TokenEncoder.class;
    }
}
