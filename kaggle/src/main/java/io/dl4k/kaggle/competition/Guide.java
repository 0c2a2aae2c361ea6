package io.dl4k.kaggle.competition;

import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import java.util.Arrays;
import java.util.stream.IntStream;

/** By what candidates are compared while they are being chosen. */
public final class Guide {
    /** Root mean square distance of the mean class number from the class, so that the order of the classes counts as it does for quadratic kappa. */
    private static final Metric DISTANCE = new Metric() {
        @Override
        public String name() {
            return "distance";
        }

        @Override
        public boolean higherIsBetter() {
            return false;
        }

        @Override
        public double score(float[][] predictions, float[][] targets) {
            return Metrics.RMSE.score(means(predictions), means(targets));
        }

        private float[][] means(float[][] rows) {
            double[] means = Answer.Grades.means(rows);
            return IntStream.range(0, means.length).mapToObj(row -> new float[] {(float) means[row]}).toArray(float[][]::new);
        }
    };

    /** One row in so many is not looked at, the worst ones. */
    private static final int TRIMMED_PART = 100;
    private static final Metric STEADY_RMSLE = trimmed(Metrics.RMSLE);

    private Guide() {
    }

    /**
     * {@return the metric itself; of one that counts labels, and so moves in jumps, one that moves smoothly and takes the same probabilities; of the error of logarithms, in which a
     * row that is ten times too low or too high weighs as much as hundreds of others, the same without the worst rows}
     */
    public static Metric of(Metric metric, Targets targets) {
        if (metric == Metrics.RMSLE) {
            return STEADY_RMSLE;
        }
        if (!metric.ofLabels() || !(targets instanceof ClassTargets)) {
            return metric;
        }
        return metric == Metrics.QUADRATIC_KAPPA ? DISTANCE : Metrics.LOG_LOSS;
    }

    /**
     * The root of the mean square of what a row costs, without the worst hundredth of the rows: few rows would choose by them alone.
     *
     * @param metric of numbers, smaller is better
     */
    public static Metric trimmed(Metric metric) {
        return new Metric() {
            @Override
            public String name() {
                return metric.name() + " without the worst rows";
            }

            @Override
            public boolean higherIsBetter() {
                return false;
            }

            @Override
            public double score(float[][] predictions, float[][] targets) {
                double[] costs = IntStream.range(0, targets.length).mapToDouble(row -> metric.score(new float[][] {predictions[row]}, new float[][] {targets[row]})).sorted().toArray();
                return Math.sqrt(Arrays.stream(costs, 0, costs.length - costs.length / TRIMMED_PART).map(x -> x * x).average().orElse(Double.POSITIVE_INFINITY));
            }
        };
    }
}
