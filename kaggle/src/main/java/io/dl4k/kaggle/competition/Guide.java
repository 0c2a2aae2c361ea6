package io.dl4k.kaggle.competition;

import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
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

    private Guide() {
    }

    /** {@return the metric itself, or of one that counts labels, and so moves in jumps, one that moves smoothly and takes the same probabilities} */
    public static Metric of(Metric metric, Targets targets) {
        if (!metric.ofLabels() || !(targets instanceof ClassTargets)) {
            return metric;
        }
        return metric == Metrics.QUADRATIC_KAPPA ? DISTANCE : Metrics.LOG_LOSS;
    }
}
