package io.dl4k.training;

import io.dl4k.accel.Accelerated;
import io.dl4k.hardware.Backend;
import io.dl4k.hardware.LoadedBackend;
import java.util.Optional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The executor of {@link io.dl4k.accel}, with DL4J's own layers for what it cannot do. */
record AcceleratedEngine(Network network, Accelerated fast) implements StepEngine {

    private static final Logger LOG = LoggerFactory.getLogger(AcceleratedEngine.class);

    /** {@return the engine for this network, or nothing if it has a part without a fast equal} */
    static Optional<StepEngine> of(Network network) {
        if (!(network.model() instanceof MultiLayerNetwork net)) {
            return Optional.empty();
        }
        Accelerated.Attempt attempt = Accelerated.attempt(net);
        if (attempt.accelerated().isEmpty()) {
            LOG.info("Not accelerated, DL4J's own layers run: {}", String.join("; ", attempt.reasons()));
        }
        Optional<Integer> threads = Backend.active().map(LoadedBackend::profile).map(profile -> profile.threads());
        return attempt.accelerated().map(fast -> new AcceleratedEngine(network, threads.isPresent() ? fast.threads(threads.get()) : fast));
    }

    @Override
    public double fit(DataSet batch) {
        // The trainer seeds ND4J's generator, from which DL4J's own dropout draws: this one must follow it.
        return fast.seed(Nd4j.getRandom().getSeed()).step(batch);
    }

    @Override
    public INDArray output(DataSet batch) {
        return batch.getFeaturesMaskArray() == null ? fast.output(batch.getFeatures()) : network.output(batch);
    }

    @Override
    public double loss(DataSet batch) {
        return network.loss(batch);
    }

    @Override
    public void close() {
        if (!fast.fallbacks().isEmpty()) {
            LOG.info("Steps that DL4J's own layers ran: {}", String.join("; ", fast.fallbacks()));
        }
        fast.close();
    }
}
