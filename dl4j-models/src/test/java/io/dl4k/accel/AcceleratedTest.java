package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.models.Optimizer;
import io.dl4k.models.Rnn;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

class AcceleratedTest {
    private static final int INPUTS = 6;
    private static final int CLASSES = 3;

    private static MultiLayerConfiguration dense(double keep) {
        return new NeuralNetConfiguration.Builder().seed(3).updater(new Adam(new StepSchedule(ScheduleType.ITERATION, 0.01, 0.5, 4))).activation(Activation.RELU).list()
                .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(40).build())
                .layer(new DenseLayer.Builder().nIn(40).nOut(40).dropOut(keep).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(40).nOut(CLASSES).activation(Activation.SOFTMAX).build()).build();
    }

    private static MultiLayerConfiguration images() {
        return new NeuralNetConfiguration.Builder().seed(3).updater(new Adam(0.01)).activation(Activation.RELU).list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(32).build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(32).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(20, 20, 1)).build();
    }

    private static DataSet rows(int i) {
        return Twins.classes(new Random(i), 16, INPUTS, CLASSES);
    }

    @Test void step_alternatingWithFit_followsStock() {
        MultiLayerNetwork stock = Twins.net(dense(1));
        MultiLayerNetwork mixed = Twins.net(dense(1));
        mixed.setParams(stock.params());
        try (Accelerated fast = Twins.accelerate(mixed)) {
            for (int i = 0; i < 20; i++) {
                stock.fit(rows(i));
                if (i % 2 == 0) fast.step(rows(i));
                else mixed.fit(rows(i));
                assertEquals(stock.score(), mixed.score(), 1e-4, "score of step " + i);
            }
        }
        Twins.assertClose("parameters", stock.params(), mixed.params(), 1e-3, 1e-4);
        Twins.assertClose("updater state", stock.getUpdater().getStateViewArray(), mixed.getUpdater().getStateViewArray(), 1e-2, 1e-5);
    }

    @Test void save_afterSteps_loadsAsStockNetworkThatTrainsOn(@TempDir Path folder) throws Exception {
        MultiLayerNetwork net = Twins.net(dense(1));
        File file = folder.resolve("model.zip").toFile();
        try (Accelerated fast = Twins.accelerate(net)) {
            for (int i = 0; i < 5; i++) fast.step(rows(i));
            net.save(file, true);
            MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);
            assertEquals(5, loaded.getIterationCount());
            fast.step(rows(5));
            loaded.fit(rows(5));
            Twins.assertClose("parameters", net.params(), loaded.params(), 1e-4, 1e-6);
        }
    }

    private static float[] trained(MultiLayerConfiguration configuration, int threads, boolean images) {
        MultiLayerNetwork net = Twins.net(configuration);
        try (Accelerated fast = Twins.accelerate(net).threads(threads)) {
            for (int i = 0; i < 10; i++) {
                Random random = new Random(i);
                DataSet batch = images ? new DataSet(Twins.numbers(random, 32, 1, 20, 20), Twins.classes(random, 32, 1, CLASSES).getLabels()) : rows(i);
                fast.step(batch);
            }
        }
        return net.params().data().asFloat();
    }

    @Test void step_sameSeedSameThreads_sameBytes() {
        assertArrayEquals(trained(images(), 2, true), trained(images(), 2, true), 0f);
        assertArrayEquals(trained(dense(0.5), 1, false), trained(dense(0.5), 1, false), 0f);
    }

    @Test void step_twoThreads_divideWhatIsLargeAndComputeTheSame() {
        INDArray[] results = new INDArray[2];
        for (int threads = 1; threads <= 2; threads++) {
            MultiLayerNetwork net = Rnn.features(64).lstm(128).bidirectional().maxOverTime().dense(512).classes(CLASSES).optimizer(Optimizer.sgd(0.1)).build();
            DataSet batch = new DataSet(Twins.numbers(new Random(1), 32, 64, 10), Twins.classes(new Random(1), 32, 1, CLASSES).getLabels());
            try (Accelerated fast = Twins.accelerate(net).threads(threads)) {
                for (int i = 0; i < 3; i++) fast.step(batch);
                List<String> calls = fast.profile(batch);
                for (String call : List.of("recurrent steps ", "recurrent steps gradient ", "recurrent weights gradient ")) assertTrue(calls.stream().anyMatch(containing(call, threads)), calls::toString);
                assertTrue(calls.stream().anyMatch(containing("softmax ", 1)), calls::toString);
            }
            results[threads - 1] = net.params().dup();
        }
        Twins.assertClose("parameters", results[0], results[1], 1e-4, 1e-6);
    }

    private static Predicate<String> containing(String call, int threads) {
        return line -> line.startsWith(call) && line.endsWith(" us, " + threads);
    }

    @Test void step_dropout_learnsAndLeavesOutputAlone() {
        MultiLayerNetwork net = Twins.net(dense(0.5));
        try (Accelerated fast = Twins.accelerate(net)) {
            DataSet batch = rows(1);
            double first = fast.gradient(batch);
            for (int i = 0; i < 60; i++) fast.step(batch);
            Twins.assertClose("output", net.output(batch.getFeatures()), fast.output(batch.getFeatures()), 1e-4, 1e-6);
            assertTrue(net.score(batch) < 0.5 * first, () -> "score " + net.score(batch) + " after 60 steps from " + first);
        }
    }

    @Test void step_listeners_hearEveryIterationWithItsScore() {
        MultiLayerNetwork net = Twins.net(dense(1));
        List<String> heard = new ArrayList<>();
        net.setListeners(new BaseTrainingListener() {
            @Override public void iterationDone(Model model, int iteration, int epoch) {
                heard.add(iteration + "/" + epoch + " " + (float) model.score() + " " + model.batchSize());
            }
        });
        try (Accelerated fast = Twins.accelerate(net)) {
            float first = (float) fast.step(rows(0));
            float second = (float) fast.step(rows(1));
            assertEquals(List.of("0/0 " + first + " 16", "1/0 " + second + " 16"), heard);
        }
    }

    @Test void step_listenerThatWantsGradients_isHandedToFit() {
        MultiLayerNetwork net = Twins.net(dense(1));
        int[] seen = {0};
        class Watcher extends BaseTrainingListener {
            @Override public void onGradientCalculation(Model model) {
                seen[0]++;
            }
        }
        net.setListeners(new Watcher());
        try (Accelerated fast = Twins.accelerate(net)) {
            fast.step(rows(0));
            assertEquals(List.of("listener " + Watcher.class.getName() + " looks at activations or gradients"), fast.fallbacks());
        }
        assertEquals(1, seen[0]);
        assertEquals(1, net.getIterationCount());
    }

    @Test void step_featuresInOtherOrders_areTheSame() {
        DataSet batch = rows(4);
        INDArray wide = Nd4j.create(16, 2 * INPUTS);
        wide.get(org.nd4j.linalg.indexing.NDArrayIndex.all(), org.nd4j.linalg.indexing.NDArrayIndex.interval(INPUTS, 2 * INPUTS)).assign(batch.getFeatures());
        INDArray view = wide.get(org.nd4j.linalg.indexing.NDArrayIndex.all(), org.nd4j.linalg.indexing.NDArrayIndex.interval(INPUTS, 2 * INPUTS));
        try (Accelerated fast = Twins.accelerate(Twins.net(dense(1)))) {
            INDArray expected = fast.output(batch.getFeatures());
            assertEquals(expected, fast.output(view));
            assertEquals(expected, fast.output(batch.getFeatures().dup('f')));
            assertEquals(expected, fast.output(batch.getFeatures().castTo(org.nd4j.linalg.api.buffer.DataType.DOUBLE)));
        }
    }

    @Test void step_manyBatchSizes_keepsMemoryBounded() {
        try (Accelerated fast = Twins.accelerate(Twins.net(dense(1)))) {
            for (int batch = 1; batch <= 40; batch++) fast.step(Twins.classes(new Random(batch), batch, INPUTS, CLASSES));
            long one = fast.bytes() / 8;
            assertTrue(one < 200_000, () -> "bytes of a program: " + one);
            assertNotEquals(0, one);
        }
    }

    @Test void attempt_unknownLayer_saysWhich() {
        MultiLayerNetwork net = Twins.net(new NeuralNetConfiguration.Builder().updater(new Adam(0.01)).list()
                .layer(new PReLULayer.Builder().nIn(4).nOut(4).inputShape(4).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(4).nOut(3).activation(Activation.SOFTMAX).build()).build());
        Accelerated.Attempt attempt = Accelerated.attempt(net);
        assertTrue(attempt.accelerated().isEmpty());
        assertEquals(List.of("layer 0 'layer0' (PReLULayer): no accelerated kind of this layer"), attempt.reasons());
    }

    @Test void attempt_lstmWithSelu_saysSo() {
        MultiLayerNetwork net = Twins.net(new NeuralNetConfiguration.Builder().updater(new Adam(0.01)).list()
                .layer(new LSTM.Builder().nIn(4).nOut(4).activation(Activation.SELU).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT).nIn(4).nOut(3).activation(Activation.SOFTMAX).build()).build());
        assertEquals(List.of("layer 0 'layer0' (LSTM): activation selu in a recurrent layer"), Accelerated.attempt(net).reasons());
    }

    @Test void threads_belowOne_isRefused() {
        try (Accelerated fast = Twins.accelerate(Twins.net(dense(1)))) {
            var e = assertThrows(IllegalArgumentException.class, () -> fast.threads(0));
            assertEquals("threads must be at least 1, got 0", e.getMessage());
        }
    }
}
