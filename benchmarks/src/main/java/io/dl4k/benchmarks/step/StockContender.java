package io.dl4k.benchmarks.step;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

final class StockContender implements Contender {
    private final MultiLayerNetwork net;
    private final DataSet rows;

    StockContender(Network network, int batch) {
        net = network.build();
        rows = network.rows(batch);
    }

    @Override
    public double trainingStep() {
        net.fit(rows);
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
