package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.Labels;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.FoldTargets;
import io.dl4k.kaggle.competition.Preparation;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.FrameEncoder;
import io.dl4k.kaggle.features.GroupRate;
import io.dl4k.kaggle.features.QuantileScale;
import io.dl4k.kaggle.features.TargetEncoding;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.FeatureSpec;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Learns a {@link TableEncoder} from the training rows of a fold.
 *
 * @param columns that are not ignored, by name, in the recipe's order
 * @param features what becomes of them
 * @param ordered whether targets have an order, so that a value has a mean target: two classes, or numbers
 * @param binary whether targets are one of two classes
 */
record TablePreparation(Map<String, ColumnKind> columns, FeatureSpec features, boolean ordered, boolean binary) implements Preparation {
    private static final int MOST_KNOTS = 256;
    /** Rows' worth of doubt in how a value fared. */
    private static final double SMOOTHING = 10;
    private static final int PARTS = 5;
    /** Values that a column needs, so that how they fared says more than which they are; with fewer, it costs more than it tells. */
    private static final int FEWEST_RATED = 12;

    static TablePreparation of(Recipe recipe, FeatureSpec features) {
        Map<String, ColumnKind> columns = new java.util.LinkedHashMap<>(recipe.columns());
        columns.values().removeIf(kind -> kind == ColumnKind.IGNORE);
        Task task = recipe.task().orElseThrow();
        return new TablePreparation(columns, features, task != Task.CLASSES, task == Task.BINARY);
    }

    @Override
    public Fitted fit(Table train, int[] rows, FoldTargets targets) {
        List<Source> sources = new ArrayList<>();
        Map<String, TargetEncoding> encodings = new HashMap<>();
        columns.forEach((name, kind) -> {
            Column column = train.column(name);
            rated(column, kind, rows).ifPresent((long seed) -> encodings.put(name,
                    TargetEncoding.fit(rows, row -> Source.level(column, row), targets::value, SMOOTHING, PARTS, seed)));
            List<GroupRate> rates = encodings.containsKey(name) ? List.of(encodings.get(name).rates()) : List.of();
            boolean measured = kind == ColumnKind.NUMBER || kind == ColumnKind.LEVEL;
            Source.Range range = Source.Range.of(measured ? Arrays.stream(rows).mapToDouble(train.numbers(name)::value).toArray() : new double[0]);
            sources.add(new Source(name, kind, logarithm(train, name, kind, rows), range.low(), range.high(), kind == ColumnKind.DATE ? List.of(dates(train, column)) : List.of(), quantiles(train, name, kind, rows), rates));
        });
        Frame frame = new Frame(train.rows());
        for (Source source : sources) {
            Column column = train.column(source.name());
            source.addTo(frame, train, row -> encodings.get(source.name()).of(row, Source.level(column, row)));
        }
        TableEncoder encoder = new TableEncoder(sources, FrameEncoder.fit(frame, rows, Math.min(features.rare(), Math.max(1, rows.length / 20))), words(train, rows, targets));
        TableEncoder.Encoded encoded = encoder.source(train, frame, rows);
        Labels labels = targets.labels(rows);
        return new Fitted(encoder, (batchSize, seed) -> encoded.apply(labels, batchSize, OptionalLong.of(seed)));
    }

    @Override
    public Class<TableEncoder> encoderType() {
        return TableEncoder.class;
    }

    /** @return the seed of the parts, where a column is given by how its values fared */
    private OptionalLong rated(Column column, ColumnKind kind, int[] rows) {
        boolean kinds = kind == ColumnKind.CATEGORY || kind == ColumnKind.CODE || kind == ColumnKind.LEVEL;
        if (!features.rates() || !ordered || !kinds || rows.length < 2 * PARTS) {
            return OptionalLong.empty();
        }
        long distinct = Arrays.stream(rows).mapToObj(row -> Source.level(column, row)).distinct().limit(FEWEST_RATED).count();
        return distinct < FEWEST_RATED ? OptionalLong.empty() : OptionalLong.of(column.name().hashCode());
    }

    private List<QuantileScale> quantiles(Table train, String name, ColumnKind kind, int[] rows) {
        if (!features.quantiles() || kind != ColumnKind.NUMBER && kind != ColumnKind.LEVEL) {
            return List.of();
        }
        NumberColumn column = train.numbers(name);
        return List.of(QuantileScale.fit(Arrays.stream(rows).mapToDouble(column::value).toArray(), MOST_KNOTS));
    }

    /** Numbers of at least 0 that are skewed, such as areas and incomes: a doubling counts alike for the small and the large. */
    private static boolean logarithm(Table train, String name, ColumnKind kind, int[] rows) {
        if (kind != ColumnKind.NUMBER) {
            return false;
        }
        NumberColumn column = train.numbers(name);
        return Skew.byLogarithm(Arrays.stream(rows).mapToDouble(column::value).filter(x -> !Double.isNaN(x)).toArray());
    }

    private static Dates dates(Table train, Column column) {
        return Dates.of(Look.texts(column)).orElseThrow(() -> DataException.at(train.name(), 0, column.name(),
                "the recipe says that it holds dates, but they follow no pattern that is known. Make it a category, or ignore it."));
    }

    private List<Words> words(Table train, int[] rows, FoldTargets targets) {
        if (features.words() == 0) {
            return List.of();
        }
        return columns.entrySet().stream().filter(c -> c.getValue() == ColumnKind.TEXT)
                .map(c -> Words.fit(train.column(c.getKey()), rows, features.words(), binary ? row -> (int) targets.value(row) : null)).filter(w -> w.weights().width() > 0).toList();
    }
}
