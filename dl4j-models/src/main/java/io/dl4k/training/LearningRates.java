package io.dl4k.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The learning rates in a network's updater configurations: sets them for the next step and puts them back.
 *
 * <p>DL4J's updaters read their configuration at each step, so a change in place acts at once. A layer configured with a lower rate
 * than the highest keeps that proportion.
 */
final class LearningRates {

    private record Rate(IUpdater updater, double rate, ISchedule schedule, double share) {}

    private final Network network;
    private final List<Rate> rates = new ArrayList<>();

    LearningRates(Network network) {
        this.network = network;
        Set<IUpdater> updaters = Collections.newSetFromMap(new IdentityHashMap<>());
        // The updater groups layers by equal configurations and keeps one of them, so it has to be made before they change; it may
        // also hold instances that the layers no longer do.
        for (UpdaterBlock block : network.updater().getUpdaterBlocks()) {
            updaters.add(block.getGradientUpdater().getConfig());
        }
        for (Trainable trainable : network.trainables()) {
            for (String parameter : trainable.paramTable(true).keySet()) {
                IUpdater updater = trainable.getConfig().getUpdaterByParam(parameter);
                if (updater != null) {
                    updaters.add(updater);
                }
            }
        }
        updaters.removeIf(updater -> !updater.hasLearningRate());
        double highest = 0;
        for (IUpdater updater : updaters) {
            if (schedule(updater) == null) {
                highest = Math.max(highest, rate(updater));
            }
        }
        for (IUpdater updater : updaters) {
            ISchedule schedule = schedule(updater);
            double rate = rate(updater);
            rates.add(new Rate(updater, rate, schedule, schedule != null || highest == 0 ? 1 : rate / highest));
        }
    }

    /** {@return the highest rate the next step will use; NaN if no updater has one} */
    double current() {
        double highest = Double.NaN;
        for (Rate rate : rates) {
            double now = rate.updater.getLearningRate(network.iterations(), network.epochs());
            if (!(highest >= now)) {
                highest = now;
            }
        }
        return highest;
    }

    /** Sets the rate of the next step: exactly this for the layers of the highest rate, the same share as before for the others. */
    void set(double rate) {
        for (Rate each : rates) {
            each.updater.setLrAndSchedule(rate * each.share, null);
        }
    }

    /** Puts every configuration back as it was. */
    void restore() {
        for (Rate each : rates) {
            each.updater.setLrAndSchedule(each.rate, each.schedule);
        }
    }

    private static ISchedule schedule(IUpdater updater) {
        return (ISchedule) property(updater, "getLearningRateSchedule");
    }

    private static double rate(IUpdater updater) {
        return (Double) property(updater, "getLearningRate");
    }

    /** Every updater with a learning rate has these getters, but their interface has only the setter. */
    private static Object property(IUpdater updater, String getter) {
        try {
            return updater.getClass().getMethod(getter).invoke(updater);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("updater " + updater.getClass().getName() + " has no " + getter
                    + "(), without which its learning rate cannot be put back after training; add it", e);
        }
    }
}
