package io.dl4k.kaggle.auto;

import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.kaggle.recipe.ImageSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Finds columns that are the pixels of an image: many next to each other, bytes, as many as a square has, and each like the one below it, unless their names say
 * that they are pixels.
 */
final class PixelLook {
    private static final int FEWEST = 64;
    private static final int WHITE = 255;
    /** Pictures of few greys: the value of white is what was seen up to this, 255 above it. */
    private static final int DARK = 64;
    private static final int ROWS = 400;
    /** In a picture, pixels above each other differ by less than this part of what pixels anywhere differ. */
    private static final double ALIKE = 0.85;

    private static final Pattern NAME = Pattern.compile("(?i).*(pixel|px)[^a-z0-9]?\\d+.*");

    private PixelLook() {
    }

    /** @param others columns that are none of them: id and targets */
    static Optional<ImageSpec> at(Table train, Table test, Set<String> others) {
        List<List<String>> runs = new ArrayList<>();
        List<String> run = new ArrayList<>();
        for (String name : test.columnNames()) {
            if (!others.contains(name) && train.has(name) && bytes(train, name) && bytes(test, name)) {
                run.add(name);
            } else {
                runs.add(run);
                run = new ArrayList<>();
            }
        }
        runs.add(run);
        List<String> longest = runs.stream().reduce(List.of(), (a, b) -> b.size() > a.size() ? b : a);
        if (longest.size() < FEWEST) {
            return Optional.empty();
        }
        double[][] rows = rows(train, longest);
        double max = Math.max(largest(train, longest), largest(test, longest));
        return square(longest.size()).flatMap(side -> spec(longest, side, 1, rows, max))
                .or(() -> longest.size() % 3 == 0 ? square(longest.size() / 3).flatMap(side -> spec(longest, side, 3, rows, max)) : Optional.empty());
    }

    private static boolean bytes(Table table, String name) {
        if (!(table.column(name) instanceof NumberColumn column) || column.missing() > 0) {
            return false;
        }
        for (int row = 0; row < column.size(); row++) {
            double x = column.value(row);
            if (!(x >= 0 && x <= WHITE && x == Math.rint(x))) {
                return false;
            }
        }
        return true;
    }

    private static double largest(Table table, List<String> names) {
        return names.stream().map(table::numbers).mapToDouble(column -> IntStream.range(0, column.size()).mapToDouble(column::value).max().orElse(0)).max().orElse(0);
    }

    private static double[][] rows(Table table, List<String> names) {
        int n = Math.min(ROWS, table.rows());
        double[][] rows = new double[n][names.size()];
        for (int c = 0; c < names.size(); c++) {
            NumberColumn column = table.numbers(names.get(c));
            for (int i = 0; i < n; i++) {
                rows[i][c] = column.value((int) ((long) i * table.rows() / n));
            }
        }
        return rows;
    }

    private static Optional<ImageSpec> spec(List<String> names, int side, int channels, double[][] rows, double max) {
        int size = names.size();
        boolean interleaved = channels == 3 && difference(rows, 1) > difference(rows, 3);
        int below = interleaved ? 3 * side : side;
        // A prime far from any multiple of a row.
        double anywhere = difference(rows, size / 3 | 1);
        boolean named = names.stream().allMatch(name -> NAME.matcher(name).matches());
        if (max < 2 || !named && !(difference(rows, below) < ALIKE * anywhere)) {
            return Optional.empty();
        }
        int maximum = max > DARK ? WHITE : (int) max;
        return Optional.of(new ImageSpec(names.get(0), names.get(size - 1), side, side, channels, maximum, interleaved));
    }

    /** Mean difference between columns that are so far apart. */
    private static double difference(double[][] rows, int apart) {
        double sum = 0;
        long n = 0;
        for (double[] row : rows) {
            for (int c = 0; c + apart < row.length; c++) {
                sum += Math.abs(row[c] - row[c + apart]);
                n++;
            }
        }
        return n == 0 ? 0 : sum / n;
    }

    private static Optional<Integer> square(int n) {
        int side = (int) Math.round(Math.sqrt(n));
        return side * side == n ? Optional.of(side) : Optional.empty();
    }
}
