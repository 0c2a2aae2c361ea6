package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Table;
import io.dl4k.training.Predictor;
import org.deeplearning4j.nn.api.Model;

/**
 * A network with the encoder that feeds it.
 *
 * @param candidate it is an instance of
 * @param fold it was not trained on, from 0
 * @param member number within the fold's ensemble, from 0
 * @param encoder fitted on its training rows
 * @param scale of its outputs
 * @param network trained
 */
public record TrainedNetwork(Candidate candidate, int fold, int member, Encoder encoder, TargetScale scale, Model network) {
    /** Rows predicted at a time at most, and a multiple of those of every network. */
    static final int PREDICTION_BATCH = 256;
    /** Inputs in a batch at most: 256 rows of 60,000 words would take 60 MiB of the heap, and as much outside it. */
    private static final int MOST_INPUTS = 1 << 21;
    private static final int FEWEST_ROWS = 16;

    /** Rows predicted at a time. For the same network always the same, since another batch size may round differently. */
    static int predictionBatch(Encoder encoder) {
        return Integer.highestOneBit(Math.max(FEWEST_ROWS, Math.min(PREDICTION_BATCH, MOST_INPUTS / encoder.width())));
    }

    /** @return probabilities {@code [rows.length][classes]}, or numbers on the link's scale, averaged over the encoder's views */
    public float[][] predict(Table table, int[] rows) {
        return Ensemble.mean(encoder.views(table, rows, predictionBatch(encoder)).stream().map(this::predict).toList());
    }

    /** @return what {@link #predict} does by the first view alone: where many predictions are compared with each other */
    float[][] glance(Table table, int[] rows) {
        return predict(encoder.batches(table, rows, predictionBatch(encoder)));
    }

    private float[][] predict(BatchSource rows) {
        return scale.linked(Predictor.predict(network, rows));
    }
}
