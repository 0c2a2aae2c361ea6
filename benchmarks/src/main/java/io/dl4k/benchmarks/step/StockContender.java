package io.dl4k.benchmarks.step;

import io.dl4k.accel.LayerOps;
import io.dl4k.accel.check.Network;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Stock layers, with or without ND4J's ops in their place. What is queued on a GPU is waited for. */
final class StockContender implements Contender {
    private final MultiLayerNetwork net;
    private final DataSet rows;

    StockContender(Network network, int batch, boolean ops) {
        net = network.build();
        if (ops) LayerOps.into(net);
        rows = network.rows(batch);
    }

    @Override
    public double trainingStep() {
        net.fit(rows);
        Nd4j.getExecutioner().commit();
        return net.score();
    }

    @Override
    public double forward() {
        return net.score(rows, true);
    }

    @Override
    public double forwardAndBackward() {
        net.setInput(rows.getFeatures());
        net.setLabels(rows.getLabels());
        net.computeGradientAndScore();
        Nd4j.getExecutioner().commit();
        return net.score();
    }

    @Override
    public float inference() {
        return net.output(rows.getFeatures()).getFloat(0);
    }

    @Override
    public void close() {
        net.close();
    }
}
