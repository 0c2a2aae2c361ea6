package io.dl4k.accel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.accel.Accelerated;
import io.dl4k.accel.program.Precision;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What rounding the factors of products and convolutions does, in the emulator's arithmetic. */
class PrecisionTest {
    @BeforeAll static void emulator() {
        Assumptions.assumeTrue(Emulator.missing().isEmpty(), () -> Emulator.missing().orElseThrow());
    }

    private static Accelerated on(Device device, MultiLayerNetwork net) {
        return Accelerated.attempt(net, () -> new CudaKernels(device)).accelerated().orElseThrow().seed(1);
    }

    private static INDArray gradient(Device device, MultiLayerNetwork net, String kind) {
        MultiLayerNetwork twin = net.clone();
        try (Accelerated fast = on(device, twin)) {
            fast.gradient(ExecutorTest.batch(kind, 1));
            assertEquals(List.of(), fast.fallbacks());
            return twin.getFlattenedGradients().dup();
        }
    }

    private static double apart(INDArray found, INDArray exact) {
        return found.sub(exact).norm2Number().doubleValue() / exact.norm2Number().doubleValue();
    }

    /** The whole gradient's relative error, by Euclidean norms, is near the rounding of one factor: errors of many terms cancel. */
    @ParameterizedTest @ValueSource(strings = {"mlp", "cnn", "lstm", "text"})
    void gradient_roundedFactors_isOffByTheirRounding(String kind) {
        MultiLayerNetwork net = ExecutorTest.net(kind);
        INDArray exact = gradient(new EmulatedDevice(1), net, kind);
        double tf32 = apart(gradient(new EmulatedDevice(1, Precision.TF32), net, kind), exact);
        double bf16 = apart(gradient(new EmulatedDevice(1, Precision.BF16), net, kind), exact);
        assertTrue(tf32 > 1e-5 && tf32 < 4 * Math.scalb(1.0, -Precision.TF32.bits()), kind + ": " + tf32);
        assertTrue(bf16 > 3 * tf32 && bf16 < 16 * Math.scalb(1.0, -Precision.BF16.bits()), kind + ": " + bf16);
    }

    /** Where cuDNN has no way to make a convolution of bf16, that one is made of float32, rounded to TF32. */
    @Test void gradient_convolutionWithoutBf16_isLessRounded() {
        MultiLayerNetwork net = ExecutorTest.net("cnn");
        INDArray exact = gradient(new EmulatedDevice(1), net, "cnn");
        EmulatedDevice none = new EmulatedDevice(1, Precision.BF16);
        none.mostHalves = 0;
        INDArray mixed = gradient(none, net, "cnn");
        INDArray halves = gradient(new EmulatedDevice(1, Precision.BF16), net, "cnn");
        assertTrue(apart(mixed, exact) < apart(halves, exact));
        assertTrue(apart(mixed, halves) > 1e-4);
    }

    /** Weights, updater state and sums stay float32: updates far below bf16's resolution of the weights are not lost. */
    @Test void steps_smallRate_areNotRoundedAway() {
        MultiLayerNetwork exact = io.dl4k.models.Mlp.classifier(20, 3).hidden(9).optimizer(io.dl4k.models.Optimizer.sgd(1e-4)).build();
        MultiLayerNetwork rounded = exact.clone();
        INDArray before = exact.params().dup();
        try (Accelerated one = on(new EmulatedDevice(1), exact); Accelerated other = on(new EmulatedDevice(1, Precision.BF16), rounded)) {
            for (int i = 0; i < 20; i++) {
                one.step(ExecutorTest.batch("mlp", i));
                other.step(ExecutorTest.batch("mlp", i));
            }
        }
        assertTrue(apart(rounded.params().sub(before), exact.params().sub(before)) < 0.02);
    }

    @Test void parse_whatToStringWrites_isRead() {
        for (Precision p : Precision.values()) assertEquals(p, Precision.parse(p.toString()));
        var e = assertThrows(IllegalArgumentException.class, () -> Precision.parse("fp16"));
        assertEquals("precision 'fp16' is not known: expected float32, tf32 or bf16", e.getMessage());
    }
}
