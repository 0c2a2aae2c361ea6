package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.Labels;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.FoldTargets;
import io.dl4k.kaggle.competition.Preparation;
import io.dl4k.kaggle.features.Cross;
import io.dl4k.kaggle.features.Crosses;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.FrameEncoder;
import io.dl4k.kaggle.features.GroupRate;
import io.dl4k.kaggle.features.OddRows;
import io.dl4k.kaggle.features.PiecewiseScale;
import io.dl4k.kaggle.features.QuantileScale;
import io.dl4k.kaggle.features.TargetEncoding;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.FeatureSpec;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.SplitSpec;
import io.dl4k.kaggle.recipe.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Learns a {@link TableEncoder} from the training rows of a fold.
 *
 * @param columns that are not ignored, by name, in the recipe's order
 * @param features what becomes of them
 * @param ordered whether targets have an order, so that a value has a mean target: two classes, or numbers
 * @param binary whether targets are one of two classes
 * @param split of the recipe, if it has one: where groups are new in the rows to predict, how they fared tells nothing there
 * @param found pairs of columns that were found before, in this fold for another candidate
 */
record TablePreparation(Map<String, ColumnKind> columns, FeatureSpec features, boolean ordered, boolean binary, Optional<SplitSpec> split, FoundCrosses found) implements Preparation {
    private static final int MOST_KNOTS = 256;
    /** Inputs that the values of one column may have; rarer ones are told by how they fared. Many rows with many inputs take long and much memory. */
    private static final int MOST_LEVELS = 300;
    private static final int MOST_LEVELS_OF_MANY = 100;
    private static final int MANY_ROWS = 20_000;
    /** Numbers of which ranges and ranks are learned, spread over the rows. */
    private static final int MOST_NUMBERS = 20_000;
    /** Rows' worth of doubt in how a value fared. */
    private static final double SMOOTHING = 10;
    private static final int PARTS = 5;
    /** Values that a column needs, so that how they fared says more than which they are; with fewer, it costs more than it tells. */
    private static final int FEWEST_RATED = 12;
    /** Rows that each of a column's whole numbers needs on average, so that how they fared is told. */
    private static final int ROWS_A_NUMBER = 20;
    /** Share of the rows on the smaller side of a column that parts them in two. */
    private static final double SMALLEST_PART = 0.1;
    /** Parts in which the fate of a company is learned from others: companies are small, and each one less is missed. */
    private static final int PARTS_OF_COMPANIES = 10;
    private static final int MOST_FLAGS = 3;

    static TablePreparation of(Recipe recipe, FeatureSpec features, FoundCrosses found) {
        Map<String, ColumnKind> columns = new LinkedHashMap<>(recipe.columns());
        columns.values().removeIf(kind -> kind == ColumnKind.IGNORE);
        Task task = recipe.task().orElseThrow();
        return new TablePreparation(columns, features, task != Task.CLASSES, task == Task.BINARY, recipe.split(), found);
    }

    @Override
    public Fitted fit(Table train, int[] rows, FoldTargets targets) {
        List<Source> sources = new ArrayList<>();
        List<CommonWords> common = new ArrayList<>();
        Map<String, TargetEncoding> encodings = new HashMap<>();
        Map<String, List<String>> sides = sides(train, rows);
        columns.forEach((name, kind) -> {
            Column column = train.column(name);
            rated(column, kind, rows).ifPresent((long seed) -> encodings.put(name,
                    TargetEncoding.fit(rows, row -> Source.level(column, row), targets::value, SMOOTHING, PARTS, seed)));
            List<GroupRate> rates = encodings.containsKey(name) ? List.of(encodings.get(name).rates()) : List.of();
            boolean measured = kind.measured() || kind == ColumnKind.LEVEL;
            Source.Range range = Source.Range.of(measured ? numbers(train, name, rows) : new double[0]);
            boolean dated = kind == ColumnKind.DATE;
            sources.add(new Source(name, kind, logarithm(train, name, kind, rows), range.low(), range.high(),
                    dated ? List.of(dates(train, column)) : List.of(), asked(name), dated ? List.copyOf(sides.keySet()) : List.of(),
                    kind == ColumnKind.CATEGORY ? WordScales.of(column, rows).stream().toList() : List.of(), quantiles(train, name, kind, rows), pieces(train, name, kind, rows), rates));
            if (kind == ColumnKind.TEXT) {
                CommonWords.of(column, rows).ifPresent(common::add);
            }
        });
        Frame frame = new Frame(train.rows(), rows);
        for (Source source : sources) {
            Column column = train.column(source.name());
            TargetEncoding encoding = encodings.get(source.name());
            source.addTo(frame, train, row -> encoding.of(row, Source.level(column, row)), row -> encoding.others(row, Source.level(column, row)));
        }
        common.forEach(words -> words.addTo(frame, train));
        List<Company.Fitted> companies = companies(train, rows, sides, targets);
        companies.forEach(company -> company.addTo(frame, train));
        FoundCrosses.Together together = together(train, sources, rows, targets);
        together.odd().forEach(apart -> apart.addTo(frame));
        frame.crosses(together.crosses());
        FrameEncoder scaled = FrameEncoder.fit(frame, rows, Math.min(features.rare(), Math.max(1, rows.length / 20)),
                rows.length < MANY_ROWS ? MOST_LEVELS : MOST_LEVELS_OF_MANY);
        TableEncoder encoder = new TableEncoder(sources, common, companies.stream().map(Company.Fitted::company).toList(), together.crosses(), together.odd(), scaled, words(train, rows, targets));
        TableEncoder.Encoded encoded = encoder.source(train, frame, rows);
        Labels labels = targets.labels(rows);
        return new Fitted(encoder, (batchSize, seed) -> encoded.apply(labels, batchSize, OptionalLong.of(seed)));
    }

    private boolean splits(String column, SplitSpec.Kind kind) {
        return split.filter(by -> by.kind() == kind && by.column().filter(column::equals).isPresent()).isPresent();
    }

    private Source.Asked asked(String column) {
        return splits(column, SplitSpec.Kind.LATER) ? Source.Asked.AFTER : splits(column, SplitSpec.Kind.BLOCKS) ? Source.Asked.BETWEEN : Source.Asked.ANYWHERE;
    }

    @Override
    public Class<TableEncoder> encoderType() {
        return TableEncoder.class;
    }

    /** @return the seed of the parts, where a column is given by how its values fared */
    private OptionalLong rated(Column column, ColumnKind kind, int[] rows) {
        boolean kinds = kind == ColumnKind.CATEGORY || kind == ColumnKind.CODE || kind == ColumnKind.LEVEL || kind == ColumnKind.NUMBER && column instanceof NumberColumn numbers && numbers.isWhole();
        if (!features.rates() || !ordered || !kinds || splits(column.name(), SplitSpec.Kind.GROUPED) || rows.length < 2 * PARTS) {
            return OptionalLong.empty();
        }
        // Whole numbers that come again and again may be names, such as those of stores.
        int enough = kind == ColumnKind.NUMBER ? Math.max(FEWEST_RATED, rows.length / ROWS_A_NUMBER + 1) : FEWEST_RATED;
        long distinct = Arrays.stream(rows).mapToObj(row -> Source.level(column, row)).distinct().limit(enough).count();
        boolean rated = distinct >= FEWEST_RATED && (kind != ColumnKind.NUMBER || distinct < enough);
        return rated ? OptionalLong.of(column.name().hashCode()) : OptionalLong.empty();
    }

    /** Columns that part the rows in two, such as working days from others, and their values: the hours of a day mean another thing in each part. */
    private Map<String, List<String>> sides(Table train, int[] rows) {
        Map<String, List<String>> sides = new LinkedHashMap<>();
        columns.forEach((name, kind) -> {
            if (sides.size() < MOST_FLAGS && (kind == ColumnKind.NUMBER || kind == ColumnKind.CATEGORY)) {
                Map<String, Integer> counts = counts(train.column(name), rows);
                if (counts.size() == 2 && counts.values().stream().allMatch(n -> n >= SMALLEST_PART * rows.length)) {
                    sides.put(name, List.copyOf(counts.keySet()));
                }
            }
        });
        return sides;
    }

    /** Rows of each value; of a column of more than two values, only of three. */
    private static Map<String, Integer> counts(Column column, int[] rows) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int row : rows) {
            counts.merge(Company.side(column, row), 1, Integer::sum);
            if (counts.size() > 2) {
                break;
            }
        }
        return counts;
    }

    /** Where the rows to predict are of other groups, nobody of a row's company is known there; of many rows there would be too many companies to keep. */
    private List<Company.Fitted> companies(Table train, int[] rows, Map<String, List<String>> sides, FoldTargets targets) {
        boolean grouped = split.filter(by -> by.kind() == SplitSpec.Kind.GROUPED).isPresent();
        if (!features.rates() || !ordered || grouped || rows.length < 2 * PARTS_OF_COMPANIES || rows.length >= MANY_ROWS) {
            return List.of();
        }
        return columns.entrySet().stream().flatMap(column -> Company.of(train, column.getKey(), column.getValue(), rows, sides, targets::value, PARTS_OF_COMPANIES).stream()).toList();
    }

    private static double[] numbers(Table train, String name, int[] rows) {
        int n = Math.min(rows.length, MOST_NUMBERS);
        int[] some = IntStream.range(0, n).map(i -> rows[(int) ((long) i * rows.length / n)]).toArray();
        double[] all = Measures.of(train, name, some);
        return IntStream.of(some).mapToDouble(row -> all[row]).toArray();
    }

    private List<QuantileScale> quantiles(Table train, String name, ColumnKind kind, int[] rows) {
        if (!features.quantiles() || !kind.measured() && kind != ColumnKind.LEVEL) {
            return List.of();
        }
        return List.of(QuantileScale.fit(numbers(train, name, rows), MOST_KNOTS));
    }

    private List<PiecewiseScale> pieces(Table train, String name, ColumnKind kind, int[] rows) {
        if (features.pieces() == 0 || !kind.measured()) {
            return List.of();
        }
        PiecewiseScale scale = PiecewiseScale.fit(numbers(train, name, rows), features.pieces());
        // One piece is the number itself.
        return scale.pieces() < 2 ? List.of() : List.of(scale);
    }

    /** Looked for among the columns by themselves, so that every candidate finds the same. */
    private FoundCrosses.Together together(Table train, List<Source> sources, int[] rows, FoldTargets targets) {
        if (features.crosses() == 0) {
            return FoundCrosses.Together.NOTHING;
        }
        return found.computeIfAbsent(rows, () -> {
            Frame plain = new Frame(train.rows(), rows);
            sources.forEach(source -> source.plain().addTo(plain, train, row -> 0, row -> 0));
            Set<String> logarithms = sources.stream().filter(Source::logarithm).map(Source::name).collect(Collectors.toSet());
            Labels labels = targets.labels(rows);
            List<Cross> crosses = Crosses.find(plain, logarithms, rows, labels.toRows(IntStream.range(0, rows.length).toArray()), FoundCrosses.MOST);
            boolean numbers = ordered && !binary && labels.width() == 1;
            Optional<OddRows> odd = numbers ? OddRows.find(plain, rows, Arrays.stream(rows).mapToDouble(targets::value).toArray()) : Optional.empty();
            return new FoundCrosses.Together(crosses, odd.stream().toList());
        }).first(features.crosses());
    }

    /** Numbers of at least 0 that are skewed, such as areas and incomes: a doubling counts alike for the small and the large. */
    private static boolean logarithm(Table train, String name, ColumnKind kind, int[] rows) {
        if (!kind.measured()) {
            return false;
        }
        return Skew.byLogarithm(Arrays.stream(numbers(train, name, rows)).filter(x -> !Double.isNaN(x)).toArray());
    }

    static Dates dates(Table train, Column column) {
        return Dates.of(Look.texts(column)).orElseThrow(() -> DataException.at(train.name(), 0, column.name(),
                "the recipe says that it holds dates, but they follow no pattern that is known. Make it a category, or ignore it."));
    }

    private List<Words> words(Table train, int[] rows, FoldTargets targets) {
        List<Words> all = new ArrayList<>();
        columns.forEach((name, kind) -> {
            for (Words.Kind terms : Words.Kind.values()) {
                int most = terms == Words.Kind.WORDS ? features.words() : features.parts();
                if (kind == ColumnKind.TEXT && most > 0) {
                    Words words = Words.fit(train.column(name), terms, rows, most, binary ? row -> (int) targets.value(row) : null);
                    if (words.weights().width() > 0) {
                        all.add(words);
                    }
                }
            }
        });
        return all;
    }
}
