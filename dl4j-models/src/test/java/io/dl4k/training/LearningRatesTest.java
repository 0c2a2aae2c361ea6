package io.dl4k.training;

import static io.dl4k.training.Fixtures.classifier;
import static io.dl4k.training.Fixtures.initialised;
import static io.dl4k.training.Fixtures.twoClasses;
import static io.dl4k.training.Fixtures.weights;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.models.Schedule;
import java.util.List;
import java.util.function.DoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** DL4J takes a rate set in place at once, in every updater, and the configuration comes back as it was. */
class LearningRatesTest {

    private static final double RATE = 0.0125;
    private static final TrainingPlan AT_RATE = TrainingPlan.epochs(2).withSchedule(new Schedule.Step(RATE, 1, 1));

    static List<DoubleFunction<IUpdater>> updaters() {
        // Not AdaBelief: stock M2.1 fails at its first step, ArrayIndexOutOfBoundsException, whatever its rate.
        return List.of(Sgd::new, rate -> new Nesterovs(rate, 0.9), Adam::new, AdaMax::new, AMSGrad::new, Nadam::new, AdaGrad::new,
                RmsProp::new);
    }

    private static String configuration(MultiLayerNetwork net) {
        // Counts of iterations and epochs are part of the configuration and advance.
        return net.getLayerWiseConfigurations().toJson().replaceAll("\"(epochCount|iterationCount)\" : \\d+", "");
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void set_anyUpdater_isAsIfConfigured(DoubleFunction<IUpdater> updater) {
        MultiLayerNetwork configured = initialised(classifier(updater.apply(RATE), 1));
        MultiLayerNetwork scheduled = initialised(classifier(updater.apply(0.5), 1));
        String before = configuration(scheduled);
        new Trainer(TrainingPlan.epochs(2)).train(configured, twoClasses(20, 5, null));
        TrainingResult result = new Trainer(AT_RATE).train(scheduled, twoClasses(20, 5, null));
        assertArrayEquals(weights(configured), weights(scheduled), 0f);
        assertEquals(RATE, result.history().epochs().get(0).learningRate(), 0);
        assertEquals(before, configuration(scheduled));
        assertEquals(0.5, scheduled.getLearningRate(0));
    }

    @Test
    void set_graph_isAsIfConfigured() {
        ComputationGraph configured = initialised(classifier(new Adam(RATE), 1)).toComputationGraph();
        ComputationGraph scheduled = initialised(classifier(new Adam(0.5), 1)).toComputationGraph();
        new Trainer(TrainingPlan.epochs(2)).train(configured, twoClasses(20, 5, null));
        new Trainer(AT_RATE).train(scheduled, twoClasses(20, 5, null));
        assertArrayEquals(weights(configured), weights(scheduled), 0f);
        assertEquals(0.5, scheduled.getLearningRate("0"));
    }

    @Test
    void set_networkTrainedBefore_reachesItsLiveUpdaters() {
        MultiLayerNetwork net = initialised(classifier(new Sgd(0.5), 1));
        new Trainer(TrainingPlan.epochs(1)).train(net, twoClasses(20, 5, null));
        float[] before = weights(net);
        // At a rate of almost nothing no weight but the batch-norm statistics moves visibly.
        new Trainer(TrainingPlan.epochs(1).withSchedule(new Schedule.Step(1e-30, 1, 1))).train(net, twoClasses(20, 5, null));
        float[] after = weights(net);
        int denseWeights = 3 * 8 + 8;
        for (int i = 0; i < denseWeights; i++) {
            assertEquals(before[i], after[i], 0f);
        }
    }

    @Test
    void restore_networkWithOwnSchedule_hasItAgain() {
        StepSchedule own = new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 3);
        MultiLayerNetwork net = initialised(classifier(new Adam(own), 1));
        String before = configuration(net);
        TrainingResult result = new Trainer(AT_RATE).train(net, twoClasses(20, 5, null));
        assertEquals(RATE, result.history().epochs().get(1).learningRate(), 0);
        assertEquals(before, configuration(net));
        assertTrue(before.contains("StepSchedule"));
    }

    @Test
    void current_noScheduleInPlan_followsTheNetworks() {
        MultiLayerNetwork net = initialised(classifier(new Adam(new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 4)), 1));
        TrainingResult result = new Trainer(TrainingPlan.epochs(2)).train(net, twoClasses(20, 5, null));
        assertEquals(List.of(0.1, 0.05), result.history().epochs().stream().map(History.Epoch::learningRate).toList());
    }

    @Test
    void current_updaterWithoutRate_isNaN() {
        MultiLayerNetwork net = initialised(classifier(new AdaDelta(), 1));
        TrainingResult result = new Trainer(AT_RATE).train(net, twoClasses(20, 5, null));
        assertTrue(Double.isNaN(result.history().epochs().get(0).learningRate()));
    }

    @Test
    void set_layersOfDifferentRates_keepTheirProportion() {
        Model configured = twoRates(RATE, RATE / 4);
        Model scheduled = twoRates(0.5, 0.125);
        new Trainer(TrainingPlan.epochs(2)).train(configured, twoClasses(20, 5, null));
        new Trainer(AT_RATE).train(scheduled, twoClasses(20, 5, null));
        assertArrayEquals(weights(configured), weights(scheduled), 0f);
    }

    private static MultiLayerNetwork twoRates(double output, double hidden) {
        return initialised(new NeuralNetConfiguration.Builder().seed(7).list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).activation(Activation.TANH).updater(new Sgd(hidden)).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(4).nOut(2)
                        .updater(new Sgd(output)).build())
                .build());
    }
}
