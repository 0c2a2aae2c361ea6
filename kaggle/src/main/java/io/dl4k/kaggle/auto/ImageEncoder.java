package io.dl4k.kaggle.auto;

import io.dl4k.data.Augmentation;
import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.ImageLayout;
import io.dl4k.data.Labels;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Encoder;
import io.dl4k.kaggle.competition.FoldTargets;
import io.dl4k.kaggle.competition.Preparation;
import io.dl4k.kaggle.recipe.ImageSpec;
import java.util.OptionalLong;

/**
 * Images {@code [batch, channels, height, width]} in [0, 1].
 *
 * @param images the columns that are pixels
 */
record ImageEncoder(ImageSpec images) implements Encoder {
    @Override
    public int width() {
        return images.size();
    }

    @Override
    public BatchSource batches(Table table, int[] rows, int batchSize) {
        return source(table, rows, Labels.none(), batchSize, OptionalLong.empty(), Augmentation.NONE);
    }

    private BatchSource source(Table table, int[] rows, Labels labels, int batchSize, OptionalLong seed, Augmentation augmentation) {
        return Batches.ofImages(Images.of(table, images), labels, rows, images.height(), images.width(), images.channels(), batchSize, seed, augmentation, ImageLayout.NCHW);
    }

    /**
     * Learns nothing: pixels are what they are.
     *
     * @param encoder of the images
     * @param augmentation of those trained on
     */
    record Prepared(ImageEncoder encoder, Augmentation augmentation) implements Preparation {
        @Override
        public Fitted fit(Table train, int[] rows, FoldTargets targets) {
            return new Fitted(encoder, (batchSize, seed) -> encoder.source(train, rows, targets.labels(), batchSize, OptionalLong.of(seed), augmentation));
        }

        @Override
        public Class<ImageEncoder> encoderType() {
            return ImageEncoder.class;
        }
    }
}
