package io.dl4k.training;

import io.dl4k.accel.Accelerated;
import io.dl4k.accel.LayerOps;
import io.dl4k.accel.cuda.CudaKernels;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Precision;
import io.dl4k.hardware.Backend;
import io.dl4k.hardware.LoadedBackend;
import io.dl4k.hardware.Profile;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The executor of {@link io.dl4k.accel}, with DL4J's own layers for what it cannot do. */
record AcceleratedEngine(Network network, Accelerated fast) implements StepEngine {

    /** {@return the engine for this network, or DL4J's own layers, by ND4J's ops where they can be, if nothing in it has a fast equal or ND4J is not on the
     *     processor} @param precision of a GPU's products and convolutions */
    static StepEngine of(Network network, Precision precision) {
        return of(network, OptionalInt.empty(), devices(precision).apply(0));
    }

    /** {@return by the number of a replica, what opens its GPU: the active profile's, dealt out in turn; null for the processor} */
    static IntFunction<Supplier<Kernels>> devices(Precision precision) {
        if (!(Backend.active().map(LoadedBackend::profile).orElse(null) instanceof Profile.Cuda13 cuda)) {
            return replica -> null;
        }
        return replica -> {
            int ordinal = cuda.cards().get(replica % cuda.cards().size()).ordinal();
            return () -> CudaKernels.open(ordinal, precision);
        };
    }

    /** {@return the same} @param threads most threads to compute with; empty: the active profile's @param device opens a GPU; null: the processor */
    static StepEngine of(Network network, OptionalInt threads, Supplier<Kernels> device) {
        Accelerated.Attempt attempt = Accelerated.attempt(network.model(), device);
        if (attempt.accelerated().isEmpty()) {
            return new StockEngine(network, attempt.reasons(), device == null ? List.of() : attempt.reasons(), Optional.of(LayerOps.into(network.model())));
        }
        Accelerated fast = attempt.accelerated().get();
        if (threads.isPresent()) {
            fast.threads(threads.getAsInt());
        } else {
            Backend.active().map(LoadedBackend::profile).ifPresent(profile -> fast.threads(profile.threads()));
        }
        return new AcceleratedEngine(network, fast);
    }

    @Override
    public double fit(DataSet batch) {
        return begin(batch).getAsDouble();
    }

    @Override
    public boolean late() {
        return fast.late();
    }

    @Override
    public DoubleSupplier begin(DataSet batch) {
        // The trainer seeds ND4J's generator, from which DL4J's own dropout draws: this one must follow it.
        return fast.seed(Nd4j.getRandom().getSeed()).begin(batch);
    }

    @Override
    public OptionalDouble gradientNorm() {
        settle();
        // One step that stock DL4J made is enough to not know whose the vector is.
        return fast.fallbacks().isEmpty() ? OptionalDouble.of(network.model().getGradientsViewArray().norm2Number().doubleValue()) : OptionalDouble.empty();
    }

    @Override
    public INDArray output(DataSet batch) {
        return fast.output(batch.getFeatures(), batch.getFeaturesMaskArray());
    }

    @Override
    public Supplier<INDArray> beginOutput(DataSet batch) {
        return fast.beginOutput(batch.getFeatures(), batch.getFeaturesMaskArray());
    }

    /** From the accelerated outputs, where the output layer's activation can be undone; otherwise as DL4J computes it. */
    @Override
    public double loss(DataSet batch) {
        settle();
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
    public void settle() {
        fast.settle();
    }

    @Override
    public List<String> leftToStock() {
        return Stream.concat(fast.stockLayers().stream(), fast.fallbacks().stream().filter(reason -> !fast.passedOver().contains(reason)).map(reason -> "some steps: " + reason)).toList();
    }

    @Override
    public List<String> passedOver() {
        return fast.passedOver();
    }

    @Override
    public long bytes() {
        return fast.bytes();
    }

    @Override
    public void close() {
        fast.close();
    }
}
