package io.dl4k.training;

import static io.dl4k.training.Fixtures.classifier;
import static io.dl4k.training.Fixtures.initialised;
import static io.dl4k.training.Fixtures.twoClasses;
import static io.dl4k.training.Fixtures.weights;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.metrics.Metrics;
import io.dl4k.models.Schedule;
import io.dl4k.training.Fixtures.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

@Timeout(60)
class ParallelEngineTest {
    private static final int BATCH = 12;
    private static final Rows ROWS = twoClasses(6 * BATCH, BATCH, 3L);

    private static MultiLayerNetwork plain() {
        return initialised(new NeuralNetConfiguration.Builder().seed(7).updater(new Sgd(0.5)).list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(8).activation(Activation.TANH).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(8).nOut(2).build()).build());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void train_plainGradientDescent_isThatOfTheWholeBatch(int workers) {
        MultiLayerNetwork one = plain();
        MultiLayerNetwork several = plain();
        TrainingPlan plan = TrainingPlan.epochs(4).withSchedule(new Schedule.Step(0.5, 0.5, 5));
        TrainingResult alone = new Trainer(plan).train(one, ROWS);
        TrainingResult together = new Trainer(plan.withWorkers(workers)).train(several, ROWS);
        assertArrayEquals(weights(one), weights(several), 1e-5f);
        assertEquals(alone.steps(), together.steps());
        assertEquals(one.getIterationCount(), several.getIterationCount());
        assertEquals(one.getEpochCount(), several.getEpochCount());
        for (int i = 0; i < 4; i++) {
            assertEquals(alone.history().epochs().get(i).trainingLoss(), together.history().epochs().get(i).trainingLoss(), 1e-5);
        }
    }

    private static float[] trained(boolean stockLayer) {
        MultiLayerNetwork net = stockLayer ? initialised(new NeuralNetConfiguration.Builder().seed(7).updater(new Adam(0.02)).list()
                .layer(new PReLULayer.Builder().nIn(3).nOut(3).inputShape(3).dropOut(0.8).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(3).nOut(2).dropOut(0.8).build()).build())
                : initialised(classifier(new Adam(0.02), 0.8));
        new Trainer(TrainingPlan.epochs(3).withWorkers(2)).train(net, ROWS);
        return weights(net);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void train_sameSeed_sameBytes(boolean stockLayer) {
        assertArrayEquals(trained(stockLayer), trained(stockLayer), 0f);
    }

    @Test
    void train_oddBatchesBatchNormEarlyStopping_learnsAndKeepsTheBest() {
        Rows train = twoClasses(8 * BATCH + 1, BATCH, 3L);
        Rows held = twoClasses(60, BATCH, null);
        MultiLayerNetwork net = initialised(classifier(new Adam(0.02), 1));
        List<Integer> iterations = new ArrayList<>();
        net.addListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                iterations.add(iteration);
            }
        });
        Validation validation = new Validation(held, held.labels(), Metrics.ACCURACY);
        TrainingResult result = new Trainer(TrainingPlan.epochs(25).withEarlyStopping(EarlyStopping.onLoss(3)).withWorkers(2)).train(net, train, Optional.of(validation));
        assertTrue(result.bestRestored());
        assertEquals(result.steps(), iterations.size());
        float[][] predicted = Predictor.predict(net, held);
        assertTrue(Metrics.ACCURACY.score(predicted, held.labels()) > 0.9);
        // What was trained is a network like any other.
        net.fit(held.batch(List.of(0, 1, 2)));
    }

    @Test
    void train_workerFails_saysSoAndEnds() {
        Rows wrong = new Rows(new float[6][5], new float[6][2], 6);
        assertThrows(RuntimeException.class, () -> new Trainer(TrainingPlan.epochs(1).withWorkers(2)).train(plain(), wrong));
        assertTrue(Double.isFinite(plain().score(new DataSet(Nd4j.rand(2, 3), Nd4j.rand(2, 2)))));
    }
}
