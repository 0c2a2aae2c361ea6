package io.dl4k.kaggle.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CrossesTest {
    private static final int ROWS = 600;
    private static final int[] ALL = IntStream.range(0, ROWS).toArray();

    private final Random random = new Random(4);
    private final double[][] x = random.doubles(6L * ROWS).boxed().collect(java.util.stream.Collectors.collectingAndThen(java.util.stream.Collectors.toList(), values -> {
        double[][] columns = new double[6][ROWS];
        IntStream.range(0, values.size()).forEach(i -> columns[i / ROWS][i % ROWS] = values.get(i));
        return columns;
    }));

    private Frame frame() {
        Frame frame = new Frame(ROWS);
        for (int c = 0; c < 4; c++) {
            double[] column = x[c];
            frame.number("x" + c, row -> column[row] - 0.5);
        }
        return frame.number("cellar", row -> Math.log1p(1000 * x[4][row])).number("floor", row -> Math.log1p(1000 * x[5][row])).category("colour", row -> row % 3 == 0 ? "red" : "blue");
    }

    private float[][] targets(IntToDoubleFunction truth) {
        return IntStream.range(0, ROWS).mapToObj(row -> new float[] {(float) (truth.applyAsDouble(row) + 0.05 * random.nextGaussian())}).toArray(float[][]::new);
    }

    private List<String> found(IntToDoubleFunction truth) {
        return Crosses.find(frame(), Set.of("cellar", "floor"), ALL, targets(truth), 3).stream().map(Cross::name).toList();
    }

    @Test
    void find_whatIsPlanted_comesFirst() {
        assertEquals("x1 x x2", found(row -> x[0][row] + 3 * (x[1][row] - 0.5) * (x[2][row] - 0.5)).get(0));
        assertEquals("x3 x x3", found(row -> x[0][row] + 5 * Math.pow(x[3][row] - 0.5, 2)).get(0));
        assertEquals("cellar + floor", found(row -> Math.log1p(1000 * x[4][row] + 1000 * x[5][row])).get(0));
        assertTrue(Set.of("colour=red with x0", "colour=blue with x0").contains(found(row -> row % 3 == 0 ? 2 * x[0][row] : 0).get(0)));
    }

    @Test
    void find_nothingPlanted_findsNothing() {
        assertEquals(List.of(), found(row -> x[0][row] - x[1][row]));
        assertEquals(List.of(), found(row -> 0));
    }

    @Test
    void find_otherRows_areNotLookedAt() {
        float[][] targets = targets(row -> (x[1][row] - 0.5) * (x[2][row] - 0.5));
        int[] half = IntStream.range(0, ROWS / 2).toArray();
        float[][] first = java.util.Arrays.copyOf(targets, half.length);
        List<Cross> before = Crosses.find(frame(), Set.of(), half, first, 5);
        java.util.Arrays.fill(x[1], ROWS / 2, ROWS, 1e6);
        assertEquals(before, Crosses.find(frame(), Set.of(), half, first, 5));
    }

    @Test
    void crosses_missing_isTheMeanOfAProductAndNoneOfATotal() {
        Frame frame = new Frame(2).number("a", row -> row == 0 ? Double.NaN : 3).number("b", row -> Math.log1p(10)).category("c", row -> row == 0 ? null : "on");
        frame.crosses(List.of(new Cross(Cross.Kind.PRODUCT, new Cross.Operand("a", "", 1, 2), new Cross.Operand("a", "", 1, 2)),
                new Cross(Cross.Kind.TOTAL, new Cross.Operand("a", "", 0, 1), new Cross.Operand("b", "", 0, 1)),
                new Cross(Cross.Kind.WHERE, new Cross.Operand("c", "on", 0, 1), new Cross.Operand("a", "", 1, 2))));
        assertEquals(0, frame.numberOf("a x a")[0]);
        assertEquals(1, frame.numberOf("a x a")[1]);
        assertEquals(Math.log1p(10), frame.numberOf("a + b")[0], 1e-12);
        assertEquals(0, frame.numberOf("c=on with a")[0]);
        assertEquals(1, frame.numberOf("c=on with a")[1]);
    }
}
