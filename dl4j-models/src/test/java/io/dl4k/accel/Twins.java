package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.accel.program.Kernels;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.bytedeco.openblas.global.openblas;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The same network twice, one trained by stock DL4J, one accelerated. */
final class Twins {
    static {
        // Small arrays: more threads would only wait for each other.
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        openblas.blas_set_num_threads(1);
    }

    /** Where {@link #accelerate} computes; null for the processor. */
    static Supplier<Kernels> device;

    private Twins() { }

    /** Differences beyond {@code absolute + relative * |expected|} fail, with the place of the worst. */
    static void assertClose(String what, INDArray expected, INDArray actual, double relative, double absolute) {
        assertEquals(List.of(java.util.Arrays.stream(expected.shape()).boxed().toArray()), List.of(java.util.Arrays.stream(actual.shape()).boxed().toArray()), what + ": shape");
        float[] e = expected.dup('c').data().asFloat();
        float[] a = actual.dup('c').data().asFloat();
        double worst = 0;
        int at = -1;
        for (int i = 0; i < e.length; i++) {
            double excess = Math.abs(e[i] - a[i]) / (absolute + relative * Math.abs(e[i]));
            if (!(excess <= worst)) {
                worst = excess;
                at = i;
            }
        }
        int where = at;
        assertTrue(worst <= 1, () -> what + ": cell " + where + " of " + e.length + " expected " + e[where] + ", found " + a[where]);
    }

    static MultiLayerNetwork net(MultiLayerConfiguration configuration) {
        MultiLayerNetwork net = new MultiLayerNetwork(configuration.clone());
        net.init();
        return net;
    }

    static Accelerated accelerate(Model net) {
        Accelerated.Attempt attempt = Accelerated.attempt(net, device);
        assertEquals(List.of(), attempt.reasons());
        return attempt.accelerated().orElseThrow();
    }

    static void assertSame(MultiLayerConfiguration configuration, IntFunction<DataSet> batches, int steps) {
        assertSame(net(configuration), net(configuration), batches, steps);
    }

    static void assertSame(ComputationGraphConfiguration configuration, IntFunction<DataSet> batches, int steps) {
        ComputationGraph stock = new ComputationGraph(configuration.clone());
        ComputationGraph other = new ComputationGraph(configuration.clone());
        stock.init();
        other.init();
        assertSame(stock, other, batches, steps);
    }

    /** Outputs, score and every parameter's gradient of one batch, then parameters, updater state and score along {@code steps} steps. */
    private static void assertSame(Model model, Model twin, IntFunction<DataSet> batches, int steps) {
        Stock stock = Stock.of(model);
        Stock other = Stock.of(twin);
        twin.setParams(model.params());
        try (Accelerated fast = accelerate(twin).threads(1)) {
            DataSet first = batches.apply(0);
            assertClose("output", stock.output(first.getFeatures(), first.getFeaturesMaskArray()), fast.output(first.getFeatures(), first.getFeaturesMaskArray()), 1e-4, 2e-6);
            computeGradientAndScore(model, first);
            double score = fast.gradient(first);
            assertEquals(model.score(), score, 1e-4 * Math.abs(model.score()) + 1e-6, "score");
            INDArray mine = other.gradient().dup();
            int size = (int) first.getFeatures().size(0);
            for (Stock.Node node : stock.nodes()) {
                if (node.layer() == null) continue;
                for (var e : node.layer().paramTable().entrySet()) {
                    boolean statistic = e.getKey().equals("mean") || e.getKey().equals("var") || e.getKey().equals("log10stdev");
                    long from = e.getValue().offset();
                    long to = from + e.getValue().length();
                    INDArray expected = slice(stock.gradient(), from, to);
                    if (!statistic) expected = expected.div(size);
                    // Sums of cancelling terms round with the size of the terms: measured against the largest gradient of the layer.
                    double scale = node.layer().getGradientsViewArray().amaxNumber().doubleValue() / size;
                    assertClose("gradient of " + e.getKey() + " of " + node.name(), expected, slice(mine, from, to), 1e-3, 2e-5 * scale + 1e-8);
                }
            }
            clearMasks(model);
            for (int i = 0; i < steps; i++) {
                DataSet batch = batches.apply(i);
                stock.fit(batch);
                double found = fast.step(batch);
                assertEquals(model.score(), found, 2e-3 * Math.abs(model.score()) + 1e-5, "score of step " + i);
                assertEquals(found, twin.score(), "score the network shows");
            }
            fast.settle();
            assertEquals(List.of(), fast.fallbacks());
            assertEquals(stock.iteration(), other.iteration());
            double scale = model.params().amaxNumber().doubleValue();
            assertClose("parameters", model.params(), twin.params(), 1e-2, 1e-3 * scale);
            DataSet last = batches.apply(steps);
            assertClose("output after training", stock.output(last.getFeatures(), last.getFeaturesMaskArray()), fast.output(last.getFeatures(), last.getFeaturesMaskArray()), 1e-2, 1e-3);
        }
    }

    /** Stock's; the gradient is a sum over the batch. */
    static void computeGradientAndScore(Model model, DataSet batch) {
        Stock.of(model).show(batch);
        if (model instanceof MultiLayerNetwork net) {
            net.setLayerMaskArrays(batch.getFeaturesMaskArray(), batch.getLabelsMaskArray());
            net.computeGradientAndScore();
        } else {
            ((ComputationGraph) model).computeGradientAndScore();
        }
    }

    private static void clearMasks(Model model) {
        if (model instanceof MultiLayerNetwork net) net.clearLayerMaskArrays();
    }

    private static INDArray slice(INDArray flat, long from, long to) {
        return flat.reshape(flat.length()).get(org.nd4j.linalg.indexing.NDArrayIndex.interval(from, to)).dup();
    }

    /** Rows with one-hot labels. */
    static DataSet classes(Random random, int batch, int inputs, int classes) {
        INDArray labels = Nd4j.zeros(batch, classes);
        for (int i = 0; i < batch; i++) labels.putScalar(i, random.nextInt(classes), 1);
        return new DataSet(numbers(random, batch, inputs), labels);
    }

    static INDArray numbers(Random random, long... shape) {
        INDArray array = Nd4j.create(shape, 'c');
        for (long i = 0; i < array.length(); i++) array.data().put(i, (float) random.nextGaussian());
        return array;
    }
}
