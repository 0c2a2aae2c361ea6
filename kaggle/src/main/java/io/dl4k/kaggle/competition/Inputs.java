package io.dl4k.kaggle.competition;

import io.dl4k.data.Column;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The columns of a competition's tables that can tell something: those of the training table that the test table has too. */
final class Inputs {
    private static final int SMALLEST_SIDE = 4;
    private static final int WHITE = 255;

    private Inputs() {
    }

    /**
     * A square image in a row.
     *
     * @param side in pixels
     * @param columns one a pixel, row after row from the top
     */
    record Image(int side, Set<String> columns) {
    }

    /** In the training table's order. */
    static List<String> of(Problem problem) {
        return problem.train().columnNames().stream().filter(problem.test()::has).toList();
    }

    /** The image that a row is, if its columns of one name and a number are a square of bytes; an id beside them does not matter. */
    static Optional<Image> image(Table table, List<String> inputs) {
        List<String> pixels = inputs.stream().filter(name -> name.matches("(?i)[a-z_]*(pixel|px|p)[a-z_]*\\d+")).toList();
        int side = (int) Math.round(Math.sqrt(pixels.size()));
        boolean others = inputs.size() - pixels.size() > 1;
        if (side < SMALLEST_SIDE || side * side != pixels.size() || others || !pixels.stream().allMatch(name -> isByte(table.column(name)))) {
            return Optional.empty();
        }
        return Optional.of(new Image(side, new HashSet<>(pixels)));
    }

    private static boolean isByte(Column column) {
        if (!(column instanceof NumberColumn numbers) || numbers.missing() > 0 || !numbers.isWhole()) {
            return false;
        }
        for (int row = 0; row < numbers.size(); row++) {
            if (numbers.value(row) < 0 || numbers.value(row) > WHITE) {
                return false;
            }
        }
        return true;
    }
}
