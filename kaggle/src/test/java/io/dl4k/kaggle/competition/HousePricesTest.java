package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import io.dl4k.data.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.dataset.DataSet;

class HousePricesTest {
    private static final HousePrices HOUSES = new HousePrices();
    private static final Preparation MLP = HOUSES.candidates().get(0).preparation();
    private static final Preparation PERCEPTRON = HOUSES.candidates().get(1).preparation();

    private static Table table(String text) {
        return HOUSES.read(Rows.csv("train.csv", text));
    }

    private static Table house(Object... columnsAndValues) {
        return table(String.join(",", HouseRows.HEADER) + "\n" + HouseRows.with(HouseRows.TYPICAL, columnsAndValues) + "\n");
    }

    private static Preparation.Fitted fit(Preparation preparation, Table train, int[] rows) {
        return preparation.fit(train, rows, HOUSES.targets(train).fit(rows));
    }

    private static HousePrices.HouseEncoder fitted(Preparation preparation) {
        return (HousePrices.HouseEncoder) fit(preparation, table(HouseRows.table(120, 1, 1, true)), CompetitionRun.all(120)).encoder();
    }

    /** Features by name of the first row, all finite. */
    private static Map<String, Float> features(HousePrices.HouseEncoder encoder, Table table) {
        float[] values = Rows.features(encoder.batches(table, new int[] {0}, 1))[0];
        Map<String, Float> features = new TreeMap<>();
        for (int i = 0; i < values.length; i++) {
            assertTrue(Float.isFinite(values[i]), encoder.frame().names().get(i));
            features.put(encoder.frame().names().get(i), values[i]);
        }
        return features;
    }

    @Test
    void batches_missingFrontage_isTheNeighbourhoodsMedian() {
        HousePrices.HouseEncoder encoder = fitted(MLP);
        assertEquals(60, encoder.frontages().groups().get("Hood2"));
        Map<String, Float> known = features(encoder, house("Neighborhood", "Hood2", "LotFrontage", 60));
        Map<String, Float> missing = features(encoder, house("Neighborhood", "Hood2", "LotFrontage", "NA"));
        assertEquals(known.get("LotFrontage"), missing.get("LotFrontage"));
    }

    @Test
    void batches_unseenCategories_areFiniteAndAverage() {
        HousePrices.HouseEncoder encoder = fitted(MLP);
        Map<String, Float> features = features(encoder, house("Neighborhood", "Elsewhere", "MSSubClass", 999, "ExterQual", "??", "SaleType", "NA", "LotFrontage", "NA"));
        assertTrue(features.entrySet().stream().filter(e -> e.getKey().startsWith("level of Neighborhood=")).allMatch(e -> e.getValue() == 0));
        assertEquals(0, encoder.neighbourhoods().of("Elsewhere"));
    }

    @Test
    void batches_garageOfTheFuture_isOfTheHousesYear() {
        HousePrices.HouseEncoder encoder = fitted(MLP);
        assertEquals(features(encoder, house("GarageYrBlt", 2003)), features(encoder, house("GarageYrBlt", 2207)));
        assertEquals(features(encoder, house("GarageYrBlt", 2003)), features(encoder, house("GarageYrBlt", "NA")));
    }

    @ParameterizedTest
    @CsvSource({"4676, Partial, true", "4676, Normal, false", "4000, Partial, false"})
    void batches_unfinishedMansion_isFlagged(int area, String condition, boolean flagged) {
        HousePrices.HouseEncoder encoder = fitted(PERCEPTRON);
        // No fitted house is one, so that the flag stays as it is.
        assertEquals(flagged ? 1 : 0, features(encoder, house("GrLivArea", area, "SaleCondition", condition)).get("unfinished mansion"));
    }

    @Test
    void batches_emptyNumbers_areFinite() {
        String[] fields = HouseRows.TYPICAL.split(",");
        for (int c = 1; c < fields.length - 1; c++) {
            fields[c] = "";
        }
        // A second house keeps the columns of numbers and of text what they are.
        Table table = table(String.join(",", HouseRows.HEADER) + "\n" + String.join(",", fields) + "\n" + HouseRows.TYPICAL + "\n");
        features(fitted(MLP), table);
        features(fitted(PERCEPTRON), table);
    }

    /** A row's own price reaches its features only through what all rows share, the mean of all. */
    @Test
    void fit_changedPriceOfOneRow_leavesThatRowsFeatures() {
        int n = 200;
        String csv = HouseRows.table(n, 3, 1, true);
        Table table = table(csv);
        for (int row : new int[] {0, 17, 99}) {
            String[] lines = csv.split("\n");
            lines[row + 1] = HouseRows.with(lines[row + 1], "SalePrice", 60_000_000);
            Table changed = table(String.join("\n", lines));
            DataSet before = Rows.firstBatch(fit(PERCEPTRON, table, CompetitionRun.all(n)).training().batches(n, 1));
            Preparation.Fitted fitted = fit(PERCEPTRON, changed, CompetitionRun.all(n));
            DataSet after = Rows.firstBatch(fitted.training().batches(n, 1));
            // The same seed gives the same order.
            int at = IntStream.range(0, n).filter(i -> after.getLabels().getFloat(i, 0) > 5).findFirst().orElseThrow();
            int level = ((HousePrices.HouseEncoder) fitted.encoder()).frame().names().indexOf("neighbourhood's level");
            float[] a = before.getFeatures().getRow(at).toFloatVector();
            float[] b = after.getFeatures().getRow(at).toFloatVector();
            for (int i = 0; i < a.length; i++) {
                if (i != level) {
                    assertEquals(a[i], b[i], "feature " + i);
                }
            }
            // Its level is standardised with those of its neighbours, who do see the price; seen by itself it would be above theirs.
            float[] others = IntStream.range(0, n).filter(i -> i != at).mapToObj(i -> after.getFeatures().getFloat(i, level)).reduce(new float[] {0}, (most, x) -> new float[] {Math.max(most[0], x)},
                    (x, y) -> x);
            assertTrue(b[level] < others[0], "row " + row + ": " + b[level] + " of at most " + others[0]);
        }
    }

    @Test
    void fit_looksAtItsRowsOnly() {
        String[] lines = HouseRows.table(60, 1, 1, true).split("\n");
        Table table = table(String.join("\n", lines));
        for (int row = 50; row < 60; row++) {
            lines[row + 1] = HouseRows.with(lines[row + 1], "SalePrice", 1, "GrLivArea", 9999, "Neighborhood", "Planted", "LotFrontage", 313, "OverallQual", 1);
        }
        Table changed = table(String.join("\n", lines));
        assertNotEquals(table.column("GrLivArea").text(55), changed.column("GrLivArea").text(55));
        for (Preparation preparation : List.of(MLP, PERCEPTRON)) {
            assertEquals(fit(preparation, table, CompetitionRun.all(50)).encoder(), fit(preparation, changed, CompetitionRun.all(50)).encoder());
        }
    }

    @Test
    void encoder_throughJson_givesTheSameMatrix() throws IOException {
        JsonMapper json = JsonMapper.builder().build();
        Table table = table(HouseRows.table(60, 1, 1, true));
        for (Preparation preparation : List.of(MLP, PERCEPTRON)) {
            Encoder encoder = fit(preparation, table, CompetitionRun.all(60)).encoder();
            Encoder again = json.readValue(json.writeValueAsBytes(encoder), preparation.encoderType());
            assertEquals(encoder, again);
            assertArrayEquals(Rows.features(encoder.batches(table, new int[] {5, 3}, 2)), Rows.features(again.batches(table, new int[] {5, 3}, 2)));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GrLivArea | -4   | train.csv, line 2, column 'GrLivArea': expected a number from 0 to 1000000, found '-4'.",
        "YearBuilt | 19   | train.csv, line 2, column 'YearBuilt': expected a number from 1500 to 2500, found '19'.",
        "LotArea   | wide | train.csv, line 2, column 'LotArea': expected a number, found 'wide'.",
    })
    void read_wrongValue_namesLineAndColumn(String column, String value, String message) {
        assertEquals(message, assertThrows(DataException.class, () -> house(column, value)).getMessage());
    }

    @Test
    void candidates_learnMadeUpHouses() {
        Problem problem = Rows.problem(HOUSES, HouseRows.files(400, 30));
        Targets targets = problem.targets();
        int[] training = IntStream.range(0, 320).toArray();
        int[] held = IntStream.range(320, 400).toArray();
        FoldTargets foldTargets = targets.fit(training);
        for (Candidate candidate : HOUSES.candidates()) {
            Preparation.Fitted fitted = candidate.preparation().fit(problem.train(), training, foldTargets);
            var network = candidate.architecture().build(fitted.encoder(), 1, 7);
            new io.dl4k.training.Trainer(io.dl4k.training.TrainingPlan.epochs(30).withSchedule(new io.dl4k.models.Schedule.Cosine(candidate.recipe().learningRate(), 15, 150, 1e-5)))
                    .train(network, fitted.training().batches(64, 7));
            TrainedNetwork trained = new TrainedNetwork(candidate, 0, 0, fitted.encoder(), foldTargets.scale(), network);
            float[][] predictions = problem.answer().predictions(trained.predict(problem.train(), held));
            double score = HOUSES.info().metric().score(predictions, targets.actual(held));
            assertTrue(score < 0.15, candidate.name() + " " + score + ": the spread of the logarithms is 0.45, the noise 0.05");
        }
    }

    @Test
    void kagglesData_isReadWhole() {
        Optional<Path> zip = Rows.kaggleZip("house-prices-advanced-regression-techniques.zip");
        assumeTrue(zip.isPresent(), "shared/data/house-prices-advanced-regression-techniques.zip is not here: Kaggle's own rows are not tried");
        try (DataFiles files = DataFiles.open(zip.orElseThrow())) {
            Problem problem = Rows.problem(HOUSES, CompetitionFiles.of(files));
            assertEquals(1460, problem.train().rows());
            assertArrayEquals(CompetitionRun.all(1459), problem.testRows());
            for (Preparation preparation : List.of(MLP, PERCEPTRON)) {
                Preparation.Fitted fitted = fit(preparation, problem.train(), CompetitionRun.all(1460));
                HousePrices.HouseEncoder encoder = (HousePrices.HouseEncoder) fitted.encoder();
                for (float[] row : Rows.features(encoder.batches(problem.test(), problem.testRows(), 256))) {
                    assertEquals(encoder.width(), row.length);
                    for (int i = 0; i < row.length; i++) {
                        assertTrue(Math.abs(row[i]) < 40, encoder.frame().names().get(i) + " finite and on scale: " + row[i]);
                    }
                }
                assertEquals(Math.log1p(208500), problem.targets().fit(CompetitionRun.all(1460)).scale().linked(new float[][] {{(float) problem.targets().fit(CompetitionRun.all(1460)).value(0)}})[0][0], 1e-4);
                assertTrue(Arrays.stream(CompetitionRun.all(1460)).allMatch(row -> problem.targets().actual(new int[] {row})[0][0] > 30_000));
            }
        }
    }
}
