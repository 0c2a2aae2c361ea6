package io.dl4k.accel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dl4k.accel.Accelerated;
import io.dl4k.models.Cnn;
import io.dl4k.models.Mlp;
import io.dl4k.models.Rnn;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** What a GPU is asked for in one step of the benchmarks' networks: small ones are bound by the number of calls. A change here is a change of speed. */
class LaunchesTest {
    @BeforeAll static void emulator() {
        Assumptions.assumeTrue(Emulator.missing().isEmpty(), () -> Emulator.missing().orElseThrow());
    }

    /** The graphs of a step: gradient, update. */
    private static List<List<String>> graphs(MultiLayerNetwork net, INDArray features, INDArray labels) {
        EmulatedDevice device = new EmulatedDevice(1).idle();
        try (Accelerated fast = Accelerated.attempt(net, () -> new CudaKernels(device)).accelerated().orElseThrow()) {
            for (int i = 0; i < 3; i++) fast.begin(new DataSet(features, labels));
            assertEquals(List.of(), fast.fallbacks());
        }
        return device.graphs;
    }

    private static Map<String, Integer> counts(List<List<String>> graphs) {
        Map<String, Integer> counts = new TreeMap<>();
        graphs.forEach(graph -> graph.forEach(name -> counts.merge(name, 1, Integer::sum)));
        return counts;
    }

    private static INDArray classes(int batch, int classes) {
        INDArray labels = Nd4j.zeros(batch, classes);
        labels.getColumn(0).assign(1);
        return labels;
    }

    @Test void mlp_oneStep() {
        var graphs = graphs(Mlp.classifier(784, 10).hidden(512, 512).build(), Nd4j.zeros(128, 784), classes(128, 10));
        assertEquals(Map.of("adam", 1, "bias_activate", 2, "column_sums", 3, "loss", 1, "product", 8, "softmax", 1, "sum_doubles", 1), counts(graphs));
    }

    @Test void cnn_oneStep() {
        var graphs = graphs(Cnn.images(28, 28, 1).conv(32, 3).maxPool(2).conv(64, 3).maxPool(2).dense(128).classes(10).build(), Nd4j.zeros(128, 1, 28, 28), classes(128, 10));
        assertEquals(Map.ofEntries(Map.entry("activate_back", 2), Map.entry("adam", 1), Map.entry("bias_activate", 3), Map.entry("channel_sums", 2), Map.entry("column_sums", 4),
                Map.entry("convolution", 5), Map.entry("loss", 1), Map.entry("pool_back", 2), Map.entry("pool_max", 2), Map.entry("product", 6), Map.entry("softmax", 1),
                Map.entry("sum_doubles", 1)), counts(graphs));
    }

    private static Map<String, Integer> lstm(int units) {
        return counts(graphs(Rnn.features(64).lstm(units).perStep().classes(64).build(), Nd4j.zeros(32, 64, 50), Nd4j.zeros(32, 64, 50)));
    }

    @Test void lstm_oneStep() {
        assertEquals(Map.of("adam", 1, "column_sums", 4, "loss", 1, "lstm_all", 1, "lstm_all_back", 1, "permute", 3, "product", 6, "softmax", 1, "sum_doubles", 1), lstm(128));
    }

    /** Too wide for one kernel: two calls a step and direction. */
    @Test void lstm_ofManyUnits_oneStep() {
        assertEquals(Map.of("adam", 1, "column_sums", 4, "loss", 1, "lstm_step", 50, "lstm_step_back", 50, "permute", 2, "product", 6 + 2 * 49, "softmax", 1, "sum_doubles", 1), lstm(129));
    }
}
