package io.dl4k.kaggle.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Grades, medians by group, ranks and pieces: small records that are fitted once and asked often. */
class ScalesTest {
    @Test
    void grades_ofAWord_isItsPlace() {
        Grades grades = Grades.of("NA", "TA", "Ex");
        assertEquals(0, grades.rank("NA"));
        assertEquals(2, grades.rank("Ex"));
        assertEquals(Double.NaN, grades.rank("Gd"));
        assertEquals(Double.NaN, grades.rank(null));
        assertEquals("grades are at least two words, each once, got [a, a]", assertThrows(IllegalArgumentException.class, () -> Grades.of("a", "a")).getMessage());
    }

    @Test
    void groupMedian_missing_isItsGroupsOrAll() {
        double[] values = {1, 3, 100, Double.NaN, 10, 7e9};
        String[] groups = {"a", "a", "b", "a", null, "a"};
        // Row 5 is not fitted.
        GroupMedian medians = GroupMedian.fit(new int[] {0, 1, 2, 3, 4}, row -> groups[row], row -> values[row]);
        assertEquals(Map.of("a", 2.0, "b", 100.0), medians.groups());
        assertEquals((3 + 10) / 2.0, medians.overall());
        assertEquals(2, medians.orMedian(Double.NaN, "a"));
        assertEquals(6.5, medians.orMedian(Double.NaN, "z"));
        assertEquals(6.5, medians.orMedian(Double.NaN, null));
        assertEquals(5, medians.orMedian(5, "a"));
    }

    @Test
    void quantiles_ofSkewedNumbers_areRanks() {
        QuantileScale scale = QuantileScale.fit(new double[] {1e6, 1, Double.NaN, 10, 10, 2}, 10);
        assertEquals(List.of(1.0, 2.0, 10.0, 1e6), scale.knots());
        // Ranks 0, 1, 2 and 3 shared, 4 of 0..4, brought to [-1, 1].
        assertEquals(List.of(-1.0, -0.5, 0.25, 1.0), scale.ranks());
        assertEquals(-0.75, scale.of(1.5));
        assertEquals(-1, scale.of(-1e9));
        assertEquals(1, scale.of(1e9));
        assertEquals(Double.NaN, scale.of(Double.NaN));
        assertEquals(0, QuantileScale.fit(new double[] {Double.NaN}, 10).of(3));
        assertEquals(0, QuantileScale.fit(new double[] {4}, 10).of(3));
    }

    @Test
    void quantiles_ofManyNumbers_keepFewKnotsAndBothEnds() {
        QuantileScale scale = QuantileScale.fit(IntStream.rangeClosed(0, 1000).asDoubleStream().toArray(), 11);
        assertEquals(11, scale.knots().size());
        assertEquals(0, scale.knots().get(0));
        assertEquals(1000, scale.knots().get(10));
        for (double x = 0; x <= 1000; x += 12.5) {
            assertEquals(x / 500 - 1, scale.of(x), 2e-3);
        }
    }

    @Test
    void pieces_riseOneAfterTheOther() {
        PiecewiseScale scale = PiecewiseScale.fit(new double[] {0, 10, 20, 40, Double.NaN, 80}, 4);
        assertEquals(List.of(0.0, 10.0, 20.0, 40.0, 80.0), scale.knots());
        assertEquals(4, scale.pieces());
        assertEquals(List.of(1.0, 1.0, 0.5, 0.0), IntStream.range(0, 4).mapToObj(piece -> scale.of(30, piece)).toList());
        assertEquals(1, scale.of(1e9, 3), "no extrapolation");
        assertEquals(-1, scale.of(-1e9, 0));
        assertEquals(0, scale.of(-1e9, 1));
        assertEquals(Double.NaN, scale.of(Double.NaN, 0));
    }

    @Test
    void pieces_ofRepeatedNumbers_areFewer() {
        assertEquals(List.of(0.0, 5.0), PiecewiseScale.fit(new double[] {0, 0, 0, 0, 5}, 4).knots());
        assertEquals(0, PiecewiseScale.fit(new double[] {3, 3}, 4).pieces());
        assertEquals(0, PiecewiseScale.fit(new double[] {}, 4).pieces());
    }

    @Test
    void targetEncoding_fittedRow_doesNotSeeItsOwnTarget() {
        int n = 40;
        int[] rows = IntStream.range(0, n).toArray();
        double[] targets = IntStream.range(0, n).mapToDouble(row -> row % 7).toArray();
        TargetEncoding before = TargetEncoding.fit(rows, row -> "g" + row % 2, row -> targets[row], 1, 4, 9);
        double[] changed = targets.clone();
        changed[11] += 1000;
        TargetEncoding after = TargetEncoding.fit(rows, row -> "g" + row % 2, row -> changed[row], 1, 4, 9);
        assertEquals(before.of(11, "g1"), after.of(11, "g1"), "its own target is planted and not seen");
        assertTrue(after.of(3, "g1") != before.of(3, "g1") || after.of(5, "g1") != before.of(5, "g1"), "the others of its group see it");
        assertTrue(after.rates().of("g1") > before.rates().of("g1") + 10, "and so does a new row");
        assertEquals(after.rates().of("g1"), after.of(99, "g1"));
        assertEquals(0, after.of(99, "unseen"));
    }
}
