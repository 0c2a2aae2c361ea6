package io.dl4k.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

class LossesTest {

    private static final INDArray SUMS = Numeric.normal(9, DataType.DOUBLE, 5, 3).muli(2);
    private static final INDArray ROWS = Nd4j.createFromArray(1.0, 0.0, 1.0, 1.0, 0.0).reshape(5, 1);
    private static final IActivation IDENTITY = new ActivationIdentity();

    private static INDArray classes() {
        return Numeric.oneHot(3, 0, 1, 2, 1, 0).castTo(DataType.DOUBLE);
    }

    private static INDArray labels() {
        return Nd4j.createFromArray(new double[][] {{0, 1, 1}, {1, 0, 1}, {0, 0, 0}, {1, 1, 1}, {0, 1, 0}});
    }

    @Test
    void huber_threeResiduals_matchesHand() {
        // Residuals 0.5 (square), -2 and 3 (linear) with delta 1: 0.125 + 1.5 + 2.5, over 3 outputs.
        INDArray out = Nd4j.createFromArray(new double[][] {{1.5, -2, 3}});
        INDArray target = Nd4j.createFromArray(new double[][] {{1, 0, 0}});
        HuberLoss loss = new HuberLoss(1);
        assertEquals(4.125 / 3, loss.computeScore(target, out, IDENTITY, null, false), 1e-12);
        assertArrayEquals(new double[] {0.5 / 3, -1.0 / 3, 1.0 / 3},
                loss.computeGradient(target, out, IDENTITY, null).toDoubleVector(), 1e-12);
    }

    @Test
    void huber_averageAndMask_countRows() {
        HuberLoss loss = new HuberLoss(0.7);
        INDArray target = Numeric.normal(1, DataType.DOUBLE, 5, 3);
        INDArray rows = loss.computeScoreArray(target, SUMS, IDENTITY, null);
        double kept = rows.getDouble(0) + rows.getDouble(2) + rows.getDouble(3);
        assertEquals(kept, loss.computeScore(target, SUMS, IDENTITY, ROWS, false), 1e-12);
        assertEquals(kept / 5, loss.computeScore(target, SUMS, IDENTITY, ROWS, true), 1e-12);
        assertEquals(0, loss.computeGradient(target, SUMS, IDENTITY, ROWS).getRow(1).amaxNumber().doubleValue());
    }

    @Test
    void huber_gradient_equalsCentralDifferences() {
        INDArray target = Numeric.normal(1, DataType.DOUBLE, 5, 3);
        assertEquals(0, Numeric.worstLossGradient(new HuberLoss(0.7), target, SUMS, IDENTITY, null), 1e-8);
        assertEquals(0, Numeric.worstLossGradient(new HuberLoss(0.3), target, SUMS, new ActivationTanH(), ROWS), 1e-8);
    }

    @Test
    void smoothedCrossEntropy_scoreAndGradient_equalStockOnSmoothedLabels() {
        INDArray smoothed = classes().mul(0.9).addi(0.1 / 3);
        double[] weights = {1, 2, 3};
        for (double[] w : new double[][] {{}, weights}) {
            ILossFunction own = new SmoothedCrossEntropyLoss(0.1, w);
            ILossFunction stock = w.length == 0 ? new LossMCXENT()
                    : new LossMCXENT(Nd4j.createFromArray(w).reshape(1, 3));
            IActivation softmax = new ActivationSoftmax();
            assertEquals(stock.computeScore(smoothed, SUMS.dup(), softmax, ROWS, true),
                    own.computeScore(classes(), SUMS.dup(), softmax, ROWS, true), 1e-12);
            assertEquals(stock.computeGradient(smoothed, SUMS.dup(), softmax, null),
                    own.computeGradient(classes(), SUMS.dup(), softmax, null));
            assertEquals(0, Numeric.worstLossGradient(own, classes(), SUMS, softmax, ROWS), 1e-7);
        }
    }

    @Test
    void binaryCrossEntropy_plain_equalsStock() {
        ILossFunction own = new BinaryCrossEntropyLoss(1, 1, 0, new double[] {2, 1, 3});
        ILossFunction stock = new LossBinaryXENT(1e-12, Nd4j.createFromArray(2.0, 1.0, 3.0).reshape(1, 3));
        IActivation sigmoid = new ActivationSigmoid();
        assertEquals(stock.computeScore(labels(), SUMS.dup(), sigmoid, null, true),
                own.computeScore(labels(), SUMS.dup(), sigmoid, null, true), 1e-9);
        assertEquals(0, stock.computeGradient(labels(), SUMS.dup(), sigmoid, null)
                .sub(own.computeGradient(labels(), SUMS.dup(), sigmoid, null)).amaxNumber().doubleValue(), 1e-9);
    }

    @Test
    void binaryCrossEntropy_weightsAndSmoothing_matchHand() {
        // y = 1, z = 0.4, smoothing 0.2: s = 0.9; weight 3: 3 (log(1 + e^0.4) - 0.36), slope 3 (sigmoid(0.4) - 0.9).
        ILossFunction loss = new BinaryCrossEntropyLoss(0.5, 3, 0.2, new double[0]);
        INDArray z = Nd4j.createFromArray(new double[][] {{0.4}, {0.4}});
        INDArray y = Nd4j.createFromArray(new double[][] {{1}, {0}});
        double log = Math.log1p(Math.exp(0.4));
        double sigmoid = 1 / (1 + Math.exp(-0.4));
        assertArrayEquals(new double[] {3 * (log - 0.36), 0.5 * (log - 0.04)},
                loss.computeScoreArray(y, z, new ActivationSigmoid(), null).toDoubleVector(), 1e-12);
        assertArrayEquals(new double[] {3 * (sigmoid - 0.9), 0.5 * (sigmoid - 0.1)},
                loss.computeGradient(y, z, new ActivationSigmoid(), null).toDoubleVector(), 1e-12);
    }

    @Test
    void binaryCrossEntropy_gradient_equalsCentralDifferences() {
        ILossFunction loss = new BinaryCrossEntropyLoss(0.5, 3, 0.2, new double[] {1, 2, 3});
        assertEquals(0, Numeric.worstLossGradient(loss, labels(), SUMS, new ActivationSigmoid(), ROWS), 1e-7);
    }

    @Test
    void binaryCrossEntropy_hugeSums_staysFinite() {
        ILossFunction loss = new BinaryCrossEntropyLoss(1, 2, 0, new double[0]);
        INDArray z = Nd4j.createFromArray(new double[][] {{1000, -1000}});
        INDArray y = Nd4j.createFromArray(new double[][] {{0, 1}});
        assertEquals(3000, loss.computeScore(y, z, new ActivationSigmoid(), null, false), 1e-9);
    }

    @Test
    void losses_wrongUse_isRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> new HuberLoss(1)
                .computeScore(Nd4j.zeros(2, 1), Nd4j.zeros(2, 3), IDENTITY, null, true));
        assertEquals("labels have shape [2, 1], but the network's output has [2, 3]. Give one column per output.",
                e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> new BinaryCrossEntropyLoss(1, 2, 0, new double[0])
                .computeScore(Nd4j.zeros(2, 3), Nd4j.zeros(2, 3), IDENTITY, null, true));
        assertEquals("BinaryCrossEntropyLoss needs sigmoid outputs, got identity. Use binary() or multiLabel(n) as the output.",
                e.getMessage());
    }

    @Test
    void configuration_asJsonAndBack_keepsOurLosses() {
        for (Mlp net : new Mlp[] {Mlp.regressor(4, 2).loss(Loss.huber(0.4)), Mlp.classifier(4, 3).labelSmoothing(0.1).classWeights(1, 2, 3),
            Mlp.binary(4).classWeights(1, 2).labelSmoothing(0.3)}) {
            MultiLayerConfiguration conf = net.configuration();
            MultiLayerConfiguration back = MultiLayerConfiguration.fromJson(conf.toJson());
            assertEquals(((OutputLayer) conf.getConf(0).getLayer()).getLossFn(),
                    ((OutputLayer) back.getConf(0).getLayer()).getLossFn());
        }
    }
}
