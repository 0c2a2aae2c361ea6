package io.dl4k.benchmarks.step;

import io.dl4k.accel.Accelerated;
import io.dl4k.accel.check.Network;
import io.dl4k.accel.cuda.CudaKernels;
import io.dl4k.accel.program.Precision;
import io.dl4k.hardware.Backend;
import io.dl4k.hardware.Profile;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

final class AcceleratedContender implements Contender {
    private final MultiLayerNetwork net;
    private final Accelerated fast;
    private final DataSet rows;

    AcceleratedContender(Network network, int batch) {
        net = network.build();
        Accelerated.Attempt attempt = Accelerated.attempt(net, Backend.active().orElseThrow().profile() instanceof Profile.Cuda13 cuda ? () -> CudaKernels.open(cuda.ordinal(), Precision.FLOAT32) : null);
        fast = attempt.accelerated().orElseThrow(() -> new IllegalStateException(network + " is not accelerated: " + attempt.reasons()));
        rows = network.rows(batch);
    }

    @Override
    public double trainingStep() {
        return accelerated(fast.step(rows));
    }

    @Override
    public double forward() {
        return accelerated(fast.trainingScore(rows));
    }

    @Override
    public double forwardAndBackward() {
        return accelerated(fast.gradient(rows));
    }

    @Override
    public float inference() {
        return (float) accelerated(fast.output(rows.getFeatures()).getFloat(0));
    }

    /** A step that stock computed would be timed under the wrong name. */
    private double accelerated(double result) {
        if (!fast.fallbacks().isEmpty()) throw new IllegalStateException("handed to stock: " + fast.fallbacks());
        return result;
    }

    @Override
    public void close() {
        fast.close();
        net.close();
    }
}
