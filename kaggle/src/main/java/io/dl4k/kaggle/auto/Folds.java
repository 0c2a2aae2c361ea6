package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.ClassTargets;
import io.dl4k.kaggle.competition.NumberTargets;
import io.dl4k.kaggle.competition.Targets;
import io.dl4k.kaggle.recipe.SplitSpec;
import io.dl4k.training.Fold;
import io.dl4k.training.Splits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Parts training rows into folds as a recipe says. */
final class Folds {
    /** Share held out where there is one fold: one in so many. */
    private static final int HOLD_OUT_PART = 10;
    /** Blocks of time a fold holds out. */
    private static final int BLOCKS_A_FOLD = 6;
    /** Numbers are stratified by their place in so many bins. */
    private static final int BINS = 10;
    private static final double SECONDS_A_DAY = 86_400;
    /** Share of the time that training rows take which later folds hold out at most: what is left is trained on in the first of them. */
    private static final double HELD_OUT_LATER = 2 / 3.0;

    private Folds() {
    }

    /**
     * @param folds at least 2, or 1 to hold out a tenth of the rows
     * @throws DataException if the split's column has too few groups or dates
     */
    static List<Fold> of(SplitSpec split, Table train, Targets targets, int folds, long seed) {
        int rows = targets.rows();
        int k = folds == 1 ? Math.min(HOLD_OUT_PART, rows) : folds;
        List<Fold> all = switch (split.kind()) {
            case STRATIFIED -> Splits.stratified(strata(targets), k, seed);
            case SHUFFLED -> Splits.kFold(rows, k, seed);
            case GROUPED -> grouped(train.column(split.column().orElseThrow()), train, strata(targets), k, seed);
            case BLOCKS -> blocks(moments(train, split.column().orElseThrow()), split.days(), train, split.column().orElseThrow(), k);
            case LATER -> later(moments(train, split.column().orElseThrow()), split.days(), train, split.column().orElseThrow(), folds);
        };
        return folds == 1 ? all.subList(0, 1) : all;
    }

    private static int[] strata(Targets targets) {
        if (targets instanceof ClassTargets classes) {
            return classes.classes();
        }
        NumberTargets numbers = (NumberTargets) targets;
        List<Integer> order = new ArrayList<>(IntStream.range(0, numbers.rows()).boxed().toList());
        order.sort(Comparator.comparingDouble(row -> numbers.value(0, row)));
        int[] bins = new int[numbers.rows()];
        for (int i = 0; i < bins.length; i++) {
            bins[order.get(i)] = (int) ((long) i * BINS / bins.length);
        }
        return bins;
    }

    private static List<Fold> grouped(Column column, Table train, int[] strata, int k, long seed) {
        Map<String, Integer> numbers = new HashMap<>();
        int[] groups = Grouping.of(column).keys().stream().mapToInt(key -> number(numbers, key)).toArray();
        if (numbers.size() < k) {
            throw tooFew(train, column.name(), "groups", k);
        }
        return Splits.grouped(strata, groups, k, seed);
    }

    private static int number(Map<String, Integer> numbers, String key) {
        numbers.putIfAbsent(key, numbers.size());
        return numbers.get(key);
    }

    private static List<Fold> blocks(double[] moments, OptionalDouble days, Table train, String column, int k) {
        int[] block = days.isPresent() ? stretches(moments, days.getAsDouble() * SECONDS_A_DAY) : parts(moments, k * BLOCKS_A_FOLD);
        if (IntStream.of(block).distinct().count() < 2L * k) {
            block = parts(moments, k * BLOCKS_A_FOLD);
        }
        int[] foldOf = IntStream.of(block).map(b -> b % k).toArray();
        if (IntStream.of(foldOf).distinct().count() < k) {
            throw tooFew(train, column, "moments", k);
        }
        return dealt(foldOf, k);
    }

    /**
     * Parts of time that end where training rows end, and are about as long as the blocks of test rows: where a hole of half that length lies between two rows, test
     * rows are taken to lie there, and what is between two holes is cut evenly.
     */
    private static int[] stretches(double[] moments, double length) {
        List<Integer> order = byTime(moments);
        int[] stretch = new int[moments.length];
        int blocks = 0;
        int from = 0;
        while (from < order.size()) {
            int to = from + 1;
            while (to < order.size() && !(moments[order.get(to)] - moments[order.get(to - 1)] > length / 2)) {
                to++;
            }
            double first = moments[order.get(from)];
            double span = moments[order.get(to - 1)] - first;
            int pieces = span > 0 && span < Double.POSITIVE_INFINITY ? (int) Math.max(1, Math.min(to - from, Math.round(span / length))) : 1;
            for (int i = from; i < to; i++) {
                stretch[order.get(i)] = blocks + (pieces == 1 ? 0 : (int) Math.min(pieces - 1, (moments[order.get(i)] - first) / span * pieces));
            }
            blocks += pieces;
            from = to;
        }
        return stretch;
    }

    private static List<Integer> byTime(double[] moments) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, moments.length).boxed().toList());
        order.sort(Comparator.comparingDouble(row -> moments[row]));
        return order;
    }

    /** {@return folds that a split has room for, if each is to be as long as the test rows are; at least 1} */
    static int most(SplitSpec split, Table train) {
        if (split.kind() != SplitSpec.Kind.LATER || split.days().isEmpty()) {
            return Integer.MAX_VALUE;
        }
        return most(span(moments(train, split.column().orElseThrow())), split.days().getAsDouble() * SECONDS_A_DAY);
    }

    private static int most(double span, double length) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, HELD_OUT_LATER * span / length));
    }

    private static double span(double[] moments) {
        double[] known = Arrays.stream(moments).filter(x -> x > Double.NEGATIVE_INFINITY).toArray();
        return Arrays.stream(known).max().orElse(0) - Arrays.stream(known).min().orElse(0);
    }

    /**
     * The latest fold first. Each holds out as much time as the test rows take, but together no less than the later half of the rows, one alone no less than the last tenth and
     * no more than the last third; where there is no room for so many, they hold out the later half in equal parts.
     */
    private static List<Fold> later(double[] moments, OptionalDouble days, Table train, String column, int folds) {
        double span = span(moments);
        double length = days.orElse(0) * SECONDS_A_DAY;
        int slices = folds == 1 ? HOLD_OUT_PART : 2 * folds;
        boolean asLong = length > span / slices && folds <= most(span, length);
        int[] slice = asLong ? backwards(moments, folds == 1 ? Math.min(length, span * (1 - HELD_OUT_LATER)) : length, slices) : parts(moments, slices);
        List<Fold> all = new ArrayList<>();
        for (int f = 0; f < folds; f++) {
            int held = slices - 1 - f;
            try {
                all.add(Splits.told(moments.length, row -> slice[row] < held, row -> slice[row] == held));
            } catch (IllegalArgumentException e) {
                throw tooFew(train, column, "moments", folds);
            }
        }
        return all;
    }

    /** Parts of time of that length, counted back from the last row; the first part is what is left. */
    private static int[] backwards(double[] moments, double length, int parts) {
        double last = Arrays.stream(moments).max().orElse(0);
        return Arrays.stream(moments).mapToInt(moment -> parts - 1 - (int) Math.min(parts - 1, (last - moment) / length)).toArray();
    }

    /** Parts of time with about as many rows each; rows of one moment are never parted. */
    private static int[] parts(double[] moments, int parts) {
        List<Integer> order = byTime(moments);
        int[] part = new int[moments.length];
        int current = 0;
        for (int i = 0; i < moments.length; i++) {
            boolean same = i > 0 && moments[order.get(i)] == moments[order.get(i - 1)];
            current = same ? current : (int) ((long) i * parts / moments.length);
            part[order.get(i)] = current;
        }
        return part;
    }

    /** Seconds of every row; a row without a date comes before all others. */
    private static double[] moments(Table train, String name) {
        Column column = train.column(name);
        Dates.Reader reader = Dates.of(Look.texts(column))
                .orElseThrow(() -> DataException.at(train.name(), 0, name, "the split goes by this column, but it holds no dates.")).reader();
        return IntStream.range(0, column.size()).mapToDouble(row -> {
            double seconds = reader.seconds(column.text(row));
            return Double.isNaN(seconds) ? Double.NEGATIVE_INFINITY : seconds;
        }).toArray();
    }

    private static List<Fold> dealt(int[] foldOf, int k) {
        return IntStream.range(0, k).mapToObj(f -> Splits.told(foldOf.length, row -> foldOf[row] != f, row -> true)).toList();
    }

    private static DataException tooFew(Table train, String column, String what, int k) {
        return DataException.at(train.name(), 0, column, "there are too few " + what + " for " + k + " folds. Ask for fewer with --folds.");
    }
}
