package io.dl4k.kaggle.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Rows whose targets lie far off all that the columns foretell, on the same side, and that stand apart from all others in many ways: the largest of a level by this number, by that one,
 * and of another level too. What they have in common foretells the next such row, and kept apart they do not pull what is foretold for others. Houses of more than 4,600 square
 * feet that were sold before they were finished, say, go for a third of what their size is worth.
 *
 * <p>A row is far off if what a ridge regression on all rows but itself foretells is {@value #FAR} robust deviations away: nothing that is distributed at all normally. That a few such rows are the
 * outermost ones of a level by chance happens, but hardly in {@value #FEWEST} corners by {@value #FEWEST_NUMBERS} numbers at once.
 *
 * @param corners that hold these rows and no other fitted one
 */
public record OddRows(List<Corner> corners) {
    private static final int FEWEST_ROWS = 100;
    /** Of more rows a few that are far off do not matter. */
    private static final int MOST_ROWS = 3_000;
    private static final double FAR = 8;
    /** One row in so many may be far off: where more are, targets have heavy tails, and far is not far. */
    private static final int MOST_FAR_PART = 100;
    private static final int FEWEST = 10;
    /** Different numbers among them: by one number alone, of a hundred, the same rows may be outermost in many levels. */
    private static final int FEWEST_NUMBERS = 5;
    /** Rows that a level needs: of few, the outermost two are soon found. */
    private static final int LEVEL_ROWS = 20;
    private static final double ROBUST = 1.4826;

    /**
     * Where a number is beyond a bound, within a level of a category.
     *
     * @param category in the frame; empty: all rows
     * @param level of the category
     * @param number in the frame
     * @param bound of the number
     * @param above whether it is above the bound
     */
    public record Corner(String category, String level, String number, double bound, boolean above) {
        private boolean holds(String[] levels, double[] numbers, int row) {
            // NaN lies beyond no bound.
            return (levels == null || level.equals(levels[row])) && (above ? numbers[row] > bound : numbers[row] < bound);
        }
    }

    public OddRows {
        corners = List.copyOf(corners);
    }

    /**
     * Finds them.
     *
     * @param frame single columns
     * @param rows the training rows of the fold; no other row is looked at
     * @param targets of these rows, in that order
     * @return empty where there are none, or not in many corners
     */
    public static Optional<OddRows> find(Frame frame, int[] rows, double[] targets) {
        if (rows.length < FEWEST_ROWS || rows.length > MOST_ROWS) {
            return Optional.empty();
        }
        FrameEncoder encoder = FrameEncoder.fit(frame, rows, LEVEL_ROWS);
        int[] sides = farOff(encoder.encode(frame, rows), targets);
        long far = Arrays.stream(sides).filter(side -> side != 0).count();
        if (far < 2 || far > rows.length / MOST_FAR_PART) {
            return Optional.empty();
        }
        Map<BitSet, List<Corner>> found = new LinkedHashMap<>();
        for (Frame.Numbers number : frame.numbers()) {
            double[] values = number.values();
            List<Integer> order = new ArrayList<>(IntStream.range(0, rows.length).filter(i -> !Double.isNaN(values[rows[i]])).boxed().toList());
            order.sort(Comparator.comparingDouble(i -> values[rows[i]]));
            for (int end = 0; end < 2; end++) {
                boolean above = end == 1;
                if (above) {
                    Collections.reverse(order);
                }
                corner(order, rows, values, sides, "", "", null, number.name(), above, found);
                for (FrameEncoder.Levels category : encoder.categories()) {
                    String[] levels = frame.categoryOf(category.name());
                    category.levels().forEach(level -> corner(order, rows, values, sides, category.name(), level, levels, number.name(), above, found));
                }
            }
        }
        return found.values().stream().filter(corners -> corners.size() >= FEWEST && corners.stream().map(Corner::number).distinct().count() >= FEWEST_NUMBERS)
                .max(Comparator.comparingInt(List::size)).map(OddRows::new);
    }

    /** The corner of a level that holds as many rows that are far off on one side as can be, at least two, and no other. */
    private static void corner(List<Integer> order, int[] rows, double[] values, int[] sides, String category, String level, String[] levels, String number, boolean above,
            Map<BitSet, List<Corner>> found) {
        BitSet inside = new BitSet();
        BitSet tied = new BitSet();
        int side = 0;
        double last = 0;
        for (int i : order) {
            if (levels != null && !level.equals(levels[rows[i]])) {
                continue;
            }
            double x = values[rows[i]];
            if (!tied.isEmpty() && x != last) {
                inside.or(tied);
                tied.clear();
            }
            if (sides[i] == 0 || side != 0 && sides[i] != side) {
                if (inside.cardinality() >= 2) {
                    double edge = inside.stream().mapToDouble(in -> values[rows[in]]).reduce(above ? Math::min : Math::max).orElseThrow();
                    // The rows tied with this one are no part of it.
                    found.computeIfAbsent(inside, set -> new ArrayList<>()).add(new Corner(category, level, number, (edge + (tied.isEmpty() ? x : last)) / 2, above));
                }
                return;
            }
            side = sides[i];
            tied.set(i);
            last = x;
        }
    }

    /** Of each row 1 or -1 where its target is far above or below what the other rows foretell, else 0. */
    private static int[] farOff(FeatureMatrix matrix, double[] targets) {
        double[] left = targets.clone();
        Ridge.centre(left);
        Ridge ridge = new Ridge(Ridge.inputs(matrix, new double[][] {left}), left.length);
        ridge.take(left);
        double[] leverages = ridge.leverages(left.length);
        for (int i = 0; i < left.length; i++) {
            left[i] /= Math.max(1e-6, 1 - leverages[i]);
        }
        double[] sizes = Arrays.stream(left).map(Math::abs).sorted().toArray();
        double deviation = ROBUST * sizes[sizes.length / 2];
        return Arrays.stream(left).mapToInt(x -> Math.abs(x) > FAR * deviation ? (int) Math.signum(x) : 0).toArray();
    }

    /** Adds a flag of the rows that lie in most of the corners. @throws IllegalArgumentException if a corner's columns are not there */
    public Frame addTo(Frame frame) {
        List<String[]> levels = new ArrayList<>();
        corners.forEach(corner -> levels.add(corner.category().isEmpty() ? null : frame.categoryOf(corner.category())));
        List<double[]> numbers = corners.stream().map(corner -> frame.numberOf(corner.number())).toList();
        return frame.flag("(far off, together)", row -> 2 * IntStream.range(0, corners.size()).filter(c -> corners.get(c).holds(levels.get(c), numbers.get(c), row)).count() > corners.size());
    }
}
