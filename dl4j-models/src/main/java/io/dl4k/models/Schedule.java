package io.dl4k.models;

import java.util.TreeMap;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/**
 * A learning rate per training step (one batch, one step). Steps count from 0, as Deeplearning4j's iterations do.
 *
 * <p>{@link #at} is exact. {@link #toStock} is what goes into the network's configuration: exact for {@link Constant} and
 * {@link Step}; the curves become a staircase ({@link MapSchedule}) that never differs from {@link #at} by more than
 * {@code peak / 512}, because Deeplearning4j has no such curve of its own.
 */
public sealed interface Schedule {

    /**
     * @param step steps done before this one, at least 0
     * @return the learning rate of that step; after the schedule's end its last value
     * @throws IllegalArgumentException if {@code step} is negative
     */
    double at(long step);

    /** @return the same rates as a stock schedule over iterations */
    ISchedule toStock();

    /** @return the rate of the first step */
    default double first() {
        return at(0);
    }

    /**
     * @param rate finite, above 0
     * @return the same rate for all steps
     */
    static Schedule constant(double rate) {
        return new Constant(rate);
    }

    /**
     * The same rate for all steps.
     *
     * @param rate finite, above 0
     */
    record Constant(double rate) implements Schedule {
        public Constant {
            Check.positive("rate", rate);
        }

        @Override
        public double at(long step) {
            checked(step);
            return rate;
        }

        @Override
        public ISchedule toStock() {
            return new FixedSchedule(rate);
        }
    }

    /**
     * {@code rate * factor ^ floor(step / every)}.
     *
     * @param rate   first rate, finite, above 0
     * @param factor multiplies the rate, in (0, 1]
     * @param every  steps between multiplications, at least 1
     */
    record Step(double rate, double factor, int every) implements Schedule {
        public Step {
            Check.positive("rate", rate);
            if (!(factor > 0 && factor <= 1)) {
                throw new IllegalArgumentException("factor must be in (0, 1], got " + factor);
            }
            Check.atLeast("every", every, 1);
        }

        @Override
        public double at(long step) {
            return rate * Math.pow(factor, checked(step) / every);
        }

        @Override
        public ISchedule toStock() {
            return new StepSchedule(ScheduleType.ITERATION, rate, factor, every);
        }
    }

    /**
     * Linear warm-up, then half a cosine down. Step {@code s} of the warm-up has {@code peak * (s + 1) / warmupSteps}, so
     * that no step has rate 0 and step {@code warmupSteps - 1} has the peak; afterwards
     * {@code floor + (peak - floor) * (1 + cos(pi * t)) / 2} with {@code t = (s - warmupSteps) / (totalSteps - warmupSteps)}.
     *
     * @param peak        highest rate, finite, above 0
     * @param warmupSteps steps of the warm-up, at least 0
     * @param totalSteps  steps until the floor is reached, above {@code warmupSteps}
     * @param floor       last rate, in [0, peak]
     */
    record Cosine(double peak, int warmupSteps, int totalSteps, double floor) implements Schedule {
        public Cosine {
            Check.positive("peak", peak);
            Check.atLeast("warmupSteps", warmupSteps, 0);
            if (totalSteps <= warmupSteps) {
                throw new IllegalArgumentException(
                        "totalSteps must be above warmupSteps " + warmupSteps + ", got " + totalSteps);
            }
            if (!(floor >= 0 && floor <= peak)) {
                throw new IllegalArgumentException("floor must be in [0, peak " + peak + "], got " + floor);
            }
        }

        @Override
        public double at(long step) {
            if (checked(step) < warmupSteps) {
                return peak * (step + 1) / warmupSteps;
            }
            return step >= totalSteps ? floor
                    : halfCosine(peak, floor, (double) (step - warmupSteps) / (totalSteps - warmupSteps));
        }

        @Override
        public ISchedule toStock() {
            return staircase(this, peak, totalSteps);
        }
    }

    /**
     * One cycle: half a cosine up from {@code peak / 25} over the first 30% of the steps, half a cosine down to
     * {@code peak / 250000}. Stock's {@code CycleSchedule} is another curve: it starts again after its end.
     *
     * @param peak       highest rate, finite, above 0
     * @param totalSteps steps of the cycle, at least 2
     */
    record OneCycle(double peak, int totalSteps) implements Schedule {
        private static final double START = 1.0 / 25;
        private static final double END = START / 1e4;
        private static final double RISING = 0.3;

        public OneCycle {
            Check.positive("peak", peak);
            Check.atLeast("totalSteps", totalSteps, 2);
        }

        /** @return the step that has the peak */
        public int peakStep() {
            return (int) Math.round(RISING * (totalSteps - 1));
        }

        @Override
        public double at(long step) {
            checked(step);
            int top = peakStep();
            if (step < top) {
                return halfCosine(peak * START, peak, (double) step / top);
            }
            return halfCosine(peak, peak * END, Math.min(1, (double) (step - top) / (totalSteps - 1 - top)));
        }

        @Override
        public ISchedule toStock() {
            return staircase(this, peak, totalSteps);
        }
    }

    private static long checked(long step) {
        if (step < 0) {
            throw new IllegalArgumentException("step must be at least 0, got " + step);
        }
        return step;
    }

    private static double halfCosine(double from, double to, double t) {
        return to + (from - to) * (1 + Math.cos(Math.PI * t)) / 2;
    }

    /** A new stair where the curve has left the last one by more than peak/512: some 1,500 stairs however many the steps. */
    private static ISchedule staircase(Schedule curve, double peak, int totalSteps) {
        TreeMap<Integer, Double> stairs = new TreeMap<>();
        double last = Double.NaN;
        for (int step = 0; step < totalSteps; step++) {
            double rate = curve.at(step);
            if (!(Math.abs(rate - last) <= peak / 512)) {
                stairs.put(step, rate);
                last = rate;
            }
        }
        stairs.put(totalSteps, curve.at(totalSteps));
        return new MapSchedule(ScheduleType.ITERATION, stairs);
    }
}
