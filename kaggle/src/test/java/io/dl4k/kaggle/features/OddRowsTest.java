package io.dl4k.kaggle.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OddRowsTest {
    private static final int ROWS = 400;
    private static final int NUMBERS = 8;
    private static final int[] FITTED = IntStream.range(0, ROWS - 20).toArray();

    private final double[][] x = new double[NUMBERS][ROWS];
    private final String[] kinds = new String[ROWS];
    private final double[] y = new double[ROWS];

    /** Targets are the sum of the numbers, and some luck. */
    OddRowsTest() {
        Random random = new Random(3);
        for (int row = 0; row < ROWS; row++) {
            kinds[row] = row % 4 == 0 ? "unfinished" : "finished";
            for (double[] number : x) {
                number[row] = random.nextGaussian();
                y[row] += number[row];
            }
            y[row] += 0.3 * random.nextGaussian();
        }
    }

    /** Largest of its kind by six numbers, and sold for next to nothing. */
    private void mansion(int row, double price) {
        kinds[row] = "unfinished";
        for (int n = 0; n < 6; n++) {
            x[n][row] = 6 + 0.01 * n;
        }
        y[row] = price;
    }

    private Frame frame() {
        Frame frame = new Frame(ROWS);
        for (int n = 0; n < NUMBERS; n++) {
            double[] number = x[n];
            frame.number("x" + n, row -> number[row]);
        }
        return frame.category("kind", row -> kinds[row]).category("half", row -> row % 2 == 0 ? "even" : "odd");
    }

    private Optional<OddRows> found() {
        return OddRows.find(frame(), FITTED, IntStream.of(FITTED).mapToDouble(row -> y[row]).toArray());
    }

    private static double[] flags(OddRows odd, Frame frame) {
        return odd.addTo(frame).numberOf("(far off, together)");
    }

    @Test
    void find_twoRowsThatStandApartTogether_foretellAThird() {
        mansion(40, -10);
        mansion(200, -12);
        // Rows that were not fitted: one more of them, and a large one of the other kind.
        mansion(ROWS - 8, 0);
        mansion(ROWS - 7, 0);
        kinds[ROWS - 7] = "finished";
        for (int n = 0; n < 6; n++) {
            x[n][ROWS - 7] = 2;
        }
        double[] flags = flags(found().orElseThrow(), frame());
        double[] expected = new double[ROWS];
        expected[40] = 1;
        expected[200] = 1;
        expected[ROWS - 8] = 1;
        assertArrayEquals(expected, flags);
    }

    @Test
    void find_oneRow_foretellsNothing() {
        mansion(40, -10);
        assertTrue(found().isEmpty());
    }

    @Test
    void find_twoOnDifferentSides_foretellNothing() {
        mansion(40, -10);
        mansion(200, 90);
        assertTrue(found().isEmpty());
    }

    @Test
    void find_twoFarOffThatHaveNothingInCommon_foretellNothing() {
        y[41] = 60;
        y[203] = 60;
        assertTrue(found().isEmpty());
    }

    @Test
    void find_heavyTails_areNotOdd() {
        for (int row : FITTED) {
            y[row] *= row % 20 == 0 ? 50 : 1;
        }
        mansion(40, -100);
        mansion(200, -120);
        assertTrue(found().isEmpty());
    }

    @Test
    void leverages_ofARegression_giveWhatARowIsForetoldByTheOthers() {
        List<double[]> columns = List.of(Arrays.copyOf(x[0], 50), Arrays.copyOf(x[1], 50));
        double[] target = Arrays.copyOf(y, 50);
        double[] left = target.clone();
        Ridge ridge = new Ridge(columns, 50);
        ridge.take(left);
        double[] leverages = ridge.leverages(50);
        // Without row 7; the penalty is a thousandth of 50 rows.
        double[][] a = new double[2][2];
        double[] b = new double[2];
        for (int row = 0; row < 50; row++) {
            for (int i = 0; i < 2 && row != 7; i++) {
                b[i] += columns.get(i)[row] * target[row];
                for (int j = 0; j < 2; j++) {
                    a[i][j] += columns.get(i)[row] * columns.get(j)[row];
                }
            }
        }
        a[0][0] += 0.05;
        a[1][1] += 0.05;
        double determinant = a[0][0] * a[1][1] - a[0][1] * a[1][0];
        double foretold = columns.get(0)[7] * (b[0] * a[1][1] - b[1] * a[0][1]) / determinant + columns.get(1)[7] * (b[1] * a[0][0] - b[0] * a[1][0]) / determinant;
        assertEquals(target[7] - foretold, left[7] / (1 - leverages[7]), 1e-9);
    }
}
