package io.dl4k.training;

import io.dl4k.accel.LayerOps;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** DL4J's own layers and optimiser. @param passedOver of the reasons, those for which a GPU was left @param ops what some of the layers are computed by instead of their own code */
record StockEngine(Network network, List<String> leftToStock, List<String> passedOver, Optional<LayerOps> ops) implements StepEngine {

    StockEngine {
        leftToStock = List.copyOf(leftToStock);
        passedOver = List.copyOf(passedOver);
    }

    /** Of choice, with nothing to explain. */
    StockEngine(Network network) {
        this(network, List.of(), List.of(), Optional.empty());
    }

    @Override
    public double fit(DataSet batch) {
        return network.fit(batch);
    }

    @Override
    public OptionalDouble gradientNorm() {
        return OptionalDouble.empty();
    }

    @Override
    public INDArray output(DataSet batch) {
        return network.output(batch);
    }

    @Override
    public double loss(DataSet batch) {
        return network.loss(batch);
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {
        ops.ifPresent(LayerOps::close);
    }
}
