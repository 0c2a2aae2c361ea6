package io.dl4k.kaggle.competition;

import io.dl4k.data.Column;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Pixels;
import io.dl4k.data.Table;
import io.dl4k.data.TextColumn;
import io.dl4k.kaggle.features.text.TweetTokenizer;
import io.dl4k.kaggle.page.Png;
import io.dl4k.kaggle.report.WorstErrors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Shows training rows as a person looks at them: pixels as an image, long texts as text, other rows by their values. */
sealed interface RowExhibits {
    /** A row of the training table. */
    WorstErrors.Exhibit of(int row);

    /** @param order columns to be shown first */
    static RowExhibits of(Problem problem, List<String> order) {
        List<String> inputs = Inputs.of(problem);
        Optional<Inputs.Image> image = Inputs.image(problem.train(), inputs);
        if (image.isPresent()) {
            return new Images(problem.train().pixels(image.get().columns()::contains), image.get().side());
        }
        // Importance knows a column only if it was tried.
        List<String> columns = Stream.concat(order.stream().filter(inputs::contains), inputs.stream()).distinct().toList();
        Optional<String> text = longest(problem.train(), inputs);
        return text.isPresent() ? new Texts(problem.train(), text.get(), columns.stream().filter(c -> !c.equals(text.get())).toList()) : new Rows(problem.train(), columns);
    }

    private static Optional<String> longest(Table table, List<String> inputs) {
        return inputs.stream().filter(name -> meanLength(table.column(name)) >= Texts.LEAST_LENGTH).max(Comparator.comparingDouble(name -> meanLength(table.column(name))));
    }

    private static double meanLength(Column column) {
        return column instanceof TextColumn text ? text.values().stream().mapToInt(value -> value == null ? 0 : value.length()).average().orElse(0) : 0;
    }

    /** Grey images, stretched from the darkest value to the lightest that the set has. */
    record Images(Pixels pixels, int side) implements RowExhibits {
        private static final int WHITE = 255;

        @Override
        public WorstErrors.Exhibit of(int row) {
            byte[] image = pixels.image(row);
            int most = 1;
            for (byte pixel : image) {
                most = Math.max(most, pixel & WHITE);
            }
            for (int i = 0; i < image.length; i++) {
                image[i] = (byte) ((image[i] & WHITE) * WHITE / most);
            }
            return new WorstErrors.Image(side, Png.grey(image, side));
        }
    }

    /** A text as it was meant, wrong decodings and entities undone, and the row's other values. */
    record Texts(Table table, String column, List<String> others) implements RowExhibits {
        /** Characters on average from which on a column is read and not looked up. */
        static final int LEAST_LENGTH = 40;
        private static final int MOST_CHARACTERS = 600;

        @Override
        public WorstErrors.Exhibit of(int row) {
            String text = table.column(column).isMissing(row) ? "" : TweetTokenizer.clean(table.column(column).text(row));
            return new WorstErrors.Text(shortened(text, MOST_CHARACTERS), values(table, others, row));
        }
    }

    /** The row's values. */
    record Rows(Table table, List<String> columns) implements RowExhibits {
        @Override
        public WorstErrors.Exhibit of(int row) {
            return new WorstErrors.Values(values(table, columns, row));
        }
    }

    private static List<WorstErrors.Value> values(Table table, List<String> columns, int row) {
        int mostColumns = 8;
        int mostCharacters = 80;
        List<WorstErrors.Value> values = new ArrayList<>();
        for (String name : columns.subList(0, Math.min(mostColumns, columns.size()))) {
            Column column = table.column(name);
            String text = column.isMissing(row) ? "" : column.text(row);
            values.add(new WorstErrors.Value(name, column instanceof NumberColumn ? text : shortened(text, mostCharacters)));
        }
        return values;
    }

    private static String shortened(String text, int most) {
        int end = Math.min(text.length(), most);
        return end == text.length() ? text : text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "\u2026";
    }
}
