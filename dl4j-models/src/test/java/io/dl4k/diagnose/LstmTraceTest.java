package io.dl4k.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.models.Rnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LstmTraceTest {
    private static final int UNITS = 3;

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Hochreiter and Schmidhuber's equations with Gers's forget gate, in plain loops; DL4J's columns are candidate, forget, output, input gate. */
    @Test
    void of_lstm_isItsEquations() {
        MultiLayerNetwork net = Rnn.features(2).lstm(UNITS).perStep().classes(2).build();
        INDArray features = Batch.normal(2, 2, 6);
        LstmTrace trace = LstmTrace.of(net, 0, features);
        INDArray w = net.getParam("0_W");
        INDArray r = net.getParam("0_RW");
        INDArray b = net.getParam("0_b");
        INDArray given = net.feedForward(features).get(1);
        assertEquals(6, trace.steps());
        assertEquals(UNITS, trace.units());
        assertEquals(2, trace.rows());
        for (int row = 0; row < 2; row++) {
            double[] cell = new double[UNITS];
            double[] output = new double[UNITS];
            for (int t = 0; t < 6; t++) {
                double[] sums = new double[4 * UNITS];
                for (int k = 0; k < sums.length; k++) {
                    sums[k] = b.getDouble(k);
                    for (int f = 0; f < 2; f++) {
                        sums[k] += features.getDouble(row, f, t) * w.getDouble(f, k);
                    }
                    for (int u = 0; u < UNITS; u++) {
                        sums[k] += output[u] * r.getDouble(u, k);
                    }
                }
                for (int u = 0; u < UNITS; u++) {
                    double candidate = Math.tanh(sums[u]);
                    double forget = sigmoid(sums[UNITS + u]);
                    double show = sigmoid(sums[2 * UNITS + u]);
                    double let = sigmoid(sums[3 * UNITS + u]);
                    cell[u] = forget * cell[u] + let * candidate;
                    output[u] = show * Math.tanh(cell[u]);
                    assertEquals(candidate, trace.value(LstmTrace.Part.CANDIDATE, row, u, t), 1e-9);
                    assertEquals(forget, trace.value(LstmTrace.Part.FORGET_GATE, row, u, t), 1e-9);
                    assertEquals(show, trace.value(LstmTrace.Part.OUTPUT_GATE, row, u, t), 1e-9);
                    assertEquals(let, trace.value(LstmTrace.Part.INPUT_GATE, row, u, t), 1e-9);
                    assertEquals(cell[u], trace.value(LstmTrace.Part.CELL, row, u, t), 1e-9);
                    assertEquals(output[u], trace.value(LstmTrace.Part.OUTPUT, row, u, t), 1e-9);
                    assertEquals(given.getDouble(row, u, t), trace.value(LstmTrace.Part.OUTPUT, row, u, t), 1e-5);
                }
            }
        }
    }

    @Test
    void of_secondLayerForItsLastStep_readsTheFirst() {
        MultiLayerNetwork net = Rnn.features(2).simple(4).lstm(UNITS).lastStep().classes(2).build();
        INDArray features = Batch.normal(2, 2, 6);
        LstmTrace trace = LstmTrace.of(net, 1, features);
        INDArray last = net.feedForward(features).get(2);
        for (int u = 0; u < UNITS; u++) {
            assertEquals(last.getDouble(1, u), trace.value(LstmTrace.Part.OUTPUT, 1, u, 5), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 3})
    void of_anotherLayer_isRefused(int layer) {
        MultiLayerNetwork net = Rnn.features(2).simple(4).lstm(UNITS).lastStep().classes(2).build();
        var e = assertThrows(IllegalArgumentException.class, () -> LstmTrace.of(net, layer, Batch.normal(2, 2, 6)));
        assertEquals("layer " + layer + " of 3 is not an LSTM of one direction", e.getMessage());
    }

    @Test
    void value_outside_isRefused() {
        LstmTrace trace = LstmTrace.of(Rnn.features(2).lstm(UNITS).lastStep().classes(2).build(), 0, Batch.normal(2, 2, 6));
        var e = assertThrows(IllegalArgumentException.class, () -> trace.value(LstmTrace.Part.CELL, 0, 0, 6));
        assertEquals("row 0, unit 0, step 6 is outside 2 rows, 3 units, 6 steps", e.getMessage());
    }
}
