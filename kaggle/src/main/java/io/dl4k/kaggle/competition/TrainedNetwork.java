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
    /** Rows predicted at a time. Always the same, since another batch size may round differently. */
    static final int PREDICTION_BATCH = 256;

    /** @return probabilities {@code [rows.length][classes]}, or numbers on the link's scale, averaged over the encoder's views */
    public float[][] predict(Table table, int[] rows) {
        return Ensemble.mean(encoder.views(table, rows, PREDICTION_BATCH).stream().map(this::predict).toList());
    }

    /** @return what {@link #predict} does by the first view alone: where many predictions are compared with each other */
    float[][] glance(Table table, int[] rows) {
        return predict(encoder.batches(table, rows, PREDICTION_BATCH));
    }

    private float[][] predict(BatchSource rows) {
        return scale.linked(Predictor.predict(network, rows));
    }
}
