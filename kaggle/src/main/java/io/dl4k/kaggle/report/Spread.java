package io.dl4k.kaggle.report;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How scores scatter.
 *
 * @param mean of the scores
 * @param deviation standard deviation, of a sample; empty for a single score
 * @param error standard error of the mean: the deviation divided by the root of the number of scores; empty for a single score
 */
record Spread(double mean, OptionalDouble deviation, OptionalDouble error) {
    /** @throws IllegalArgumentException if there is no score */
    static Spread of(List<Double> scores) {
        if (scores.isEmpty()) {
            throw new IllegalArgumentException("there are no scores");
        }
        double mean = scores.stream().mapToDouble(x -> x).average().orElseThrow();
        if (scores.size() == 1) {
            return new Spread(mean, OptionalDouble.empty(), OptionalDouble.empty());
        }
        double squares = scores.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
        double deviation = Math.sqrt(squares / (scores.size() - 1));
        return new Spread(mean, OptionalDouble.of(deviation), OptionalDouble.of(deviation / Math.sqrt(scores.size())));
    }
}
