package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.metrics.Metrics;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GradeCutsTest {
    private static final List<String> LABELS = List.of("1", "2", "3", "4", "5");
    private static final int ROWS = 3000;

    /** Probabilities drawn towards the middle, as those of a network that knows little: half of each row is the same for all. */
    private static float[][] timid(int[] grades, Random random) {
        float[][] averaged = new float[grades.length][];
        for (int row = 0; row < grades.length; row++) {
            averaged[row] = new float[] {0.05f, 0.1f, 0.3f, 0.05f, 0};
            averaged[row][Math.max(0, Math.min(4, grades[row] + random.nextInt(3) - 1))] += 0.5f;
        }
        return averaged;
    }

    private static int[] grades(Random random) {
        return random.doubles(ROWS, 0, 1).mapToInt(u -> u < 0.1 ? 0 : u < 0.3 ? 1 : u < 0.7 ? 2 : u < 0.9 ? 3 : 4).toArray();
    }

    private static float[][] actual(int[] grades) {
        float[][] actual = new float[grades.length][LABELS.size()];
        for (int row = 0; row < grades.length; row++) {
            actual[row][grades[row]] = 1;
        }
        return actual;
    }

    /** Agreement recounted from the confusion matrix, as Cohen, "Weighted kappa" (1968), defines it. */
    private static double kappa(float[][] predictions, int[] grades) {
        double[][] seen = new double[5][5];
        for (int row = 0; row < grades.length; row++) {
            for (int c = 0; c < 5; c++) {
                seen[grades[row]][c] += predictions[row][c];
            }
        }
        double[] given = new double[5];
        double[] answered = new double[5];
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 5; j++) {
                given[i] += seen[i][j];
                answered[j] += seen[i][j];
            }
        }
        double observed = 0;
        double expected = 0;
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 5; j++) {
                observed += (i - j) * (i - j) * seen[i][j];
                expected += (i - j) * (i - j) * given[i] * answered[j] / grades.length;
            }
        }
        return 1 - observed / expected;
    }

    @Test
    void find_betterThanTheMostProbable_onOtherRowsToo() {
        Random random = new Random(3);
        int[] tuned = grades(random);
        float[][] averaged = timid(tuned, random);
        Answer.Grades found = new GradeCuts(LABELS, Metrics.QUADRATIC_KAPPA).find(averaged, actual(tuned));
        int[] fresh = grades(random);
        float[][] other = timid(fresh, random);
        double cut = Metrics.QUADRATIC_KAPPA.score(found.predictions(other), actual(fresh));
        double rounded = Metrics.QUADRATIC_KAPPA.score(new Answer.Grades(LABELS, List.of(0.5, 1.5, 2.5, 3.5)).predictions(other), actual(fresh));
        assertEquals(kappa(found.predictions(other), fresh), cut, 1e-9);
        assertTrue(cut > rounded + 0.05, cut + " for " + rounded);
        assertEquals(found, new GradeCuts(LABELS, Metrics.QUADRATIC_KAPPA).find(averaged, actual(tuned)));
    }

    @Test
    void find_sureAndRight_cutsStayBetween() {
        int[] grades = grades(new Random(4));
        Answer.Grades found = new GradeCuts(LABELS, Metrics.QUADRATIC_KAPPA).find(actual(grades), actual(grades));
        assertEquals(List.of(0.5, 1.5, 2.5, 3.5), found.cuts());
    }

    @Test
    void find_threeRows_movesNothing() {
        int[] grades = {0, 2, 4};
        assertEquals(List.of(0.5, 1.5, 2.5, 3.5), new GradeCuts(LABELS, Metrics.QUADRATIC_KAPPA).find(actual(grades), actual(grades)).cuts());
    }
}
