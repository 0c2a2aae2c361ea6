package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EnsembleSelectionTest {
    private static final int ROWS = 300;

    /** Minus the mean square distance from 0. */
    private static double score(float[][] predictions) {
        return -IntStream.range(0, predictions.length).mapToDouble(row -> predictions[row][0] * predictions[row][0]).average().orElseThrow();
    }

    private static float[][] errors(long seed, double size) {
        Random random = new Random(seed);
        return IntStream.range(0, ROWS).mapToObj(row -> new float[] {(float) (size * random.nextGaussian())}).toArray(float[][]::new);
    }

    private static float[][] mean(List<float[][]> predictions, List<Integer> votes) {
        return Ensemble.mean(votes.stream().map(predictions::get).toList());
    }

    @Test
    void votes_independentErrors_goToThoseThatHelp() {
        List<float[][]> predictions = List.of(errors(1, 3), errors(2, 0.3), errors(3, 0.4));
        List<Integer> votes = EnsembleSelection.votes(predictions, 1, EnsembleSelectionTest::score);
        assertEquals(List.of(1, 1, 1, 1, 1, 2), votes.subList(0, 6));
        assertTrue(Collections.frequency(votes, 0) <= votes.size() / 20, votes::toString);
        // Inverse variances: 0.64 and 0.36. Votes end where one helps by no more than a ten-thousandth.
        assertEquals(0.64, (double) Collections.frequency(votes, 1) / votes.size(), 0.1);
        assertTrue(score(mean(predictions, votes)) > score(predictions.get(1)));
    }

    @Test
    void votes_eachOne_isTheOneThatHelpsMostThen() {
        List<float[][]> predictions = List.of(errors(1, 0.5), errors(2, 0.45), errors(3, 0.6), errors(4, 0.55));
        List<Integer> votes = EnsembleSelection.votes(predictions, 1, EnsembleSelectionTest::score);
        for (int n = 5; n < votes.size(); n++) {
            List<Integer> before = votes.subList(0, n);
            ToDoubleFunction<Integer> with = voter -> score(mean(predictions, Stream.concat(before.stream(), Stream.of(voter)).toList()));
            int best = IntStream.range(0, predictions.size()).boxed().max(Comparator.comparingDouble(with)).orElseThrow();
            assertEquals(with.applyAsDouble(best), with.applyAsDouble(votes.get(n)), 1e-7, "vote " + n + " of " + votes);
        }
        assertTrue(votes.size() > 6 && votes.size() <= 40, votes::toString);
    }

    @Test
    void votes_noHelp_areTheFirstOnes() {
        List<float[][]> predictions = List.of(errors(1, 3), errors(2, 0.01));
        assertEquals(Collections.nCopies(5, 1), EnsembleSelection.votes(predictions, 1, EnsembleSelectionTest::score));
        assertEquals(Collections.nCopies(5, 0), EnsembleSelection.votes(predictions, 0, mean -> Double.NEGATIVE_INFINITY));
    }
}
