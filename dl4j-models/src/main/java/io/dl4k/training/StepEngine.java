package io.dl4k.training;

import io.dl4k.accel.program.Precision;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * How a step is computed: the seam behind which an accelerated executor can stand in for DL4J's own layers. It works on the
 * network's parameters, updater state, iteration count and listeners in place, and reads the learning rate from the updaters'
 * configurations at each step.
 */
interface StepEngine extends AutoCloseable {

    /** One training step. {@return the loss of the batch before the update, penalties included; NaN and infinities as they come} */
    double fit(DataSet batch);

    /** Begins a training step; where {@link #late}, returns before it is done. The batch may be changed afterwards. {@return what {@link #fit} returns; asking waits for it} */
    default DoubleSupplier begin(DataSet batch) {
        double loss = fit(batch);
        return () -> loss;
    }

    /** {@return whether a step or an output may be begun while the one before it is under way: two at a time} */
    default boolean late() {
        return false;
    }

    /** {@return the Euclidean norm of the last step's gradient before the updater; empty if it is not kept} */
    OptionalDouble gradientNorm();

    /** {@return the outputs {@code [batch, …]} in evaluation mode, valid until the next call} */
    INDArray output(DataSet batch);

    /** Begins to compute outputs. {@return what {@link #output} returns, an array of its own where this is {@link #late}; asking waits for it} */
    default Supplier<INDArray> beginOutput(DataSet batch) {
        INDArray output = output(batch);
        return () -> output;
    }

    /** {@return the loss of the batch in evaluation mode, penalties included} */
    double loss(DataSet batch);

    /** To be called before others read or write the network's parameters: brings them up to date, and lets the next call read them anew. */
    default void settle() {
    }

    /** {@return what DL4J's own layers computed so far though an executor was there or asked for, and why; a line each} */
    List<String> leftToStock();

    /** {@return why the processor computes what the profile's GPU was to, so far; a line each} */
    default List<String> passedOver() {
        return List.of();
    }

    /** {@return bytes outside the heap that it holds beside the network} */
    long bytes();

    /** Gives back what the engine holds; the network stays usable. */
    @Override
    void close();

    /** {@return the fastest engine that can run this network, in float32} */
    static StepEngine of(Network network) {
        return of(network, Precision.FLOAT32);
    }

    /** {@return the fastest engine that can run this network} @param precision of a GPU's products and convolutions */
    static StepEngine of(Network network, Precision precision) {
        return AcceleratedEngine.of(network, precision);
    }
}
