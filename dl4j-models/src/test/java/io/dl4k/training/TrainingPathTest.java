package io.dl4k.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.Labels;
import io.dl4k.metrics.Metrics;
import io.dl4k.models.Mlp;
import io.dl4k.models.Schedule;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

/** From arrays to predictions through the builders and batches that a user has, prepared ahead on another thread. */
class TrainingPathTest {

    private static final int ROWS = 300;

    private final float[] features = new float[ROWS * 2];
    private final int[] classes = new int[ROWS];

    TrainingPathTest() {
        Random random = new Random(1);
        for (int row = 0; row < ROWS; row++) {
            features[2 * row] = (float) random.nextGaussian();
            features[2 * row + 1] = (float) random.nextGaussian();
            // Inside or outside of a circle: no line parts them.
            classes[row] = Math.hypot(features[2 * row], features[2 * row + 1]) > 1.18 ? 1 : 0;
        }
    }

    @Test
    void train_circle_isLearntAndRepeatable() {
        Fold fold = Splits.holdOut(classes, 0.3, 4);
        int[] held = fold.validation();
        float[][] targets = new float[held.length][2];
        for (int row = 0; row < held.length; row++) {
            targets[row][classes[held[row]]] = 1;
        }
        BatchSource train = Batches.prefetch(
                Batches.ofRows(features, 2, Labels.classes(classes, 2), fold.training(), 32, OptionalLong.of(3)), 2);
        BatchSource validation = Batches.ofRows(features, 2, Labels.classes(classes, 2), held, 32, OptionalLong.empty());
        TrainingPlan plan = TrainingPlan.epochs(12)
                .withSchedule(new Schedule.OneCycle(0.05, 12 * train.batches()))
                .withEarlyStopping(EarlyStopping.keepBest(EarlyStopping.Watch.METRIC));
        float[][] first = null;
        for (int run = 0; run < 2; run++) {
            MultiLayerNetwork net = Mlp.classifier(2, 2).hidden(16).dropout(0.1).build();
            TrainingResult result =
                    new Trainer(plan).train(net, train, Optional.of(new Validation(validation, targets, Metrics.ACCURACY)));
            assertTrue(result.bestScore() > 0.9, () -> "accuracy " + result.bestScore());
            float[][] predicted = Predictor.predict(net, validation);
            assertEquals(result.bestScore(), Metrics.ACCURACY.score(predicted, targets), 0);
            if (first == null) {
                first = predicted;
            }
            assertArrayEquals(first, predicted);
        }
    }
}
