package io.dl4k.training;

import io.dl4k.data.BatchSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.deeplearning4j.nn.api.Model;

/**
 * Trains a stock network by a {@link TrainingPlan}.
 *
 * <p><b>Learning rate.</b> With a schedule, step {@code s} uses exactly {@code schedule.at(s)}. Layers configured with a lower rate
 * than the network's highest keep that proportion of it; a schedule in the network's own configuration is not used. Afterwards,
 * whatever ends the training, the configuration is what it was before, so a saved model has its own rates. Without a schedule the
 * network's own rates apply.
 *
 * <p><b>What the network holds afterwards.</b> With early stopping the weights of the best epoch if there is one, otherwise those of
 * the last step, or their {@link Averaging average}. The updater's state is that of the last step in any case.
 *
 * <p><b>Stopping.</b> The budget and {@link Thread#interrupt()} end training after the step that is running. An epoch cut short is
 * not validated and not in the history; one whose validation is interrupted is not in it either. Interrupted, the flag stays set.
 *
 * <p><b>Listeners.</b> The network's DL4J listeners are called and its iteration and epoch counts advance as with {@code
 * fit(iterator)}; an epoch cut short has no {@code onEpochEnd} and is not counted.
 *
 * <p>Immutable and reusable; as many threads may train at once as there are networks.
 */
public final class Trainer {

    private final TrainingPlan plan;
    private final TrainingObserver observer;
    private final Function<Network, StepEngine> engines;
    private final LongSupplier nanoTime;

    /** A trainer that tells nobody of its progress. @param plan how to train */
    public Trainer(TrainingPlan plan) {
        this(plan, TrainingObserver.none());
    }

    /**
     * A trainer.
     *
     * @param plan how to train
     * @param observer told of progress
     */
    public Trainer(TrainingPlan plan, TrainingObserver observer) {
        this(plan, observer, network -> StepEngine.of(network, plan.precision()), System::nanoTime);
    }

    Trainer(TrainingPlan plan, TrainingObserver observer, Function<Network, StepEngine> engines, LongSupplier nanoTime) {
        this.plan = Objects.requireNonNull(plan, "plan");
        this.observer = Objects.requireNonNull(observer, "observer");
        this.engines = engines;
        this.nanoTime = nanoTime;
    }

    /**
     * Trains a network without validation.
     *
     * @param net a MultiLayerNetwork, or a ComputationGraph with one input and one output; changed in place
     * @param train the rows, with labels
     * @return what it came to
     * @throws IllegalArgumentException as the method with a validation
     * @throws DivergedException as the method with a validation
     */
    public TrainingResult train(Model net, BatchSource train) {
        return train(net, train, Optional.empty());
    }

    /**
     * Trains a network.
     *
     * @param net a MultiLayerNetwork, or a ComputationGraph with one input and one output; changed in place
     * @param train the rows, with labels; each epoch opens it anew
     * @param validation rows to score after each epoch
     * @return what it came to
     * @throws IllegalArgumentException if the network is of another kind or not initialised, there are no rows, or the plan stops
     *     early and there is no validation
     * @throws DivergedException if a step's loss, or after an epoch a weight or an output, is NaN or infinite. The network then holds
     *     the best epoch's weights if the plan stops early and there was one; otherwise they are of no use
     */
    public TrainingResult train(Model net, BatchSource train, Optional<Validation> validation) {
        return train(net, train, validation, TrainingKeeper.none());
    }

    /**
     * Trains a network whose state is kept now and then, or goes on from a state that was kept: with the same network, rows, plan and number of
     * threads, the weights are then those of a training that was never stopped, byte for byte. Epochs done before are in the result's
     * history, but their events are not sent again.
     *
     * @param net as the method without a keeper; for a state that is found, built as it was then
     * @param train as the method without a keeper; the same rows in the same batches
     * @param validation as the method without a keeper
     * @param keeper keeps the state, and may have one from before
     * @return what it came to, steps and time of the stopped training included
     * @throws IllegalArgumentException as the method without a keeper, or if the state is of another network or plan
     * @throws DivergedException as the method without a keeper
     */
    public TrainingResult train(Model net, BatchSource train, Optional<Validation> validation, TrainingKeeper keeper) {
        Network network = Network.of(net);
        if (train.rows() == 0) {
            throw new IllegalArgumentException("there are no rows to train on");
        }
        if (plan.earlyStopping().isPresent() && validation.isEmpty()) {
            throw new IllegalArgumentException(
                    "the plan stops early, for which it needs a validation; give one, or train without early stopping");
        }
        try (StepEngine engine = plan.workers() == 1 ? engines.apply(network) : new ParallelEngine(network, plan.workers(), plan.schedule().isPresent(), AcceleratedEngine.devices(plan.precision()))) {
            return new TrainingRun(plan, observer, network, engine, train, validation, keeper, nanoTime).run();
        }
    }
}
