package io.dl4k.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalDouble;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ClippingTest {

    private static final DataSet ROWS = new DataSet(Numeric.normal(3, DataType.FLOAT, 6, 4), Numeric.oneHot(3, 0, 1, 2, 0, 1, 2));

    private static Mlp sgd() {
        return Mlp.classifier(4, 3).hidden(8).optimizer(Optimizer.sgd(1));
    }

    private static INDArray step(MultiLayerNetwork net) {
        INDArray before = net.params().dup();
        net.fit(ROWS);
        return before.subi(net.params()).reshape(-1);
    }

    @Test
    void byGlobalNorm_longGradient_hasExactlyTheThreshold() {
        INDArray free = step(sgd().build());
        double norm = free.norm2Number().doubleValue();
        assertTrue(norm > 0.1, () -> "norm " + norm);
        INDArray clipped = step(sgd().clip(Clipping.byGlobalNorm(0.1)).build());
        assertEquals(0, clipped.sub(free.mul(0.1 / norm)).amaxNumber().doubleValue(), 1e-6);
    }

    @Test
    void byGlobalNorm_shortGradient_isUntouched() {
        assertEquals(step(sgd().build()), step(sgd().clip(Clipping.byGlobalNorm(1000)).build()));
    }

    @Test
    void byGlobalNorm_batchNorm_leavesRunningStatisticsAlone() {
        MultiLayerNetwork free = sgd().batchNorm().build();
        MultiLayerNetwork clipped = sgd().batchNorm().clip(Clipping.byGlobalNorm(0.01)).build();
        INDArray freeStep = step(free);
        INDArray clippedStep = step(clipped);
        assertEquals(free.getParam("1_mean"), clipped.getParam("1_mean"));
        assertEquals(free.getParam("1_log10stdev"), clipped.getParam("1_log10stdev"));
        // Without the 16 running statistics, after 4*8 weights and 16 of gamma and beta, the norm is the threshold.
        INDArray before = clippedStep.get(NDArrayIndex.interval(0, 48));
        INDArray after = clippedStep.get(NDArrayIndex.interval(64, 64 + 27));
        double norm = Math.hypot(before.norm2Number().doubleValue(), after.norm2Number().doubleValue());
        assertEquals(0.01, norm, 1e-5);
        double freeNorm = Math.hypot(freeStep.get(NDArrayIndex.interval(0, 48)).norm2Number().doubleValue(),
                freeStep.get(NDArrayIndex.interval(64, 91)).norm2Number().doubleValue());
        assertEquals(0, after.sub(freeStep.get(NDArrayIndex.interval(64, 91)).mul(0.01 / freeNorm)).amaxNumber().doubleValue(), 1e-6);
    }

    @Test
    void byGlobalNorm_graph_hasExactlyTheThreshold() {
        ResidualCnn builder = ResidualCnn.images(4, 4, 1).conv(3, 3).residual(3, 3).globalAvgPool().classes(2)
                .optimizer(Optimizer.sgd(1));
        DataSet images = new DataSet(Numeric.normal(3, DataType.FLOAT, 4, 1, 4, 4), Numeric.oneHot(2, 0, 1, 1, 0));
        ComputationGraph free = builder.build();
        ComputationGraph clipped = builder.clip(Clipping.byGlobalNorm(0.01)).build();
        INDArray first = free.params().dup();
        free.fit(images);
        clipped.fit(images);
        double squares = 0;
        for (String name : free.paramTable().keySet()) {
            if (name.endsWith("mean") || name.endsWith("log10stdev")) {
                assertEquals(free.getParam(name), clipped.getParam(name));
            }
        }
        ComputationGraph start = builder.build();
        assertEquals(first, start.params());
        for (String name : free.paramTable().keySet()) {
            if (!name.endsWith("mean") && !name.endsWith("log10stdev")) {
                double norm = start.getParam(name).sub(clipped.getParam(name)).norm2Number().doubleValue();
                squares += norm * norm;
            }
        }
        assertEquals(0.01, Math.sqrt(squares), 1e-5);
    }

    @Test
    void byNorm_eachLayer_hasItsOwnThreshold() {
        INDArray clipped = step(sgd().clipGradients(0.02).build());
        assertEquals(0.02, clipped.get(NDArrayIndex.interval(0, 40)).norm2Number().doubleValue(), 1e-6);
        assertEquals(0.02, clipped.get(NDArrayIndex.interval(40, 67)).norm2Number().doubleValue(), 1e-6);
    }

    @Test
    void byValue_everyElement_isBounded() {
        INDArray free = step(sgd().build());
        INDArray clipped = step(sgd().clip(Clipping.byValue(0.01)).build());
        for (long i = 0; i < free.length(); i++) {
            assertEquals(Math.max(-0.01, Math.min(0.01, free.getDouble(i))), clipped.getDouble(i), 1e-6);
        }
    }

    @Test
    void byNormAndByValue_batchNorm_leaveRunningStatisticsAlone() {
        for (Clipping clipping : new Clipping[] {Clipping.byNorm(1e-4), Clipping.byValue(1e-4)}) {
            MultiLayerNetwork free = sgd().batchNorm().build();
            MultiLayerNetwork clipped = sgd().batchNorm().clip(clipping).build();
            free.fit(ROWS);
            clipped.fit(ROWS);
            assertEquals(free.getParam("1_mean"), clipped.getParam("1_mean"));
        }
    }

    @Test
    void of_network_tellsTheThreshold() {
        assertEquals(OptionalDouble.of(0.5), GlobalNormClipping.of(sgd().clip(Clipping.byGlobalNorm(0.5)).build()));
        assertEquals(OptionalDouble.empty(), GlobalNormClipping.of(sgd().clipGradients(0.5).build()));
    }
}
