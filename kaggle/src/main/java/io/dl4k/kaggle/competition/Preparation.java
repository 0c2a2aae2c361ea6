package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Table;

/** How a candidate's features are learned from the training rows of a fold, and from no other row. */
public interface Preparation {
    /** What {@link #fit} returns: the encoder for new rows, and the training rows themselves. */
    record Fitted(Encoder encoder, TrainingRows training) {
    }

    /** The fitted rows as shuffled batches with labels. */
    @FunctionalInterface
    interface TrainingRows {
        /** @param seed of the order of the rows and of the augmentation */
        BatchSource batches(int batchSize, long seed);
    }

    /** @param rows training rows of the fold, ascending */
    Fitted fit(Table train, int[] rows, FoldTargets targets);

    /** The record class of the encoders, for reading one back. */
    Class<? extends Encoder> encoderType();
}
