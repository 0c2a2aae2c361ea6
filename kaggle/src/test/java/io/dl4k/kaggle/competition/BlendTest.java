package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.Table;
import io.dl4k.kaggle.submission.SampleSubmission;
import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlendTest {
    private static final int ROWS = 400;
    private static final List<int[]> FOLDS = List.of(IntStream.range(0, 150).toArray(), IntStream.range(150, ROWS).toArray());

    private static Candidate candidate(String name) {
        Candidate like = new Titanic().candidates().get(0);
        return new Candidate(name, like.family(), like.preparation(), like.architecture(), like.recipe());
    }

    private static Problem numbers(double[] y, Link link) {
        StringBuilder csv = new StringBuilder("id,y\n");
        for (int row = 0; row < y.length; row++) {
            csv.append(row).append(',').append(y[row]).append('\n');
        }
        Table train = Table.read(Rows.csv("train.csv", csv.toString()));
        NumberTargets targets = NumberTargets.of(train, List.of("y"), link, NumberTargets.Joined.EACH);
        return new Problem(train, train, SampleSubmission.read(Rows.csv("sample.csv", "id,y\n0,0.5\n")), targets, targets.answer());
    }

    private static Problem classes(int[] y) {
        StringBuilder csv = new StringBuilder("id,y\n");
        for (int row = 0; row < y.length; row++) {
            csv.append(row).append(',').append(y[row]).append('\n');
        }
        Table train = Table.read(Rows.csv("train.csv", csv.toString()));
        ClassTargets targets = ClassTargets.of(train, "y");
        return new Problem(train, train, SampleSubmission.read(Rows.csv("sample.csv", "id,y\n0,0\n1,1\n")), targets, new Answer.Labels(targets.labels(), 0.5));
    }

    private static CandidateScore score(String name, Problem problem, Metric metric, float[][] averaged) {
        OutOfFold outOfFold = new OutOfFold(FOLDS, averaged);
        return new CandidateScore(candidate(name), outOfFold.score(problem, problem.answer(), metric), outOfFold.foldScores(problem, problem.answer(), metric), outOfFold, List.of(), 0);
    }

    private static double[] random(long seed, int n) {
        Random random = new Random(seed);
        return IntStream.range(0, n).mapToDouble(i -> random.nextGaussian()).toArray();
    }

    private static float[][] column(double[] values) {
        float[][] rows = new float[values.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new float[] {(float) values[i]};
        }
        return rows;
    }

    private static double[] noisy(double[] y, double noise, long seed) {
        double[] luck = random(seed, y.length);
        return IntStream.range(0, y.length).mapToDouble(i -> y[i] + noise * luck[i]).toArray();
    }

    @Test
    void choose_independentErrors_voteTogetherByTheirPrecision() {
        double[] y = random(1, ROWS);
        Problem problem = numbers(y, Link.IDENTITY);
        List<CandidateScore> scores = List.of(score("good", problem, Metrics.RMSE, column(noisy(y, 0.3, 2))), score("fair", problem, Metrics.RMSE, column(noisy(y, 0.5, 3))),
                score("useless", problem, Metrics.RMSE, column(random(4, ROWS))));
        Blend.Chosen chosen = new Blend(problem, Metrics.RMSE).choose(scores, scores.get(0));
        // Inverse variances: 0.735 and 0.265.
        assertEquals(0.735, chosen.weights().get("good"), 0.08);
        assertTrue(chosen.weights().getOrDefault("useless", 0.0) < 0.05, () -> chosen.weights().toString());
        assertTrue(chosen.score() < 0.29, () -> "score " + chosen.score());
        assertEquals(1, chosen.weights().values().stream().mapToDouble(x -> x).sum(), 1e-9);
        float[][] blended = new float[ROWS][1];
        for (int row = 0; row < ROWS; row++) {
            for (CandidateScore s : scores) {
                blended[row][0] += (float) (chosen.weights().getOrDefault(s.candidate().name(), 0.0) * s.outOfFold().averaged()[row][0]);
            }
        }
        assertEquals(Metrics.RMSE.score(blended, problem.targets().actual(chosen.outOfFold().rows())), chosen.score(), 1e-6);
    }

    @Test
    void choose_noHelp_staysAlone() {
        double[] y = random(1, ROWS);
        Problem problem = numbers(y, Link.IDENTITY);
        List<CandidateScore> scores = List.of(score("useless", problem, Metrics.RMSE, column(random(4, ROWS))), score("exact", problem, Metrics.RMSE, column(noisy(y, 0.01, 2))));
        Blend.Chosen chosen = new Blend(problem, Metrics.RMSE).choose(scores, scores.get(1));
        assertEquals(java.util.Map.of("exact", 1.0), chosen.weights());
        assertEquals(scores.get(1).score(), chosen.score());
        assertEquals(scores.get(1).foldScores(), chosen.foldScores());
    }

    @Test
    void choose_otherRows_doNotVote() {
        double[] y = random(1, ROWS);
        Problem problem = numbers(y, Link.IDENTITY);
        CandidateScore best = score("good", problem, Metrics.RMSE, column(noisy(y, 0.3, 2)));
        OutOfFold part = new OutOfFold(FOLDS.subList(0, 1), column(java.util.Arrays.copyOf(noisy(y, 0.3, 3), 150)));
        CandidateScore partial = new CandidateScore(candidate("fair"), 0.3, List.of(0.3), part, List.of(), 0);
        assertEquals(java.util.Map.of("good", 1.0), new Blend(problem, Metrics.RMSE).choose(List.of(best, partial), best).weights());
    }

    /** @param probability that a row is of class 1 */
    private static CandidateScore sure(String name, Problem problem, IntToDoubleFunction probability) {
        float[][] p = new float[ROWS][];
        for (int row = 0; row < ROWS; row++) {
            p[row] = new float[] {(float) (1 - probability.applyAsDouble(row)), (float) probability.applyAsDouble(row)};
        }
        return score(name, problem, Metrics.ACCURACY, p);
    }

    @Test
    void choose_accuracyThatIsBetterByLuck_goesByTheProbabilities() {
        int[] y = new int[ROWS];
        java.util.Arrays.fill(y, 1, ROWS, 1);
        Problem problem = classes(y);
        CandidateScore calibrated = sure("calibrated", problem, row -> row < 24 ? 0.3 : 0.95);
        // Fewer errors, each of them sure.
        CandidateScore lucky = sure("lucky", problem, row -> row < 20 ? 0.001 : 0.95);
        Blend.Chosen chosen = new Blend(problem, Metrics.ACCURACY).choose(List.of(lucky, calibrated), lucky);
        assertEquals(java.util.Map.of("calibrated", 1.0), chosen.weights());
        // 13 errors more in 400 are no luck.
        CandidateScore better = sure("better", problem, row -> row < 11 ? 0.001 : 0.55);
        assertEquals(java.util.Map.of("better", 1.0), new Blend(problem, Metrics.ACCURACY).choose(List.of(better, calibrated), better).weights());
    }

    /** Calibrated probabilities of a rare class: the best F1 lies at about half of it, well below one half (Lipton et al. 2014). */
    @Test
    void choose_f1_movesTheThreshold() {
        Random random = new Random(5);
        int[] y = new int[ROWS];
        float[][] p = new float[ROWS][];
        for (int row = 0; row < ROWS; row++) {
            float q = (float) (0.6 * random.nextDouble());
            p[row] = new float[] {1 - q, q};
            y[row] = random.nextDouble() < q ? 1 : 0;
        }
        Problem problem = classes(y);
        CandidateScore alone = score("a", problem, Metrics.F1, p);
        Blend.Chosen chosen = new Blend(problem, Metrics.F1).choose(List.of(alone), alone);
        double threshold = ((Answer.Labels) chosen.answer()).threshold();
        assertTrue(threshold > 0.15 && threshold < 0.4, () -> "threshold " + threshold);
        assertTrue(chosen.score() > alone.score() + 0.1);
        List<String> written = chosen.answer().columns(chosen.answer().predictions(p)).get(0);
        List<String> expected = new ArrayList<>();
        for (float[] row : p) {
            expected.add(row[1] > threshold ? "1" : "0");
        }
        assertEquals(expected, written);
    }
}
