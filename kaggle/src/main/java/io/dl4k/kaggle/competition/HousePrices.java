package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.Column;
import io.dl4k.data.CsvSource;
import io.dl4k.data.Labels;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import io.dl4k.data.TextColumn;
import io.dl4k.kaggle.features.FeatureMatrix;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.FrameEncoder;
import io.dl4k.kaggle.features.Grades;
import io.dl4k.kaggle.features.GroupMedian;
import io.dl4k.kaggle.features.GroupRate;
import io.dl4k.kaggle.features.PiecewiseScale;
import io.dl4k.kaggle.features.QuantileScale;
import io.dl4k.kaggle.features.TargetEncoding;
import io.dl4k.metrics.Metrics;
import io.dl4k.models.Activation;
import io.dl4k.models.Loss;
import io.dl4k.models.Mlp;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntToDoubleFunction;
import org.deeplearning4j.nn.weights.WeightInit;

/**
 * House Prices - Advanced Regression Techniques: what houses in Ames sold for, by perceptrons on the logarithm of the price.
 *
 * <p>The logarithm of a price is close to a sum: of areas in logarithms, of grades, of the neighbourhood's level. So a perceptron without hidden layers that is
 * driven to few weights is hard to beat on 1,460 rows; one with a hidden layer errs elsewhere, and both together are better than either. A category is one-hot into the
 * first layer, whose weights are its embedding.
 */
final class HousePrices implements Competition {
    private static final String TARGET = "SalePrice";
    private static final Info INFO = new Info("house-prices-advanced-regression-techniques", List.of("house-prices"),
            "House Prices - Advanced Regression Techniques", List.of(TARGET), Metrics.RMSLE, 10, 2);

    /** How the files write that a house has no such part: it is a level, not a missing value. */
    private static final String NONE = "NA";
    private static final Grades QUALITY = Grades.of(NONE, "Po", "Fa", "TA", "Gd", "Ex");
    private static final Grades FINISH = Grades.of(NONE, "Unf", "LwQ", "Rec", "BLQ", "ALQ", "GLQ");
    private static final Map<String, Grades> GRADES = grades();
    private static final List<String> YEARS = List.of("YearBuilt", "YearRemodAdd", "GarageYrBlt");
    /** Areas, prices and lengths: a doubling counts alike for the small and the large. */
    private static final List<String> SIZES = List.of("LotFrontage", "LotArea", "MasVnrArea", "BsmtFinSF1", "BsmtFinSF2", "BsmtUnfSF", "TotalBsmtSF", "1stFlrSF", "2ndFlrSF",
            "LowQualFinSF", "GrLivArea", "WoodDeckSF", "OpenPorchSF", "EnclosedPorch", "3SsnPorch", "ScreenPorch", "PoolArea", "MiscVal");
    private static final List<String> COUNTS = List.of("OverallQual", "OverallCond", "BsmtFullBath", "BsmtHalfBath", "FullBath", "HalfBath", "BedroomAbvGr", "KitchenAbvGr",
            "TotRmsAbvGrd", "Fireplaces", "GarageCars", "GarageArea");
    /** Numbers among them are codes, or have no order that a price follows. */
    private static final List<String> CATEGORIES = List.of("MSSubClass", "MSZoning", "Street", "Alley", "LandContour", "LotConfig", "Neighborhood", "Condition1", "Condition2",
            "BldgType", "HouseStyle", "RoofStyle", "RoofMatl", "Exterior1st", "Exterior2nd", "MasVnrType", "Foundation", "Heating", "Electrical", "GarageType", "MiscFeature", "MoSold",
            "YrSold", "SaleType", "SaleCondition", "OverallQual", "OverallCond");
    /** Rows a level needs for a column of its own. */
    private static final int LEVEL_ROWS = 5;
    private static final double SMOOTHING = 5;
    private static final int ENCODING_PARTS = 5;
    private static final long ENCODING_SEED = 1;

    /** Numbers along which the price does not rise evenly; the sums are {@link Houses#bent}'s own. */
    private static final List<String> BENT = List.of("LotArea", "YearBuilt", "YearRemodAdd", "TotalBsmtSF", "BsmtFinSF1", "BsmtUnfSF", "1stFlrSF", "2ndFlrSF", "GrLivArea",
            "GarageArea", "MasVnrArea", "WoodDeckSF", "OpenPorchSF", "TotRmsAbvGrd", "OverallQual", "OverallCond", "total area", "age");
    private static final int PIECES = 6;
    private static final int RANK_KNOTS = 50;

    /** How the numbers of {@link #BENT} are given beside themselves. */
    private enum Bends {
        /** By their ranks, which is enough for weights that each have to earn their keep. */
        RANKS,
        /** In pieces. */
        PIECES
    }

    private final List<Candidate> candidates = List.of(
            new Candidate("mlp", Family.MLP, new HousePreparation(Bends.PIECES),
                    (encoder, outputs, seed) -> Mlp.regressor(encoder.width(), outputs).hidden(256).activation(Activation.GELU).dropout(0.2).inputDropout(0.2).l2(1e-2)
                            .loss(Loss.huber(0.3)).seed(seed).build(),
                    new Candidate.Recipe(40, 64, 2e-3)),
            // From zero weights the penalty leaves at zero whatever does not earn its keep.
            new Candidate("perceptron", Family.MLP, new HousePreparation(Bends.RANKS),
                    (encoder, outputs, seed) -> Mlp.regressor(encoder.width(), outputs).weightInit(WeightInit.ZERO).l1(2e-3).seed(seed).build(),
                    new Candidate.Recipe(80, 64, 2e-2)));

    private static Map<String, Grades> grades() {
        Map<String, Grades> grades = new LinkedHashMap<>();
        for (String column : List.of("ExterQual", "ExterCond", "BsmtQual", "BsmtCond", "HeatingQC", "KitchenQual", "FireplaceQu", "GarageQual", "GarageCond", "PoolQC")) {
            grades.put(column, QUALITY);
        }
        grades.put("BsmtFinType1", FINISH);
        grades.put("BsmtFinType2", FINISH);
        grades.put("BsmtExposure", Grades.of(NONE, "No", "Mn", "Av", "Gd"));
        grades.put("Functional", Grades.of("Sal", "Sev", "Maj2", "Maj1", "Mod", "Min2", "Min1", "Typ"));
        grades.put("GarageFinish", Grades.of(NONE, "Unf", "RFn", "Fin"));
        grades.put("PavedDrive", Grades.of("N", "P", "Y"));
        grades.put("Fence", Grades.of(NONE, "MnWw", "GdWo", "MnPrv", "GdPrv"));
        grades.put("LandSlope", Grades.of("Sev", "Mod", "Gtl"));
        grades.put("LotShape", Grades.of("IR3", "IR2", "IR1", "Reg"));
        grades.put("CentralAir", Grades.of("N", "Y"));
        return grades;
    }

    @Override
    public Info info() {
        return INFO;
    }

    @Override
    public List<Candidate> candidates() {
        return candidates;
    }

    @Override
    public Table read(CsvSource csv) {
        Table table = Table.read(csv, TableOptions.DEFAULT.withAsText("Id"));
        GRADES.keySet().forEach(table::column);
        CATEGORIES.forEach(table::column);
        for (List<String> columns : List.of(SIZES, COUNTS)) {
            columns.forEach(name -> NumberRange.NOT_NEGATIVE.require(table, name));
        }
        YEARS.forEach(name -> NumberRange.YEARS.require(table, name));
        NumberRange.YEARS.require(table, "YrSold");
        return table;
    }

    @Override
    public Targets targets(Table train) {
        return NumberTargets.of(train, INFO.targetColumns(), Link.LOG1P, NumberTargets.Joined.EACH);
    }

    /** Houses by row. What is missing of a size or a count is not there: 0. */
    private static final class Houses {
        private final Table table;
        private final Map<String, NumberColumn> numbers = new HashMap<>();
        private final TextColumn neighbourhoods;
        private final TextColumn conditions;
        private final NumberColumn sold;

        Houses(Table table) {
            this.table = table;
            for (List<String> columns : List.of(SIZES, COUNTS, YEARS)) {
                columns.forEach(name -> numbers.put(name, table.numbers(name)));
            }
            neighbourhoods = table.text("Neighborhood");
            conditions = table.text("SaleCondition");
            sold = table.numbers("YrSold");
        }

        double number(String column, int row) {
            return numbers.get(column).value(row);
        }

        double sum(int row, String... columns) {
            double sum = 0;
            for (String column : columns) {
                double x = number(column, row);
                sum += Double.isNaN(x) ? 0 : x;
            }
            return sum;
        }

        double grade(String column, int row) {
            return GRADES.get(column).rank(table.column(column).text(row));
        }

        /** Grades that are not known count as typical. */
        double gradeOrTypical(String column, int row) {
            double grade = grade(column, row);
            return Double.isNaN(grade) ? QUALITY.rank("TA") : grade;
        }

        /** One garage of the test set was built in 2207. */
        double year(String column, int row) {
            double year = number(column, row);
            double built = number("YearBuilt", row);
            return Double.isNaN(year) || year > sold.value(row) + 1 ? built : year;
        }

        double area(int row) {
            return sum(row, "TotalBsmtSF", "1stFlrSF", "2ndFlrSF");
        }

        double bent(String name, int row) {
            return switch (name) {
                case "total area" -> area(row);
                case "age" -> sold.value(row) - year("YearBuilt", row);
                case "YearBuilt", "YearRemodAdd" -> year(name, row);
                default -> sum(row, name);
            };
        }

        double yearsSince(String column, int row) {
            return Math.log1p(Math.max(0, sold.value(row) - year(column, row)));
        }

        /** De Cock, "Ames, Iowa" (Journal of Statistics Education 19, 2011): partial sales of over 4,000 square feet, sold before they were finished. */
        boolean unfinishedMansion(int row) {
            return number("GrLivArea", row) > 4000 && "Partial".equals(conditions.value(row));
        }
    }

    /**
     * What is learned from a fold's houses.
     *
     * @param frontages by neighbourhood, for lots without
     * @param neighbourhoods how much more or less than the average they cost
     * @param ranks of bent numbers, where the network is given ranks
     * @param pieces of bent numbers, where the network is given pieces
     * @param frame scales and levels
     */
    record HouseEncoder(GroupMedian frontages, GroupRate neighbourhoods, Map<String, QuantileScale> ranks, Map<String, PiecewiseScale> pieces, FrameEncoder frame)
            implements Encoder {
        HouseEncoder {
            ranks = Collections.unmodifiableMap(new LinkedHashMap<>(ranks));
            pieces = Collections.unmodifiableMap(new LinkedHashMap<>(pieces));
        }

        @Override
        public boolean rowByRow() {
            return true;
        }

        @Override
        public int width() {
            return frame.names().size();
        }

        @Override
        public BatchSource batches(Table table, int[] rows, int batchSize) {
            Houses houses = new Houses(table);
            Frame columns = columns(houses, frontages, row -> neighbourhoods.of(houses.neighbourhoods.value(row)), ranks, pieces);
            return source(frame.encode(columns, rows), Labels.none(), batchSize, OptionalLong.empty());
        }
    }

    private static BatchSource source(FeatureMatrix matrix, Labels labels, int batchSize, OptionalLong seed) {
        return Batches.ofRows(matrix.values(), matrix.width(), labels, CompetitionRun.all(matrix.rows()), batchSize, seed);
    }

    private record HousePreparation(Bends bends) implements Preparation {
        @Override
        public Fitted fit(Table train, int[] rows, FoldTargets targets) {
            Houses houses = new Houses(train);
            GroupMedian frontages = GroupMedian.fit(rows, houses.neighbourhoods::value, row -> houses.number("LotFrontage", row));
            TargetEncoding neighbourhoods = TargetEncoding.fit(rows, houses.neighbourhoods::value, targets::value, SMOOTHING, ENCODING_PARTS, ENCODING_SEED);
            Map<String, QuantileScale> ranks = new LinkedHashMap<>();
            Map<String, PiecewiseScale> pieces = new LinkedHashMap<>();
            for (String name : BENT) {
                double[] values = Arrays.stream(rows).mapToDouble(row -> houses.bent(name, row)).toArray();
                if (bends == Bends.RANKS) {
                    ranks.put(name, QuantileScale.fit(values, RANK_KNOTS));
                } else {
                    pieces.put(name, PiecewiseScale.fit(values, PIECES));
                }
            }
            Frame columns = columns(houses, frontages, row -> neighbourhoods.of(row, houses.neighbourhoods.value(row)), ranks, pieces);
            FrameEncoder frame = FrameEncoder.fit(columns, rows, LEVEL_ROWS);
            FeatureMatrix matrix = frame.encode(columns, rows);
            Labels labels = targets.labels(rows);
            return new Fitted(new HouseEncoder(frontages, neighbourhoods.rates(), ranks, pieces, frame), (batchSize, seed) -> source(matrix, labels, batchSize, OptionalLong.of(seed)));
        }

        @Override
        public Class<HouseEncoder> encoderType() {
            return HouseEncoder.class;
        }
    }

    private static Frame columns(Houses h, GroupMedian frontages, IntToDoubleFunction neighbourhood, Map<String, QuantileScale> ranks,
            Map<String, PiecewiseScale> pieces) {
        Frame frame = new Frame(h.table.rows());
        for (String name : SIZES) {
            if (name.equals("LotFrontage")) {
                frame.number(name, row -> Math.log1p(frontages.orMedian(h.number(name, row), h.neighbourhoods.value(row))));
            } else {
                frame.number(name, row -> Math.log1p(h.sum(row, name)));
            }
        }
        COUNTS.forEach(name -> frame.number(name, row -> h.sum(row, name)));
        YEARS.forEach(name -> frame.number(name, row -> h.year(name, row)));
        GRADES.keySet().forEach(name -> frame.number(name, row -> h.grade(name, row)));
        sums(frame, h);
        flags(frame, h);
        // In an order of our own: a model file keeps that of maps' entries no more than it has to.
        BENT.stream().filter(ranks::containsKey).forEach(name -> frame.number("rank of " + name, row -> ranks.get(name).of(h.bent(name, row))));
        BENT.stream().filter(pieces::containsKey).forEach(name -> {
            PiecewiseScale scale = pieces.get(name);
            for (int piece = 0; piece < scale.pieces(); piece++) {
                int number = piece;
                frame.number(name + ", piece " + (piece + 1), row -> scale.of(h.bent(name, row), number));
            }
        });
        frame.number("neighbourhood's level", neighbourhood);
        for (String name : CATEGORIES) {
            Column column = h.table.column(name);
            frame.category("level of " + name, column::text);
        }
        return frame;
    }

    /** What a buyer adds up, and products that a sum of logarithms cannot make. */
    private static void sums(Frame frame, Houses h) {
        IntToDoubleFunction quality = row -> h.number("OverallQual", row);
        IntToDoubleFunction condition = row -> h.number("OverallCond", row);
        IntToDoubleFunction area = row -> Math.log1p(h.area(row));
        frame.number("total area", area)
                .number("area squared", row -> area.applyAsDouble(row) * area.applyAsDouble(row))
                .number("finished area", row -> Math.log1p(h.sum(row, "GrLivArea", "BsmtFinSF1", "BsmtFinSF2")))
                .number("area a room", row -> Math.log1p(h.sum(row, "GrLivArea") / Math.max(1, h.sum(row, "TotRmsAbvGrd"))))
                .number("ground floor's part of the lot", row -> Math.log1p(h.sum(row, "1stFlrSF") / Math.max(1, h.sum(row, "LotArea"))))
                .number("porches and decks", row -> Math.log1p(h.sum(row, "OpenPorchSF", "EnclosedPorch", "3SsnPorch", "ScreenPorch", "WoodDeckSF")))
                .number("baths", row -> h.sum(row, "FullBath", "BsmtFullBath") + h.sum(row, "HalfBath", "BsmtHalfBath") / 2)
                .number("quality squared", row -> quality.applyAsDouble(row) * quality.applyAsDouble(row))
                .number("condition squared", row -> condition.applyAsDouble(row) * condition.applyAsDouble(row))
                .number("quality by condition", row -> quality.applyAsDouble(row) * condition.applyAsDouble(row))
                .number("quality by area", row -> quality.applyAsDouble(row) * area.applyAsDouble(row))
                .number("quality by living area", row -> quality.applyAsDouble(row) * Math.log1p(h.sum(row, "GrLivArea")))
                .number("sum of grades", row -> GRADES.keySet().stream().filter(name -> GRADES.get(name) == QUALITY).mapToDouble(name -> h.gradeOrTypical(name, row)).sum())
                .number("quality inside and out", row -> quality.applyAsDouble(row) + h.gradeOrTypical("ExterQual", row) + h.gradeOrTypical("KitchenQual", row))
                .number("age", row -> h.yearsSince("YearBuilt", row))
                .number("years since remodelled", row -> h.yearsSince("YearRemodAdd", row))
                .number("years since the garage", row -> h.yearsSince("GarageYrBlt", row));
    }

    private static void flags(Frame frame, Houses h) {
        frame.flag("remodelled", row -> h.year("YearRemodAdd", row) > h.year("YearBuilt", row))
                .flag("new", row -> h.year("YearBuilt", row) >= h.sold.value(row))
                .flag("second floor", row -> h.sum(row, "2ndFlrSF") > 0)
                .flag("garage", row -> h.sum(row, "GarageArea") > 0)
                .flag("basement", row -> h.sum(row, "TotalBsmtSF") > 0)
                .flag("fireplace", row -> h.sum(row, "Fireplaces") > 0)
                .flag("pool", row -> h.sum(row, "PoolArea") > 0)
                .flag("porch", row -> h.sum(row, "OpenPorchSF") > 0)
                .flag("deck", row -> h.sum(row, "WoodDeckSF") > 0)
                .flag("veneer", row -> h.sum(row, "MasVnrArea") > 0)
                .flag("unfinished mansion", h::unfinishedMansion);
    }
}
