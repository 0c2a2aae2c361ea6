package io.dl4k.training;

import io.dl4k.accel.Accelerated;
import io.dl4k.hardware.Backend;
import io.dl4k.hardware.LoadedBackend;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The executor of {@link io.dl4k.accel}, with DL4J's own layers for what it cannot do. */
record AcceleratedEngine(Network network, Accelerated fast) implements StepEngine {

    private static final Logger LOG = LoggerFactory.getLogger(AcceleratedEngine.class);

    /** {@return the engine for this network, or nothing if it has a part without a fast equal} */
    static Optional<StepEngine> of(Network network) {
        Accelerated.Attempt attempt = Accelerated.attempt(network.model());
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
        return fast.output(batch.getFeatures(), batch.getFeaturesMaskArray());
    }

    /** From the accelerated outputs, where the output layer's activation can be undone; otherwise as DL4J computes it. */
    @Override
    public double loss(DataSet batch) {
        boolean masked = batch.getFeaturesMaskArray() != null || batch.getLabelsMaskArray() != null;
        if (masked || batch.getLabels().rank() != 2 || !(network.outputLayer() instanceof BaseOutputLayer last)) {
            return network.loss(batch);
        }
        INDArray out = fast.output(batch.getFeatures());
        Optional<INDArray> raw = beforeActivation(last.getActivationFn(), out);
        if (raw.isEmpty()) {
            return network.loss(batch);
        }
        double sum = last.getLossFn().computeScore(batch.getLabels(), raw.get(), last.getActivationFn(), null, false);
        return sum / out.size(0) + network.penalty();
    }

    /** {@return input of the activation that gives this output; for softmax one of many} */
    private static Optional<INDArray> beforeActivation(IActivation activation, INDArray out) {
        if (activation instanceof ActivationIdentity) {
            return Optional.of(out);
        }
        if (activation instanceof ActivationSoftmax) {
            return Optional.of(Transforms.log(out, true));
        }
        if (activation instanceof ActivationSigmoid) {
            return Optional.of(Transforms.log(out.div(out.rsub(1)), false));
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        if (!fast.fallbacks().isEmpty()) {
            LOG.info("Steps that DL4J's own layers ran: {}", String.join("; ", fast.fallbacks()));
        }
        fast.close();
    }
}
