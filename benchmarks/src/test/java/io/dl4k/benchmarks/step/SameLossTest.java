package io.dl4k.benchmarks.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.accel.check.Network;
import io.dl4k.benchmarks.PyTorch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody is timed on less work: from the same weights, every implementation has the same loss at each of 20 steps on the same rows, and the same output after them. */
class SameLossTest {
    private static final int BATCH = 4;
    private static final int STEPS = 20;
    /** Of the first loss. Float sums in another order drift apart as training goes on; a wrong weight, gradient or update shows in the first steps. */
    private static final double TOLERANCE = 0.002;

    private record Trained(double[] losses, double forwardLoss, double gradientLoss, double lastLoss, float output) { }

    private static Trained train(Network network, Implementation implementation) {
        try (Contender contender = implementation.prepare(network, BATCH)) {
            double[] losses = new double[STEPS];
            for (int i = 0; i < STEPS; i++) losses[i] = contender.trainingStep();
            contender.forwardAndBackward();
            return new Trained(losses, contender.forward(), contender.forwardAndBackward(), contender.trainingStep(), contender.inference());
        }
    }

    private static void assertSame(Trained expected, Trained actual) {
        double tolerance = TOLERANCE * expected.losses[0];
        assertEquals(expected.losses[0], actual.losses[0], 1e-4 * expected.losses[0], "the loss of the first weights");
        assertArrayEquals(expected.losses, actual.losses, tolerance);
        assertEquals(actual.lastLoss, actual.gradientLoss, tolerance / 100, "forwardAndBackward changes no parameters");
        assertEquals(actual.lastLoss, actual.forwardLoss, tolerance / 100, "forward computes the same loss");
        assertEquals(expected.lastLoss, actual.lastLoss, tolerance);
        assertEquals(expected.output, actual.output, 0.01);
        assertTrue(actual.lastLoss < 0.9 * actual.losses[0], "the loss should fall, went from " + actual.losses[0] + " to " + actual.lastLoss);
    }

    @ParameterizedTest
    @EnumSource(Network.class)
    void trainingStep_twenty_endsWithTheLossOfStock(Network network) {
        Trained stock = train(network, Implementation.stock);
        assertSame(stock, train(network, Implementation.dl4k));
        if (PyTorch.present()) assertSame(stock, train(network, Implementation.djl));   // only with -Ppeers
    }
}
