package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.dataset.DataSet;

class TitanicTest {
    private static final String HEADER = "PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked\n";
    private static final Titanic TITANIC = new Titanic();
    private static final Preparation PREPARATION = TITANIC.candidates().get(0).preparation();

    private static FoldTargets targets(Table table) {
        return TITANIC.targets(table).fit(CompetitionRun.all(table.rows()));
    }

    private static Table table(String rows) {
        return TITANIC.read(Rows.csv("train.csv", HEADER + rows));
    }

    private static Preparation.Fitted fit(Table train) {
        return PREPARATION.fit(train, CompetitionRun.all(train.rows()), targets(train));
    }

    /** Sixty passengers to fit on; six of each title but one, so that all have a column of their own. */
    private static Titanic.PassengerEncoder fitted() {
        StringBuilder rows = new StringBuilder();
        String[] people = {"Mr. A\",male", "Mrs. B\",female", "Miss. C\",female", "Master. D\",male", "Dr. E\",male"};
        for (int i = 0; i < 60; i++) {
            rows.append(i).append(',').append(i % 2).append(',').append(1 + i % 3).append(",\"S").append(i).append(", ").append(people[i % 5]).append(',')
                    .append(i % 7 == 0 ? "" : 10 * (i % 5) + 5).append(",0,0,T").append(i).append("00,").append(i).append(",,S\n");
        }
        return (Titanic.PassengerEncoder) fit(table(rows.toString())).encoder();
    }

    /** The features by name of one passenger who was not fitted. */
    private static java.util.Map<String, Float> features(Titanic.PassengerEncoder encoder, String passenger) {
        float[] values = Rows.features(encoder.batches(table(passenger + "\n"), new int[] {0}, 1))[0];
        List<String> names = encoder.frame().names();
        java.util.Map<String, Float> features = new java.util.TreeMap<>();
        for (int i = 0; i < values.length; i++) {
            assertTrue(Float.isFinite(values[i]), names.get(i));
            features.put(names.get(i), values[i]);
        }
        return features;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "Braund, Mr. Owen                                        | Mr",
        "Rothes, the Countess. of (Lucy Noel Martha Dyer-Edwards) | rare",
        "Sagesser, Mlle. Emma                                    | Miss",
        "Reynaldo, Ms. Encarnacion                               | Miss",
        "Aubart, Mme. Leontine                                   | Mrs",
        "Reuchlin, Jonkheer. John                                | rare",
        "van Billiard, Master. James                             | Master",
        "O'Donoghue, Ms. Bridget                                 | Miss",
        "Andrews                                                 | none",
        "~~                                                      | none",
    })
    void title_ofAName_isItsColumn(String name, String title) {
        var features = features(fitted(), "1,0,1,\"" + name + "\",female,30,0,0,X1,10,,S");
        for (String known : List.of("Mr", "Mrs", "Miss", "Master", "rare")) {
            assertEquals(known.equals(title) ? 1 : 0, features.get("title=" + known), known);
        }
    }

    @Test
    void batches_missingAge_isTheTitlesMedian() {
        var features = features(fitted(), "1,0,1,\"X, Master. Y\",male,,0,0,X1,10,,S");
        assertEquals(features(fitted(), "1,0,1,\"X, Master. Y\",male,35,0,0,X1,10,,S").get("age"), features.get("age"), "every fitted Master with an age is 35");
        assertTrue(features.get("age unknown") > 0);
        assertTrue(features.get("child") > 0);
    }

    @Test
    void batches_nothingKnown_isFinite() {
        assertFalse(features(fitted(), "1,0,,,,,,,,,,").isEmpty());
    }

    @Test
    void batches_missingFareOrUnseenTicket_isFinite() {
        features(fitted(), "1,0,3,\"X, Mr. Y\",male,60,0,0,3701,,,S");
        features(fitted(), "1,0,9,\"X, Mr. Y\",other,60,0,0,🚢,1,Z9,Q");
    }

    @Test
    void batches_party_isTheLargerOfFamilyAndTicket() {
        String pair = "1,1,1,\"A, Mrs. X\",female,30,0,0,500,10,,S\n2,1,1,\"B, Miss. Y\",female,30,0,0,500,10,,S\n3,0,3,\"C, Mr. Z\",male,30,3,1,,8,,S\n4,0,3,\"D, Mr. Z\",male,30,0,0,,8,,S\n";
        Titanic.PassengerEncoder encoder = (Titanic.PassengerEncoder) fit(table(pair)).encoder();
        assertEquals(java.util.Map.of("500", 2), encoder.tickets(), "a missing ticket is nobody's party");
        var scale = encoder.frame().numbers().stream().filter(s -> s.name().equals("party")).findFirst().orElseThrow();
        assertEquals((2 + 2 + 5 + 1) / 4.0, scale.mean());
        float third = features(encoder, "5,,1,\"E, Miss. Y\",female,30,0,0,500,10,,S").get("party");
        assertEquals((3 - scale.mean()) / scale.deviation(), third, 1e-6, "a passenger who was not fitted counts too");
    }

    @Test
    void batches_fate_isThePartysForWomenAndChildrenOnly() {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            rows.append(i).append(',').append(i < 5 ? 1 : 0).append(",1,\"F").append(i).append(", Miss. X\",female,30,0,0,").append(i < 5 ? "500" : "700").append(i % 5).append(",10,,S\n");
        }
        Titanic.PassengerEncoder encoder = (Titanic.PassengerEncoder) fit(table(rows.toString())).encoder();
        assertEquals(0.5, encoder.ticketRate().prior());
        assertEquals((5 - 5 * 0.5) / 6, encoder.ticketRate().of("500"));
        var scale = encoder.frame().numbers().stream().filter(s -> s.name().equals("ticket fate")).findFirst().orElseThrow();
        assertEquals((2.5 / 6 - scale.mean()) / scale.deviation(), features(encoder, "9,,1,\"Q, Mrs. X\",female,30,0,0,5009,10,,S").get("ticket fate"), 1e-5);
        assertEquals((-2.5 / 6 - scale.mean()) / scale.deviation(), features(encoder, "9,,1,\"Q, Master. X\",male,3,0,0,7009,10,,S").get("ticket fate"), 1e-5);
        assertEquals((0 - scale.mean()) / scale.deviation(), features(encoder, "9,,1,\"Q, Mr. X\",male,30,0,0,5009,10,,S").get("ticket fate"), 1e-5, "a man's is 0");
        // A fitted row: four others of five who all lived.
        assertEquals((4 - 4 * 0.5) / 5, encoder.ticketRate().ofOthers("500", 1));
    }

    @Test
    void encoder_throughJson_givesTheSameMatrix() throws IOException {
        Problem problem = Rows.problem(TITANIC, Rows.titanicFiles(80, 40));
        JsonMapper json = JsonMapper.builder().build();
        Encoder encoder = fit(problem.train()).encoder();
        Encoder again = json.readValue(json.writeValueAsBytes(encoder), PREPARATION.encoderType());
        assertEquals(encoder, again);
        float[][] before = Rows.features(encoder.batches(problem.test(), problem.testRows(), 16));
        float[][] after = Rows.features(again.batches(problem.test(), problem.testRows(), 16));
        assertEquals(40, before.length);
        for (int row = 0; row < before.length; row++) {
            assertArrayEquals(before[row], after[row], "row " + row);
        }
    }

    @Test
    void encoder_ticketsOfRareCharacters_surviveJson() throws IOException {
        JsonMapper json = JsonMapper.builder().build();
        Encoder encoder = fit(table("1,1,1,\"A, Mrs. X\",female,30,0,0,AB🚢,10,🚢1,S\n2,0,1,\"B, Miss. Y\",female,30,0,0,500,10,,S\n")).encoder();
        assertEquals(encoder, json.readValue(json.writeValueAsBytes(encoder), PREPARATION.encoderType()));
    }

    /**
     * A training row's own target reaches its features only through what all rows share, the prior and the scales, so by order of 1/rows. Seen directly, as
     * a row that was not fitted sees it, it moves the fates by a good part of a deviation.
     */
    @Test
    void fit_flippedTargetOfOneRow_leavesThatRowsFeatures() {
        int rows = 300;
        String csv = Rows.titanicTrain(rows, 3);
        Table table = TITANIC.read(Rows.csv("train.csv", csv));
        ClassTargets targets = ClassTargets.of(table, "Survived");
        Preparation.Fitted original = PREPARATION.fit(table, CompetitionRun.all(rows), targets(table));
        int tried = 0;
        double mostSeen = 0;
        for (int row = 0; row < rows && tried < 20; row++) {
            if (!"female".equals(table.text("Sex").value(row))) {
                continue;
            }
            tried++;
            String[] lines = csv.split("\n");
            String[] fields = lines[row + 1].split(",", 3);
            lines[row + 1] = fields[0] + "," + (1 - targets.classOf(row)) + "," + fields[2];
            Table flipped = TITANIC.read(Rows.csv("train.csv", String.join("\n", lines)));
            Preparation.Fitted fitted = PREPARATION.fit(flipped, CompetitionRun.all(rows), targets(flipped));
            // The same seed gives the same order, so the one row whose label differs is found in the batch.
            DataSet before = Rows.firstBatch(original.training().batches(rows, 1));
            DataSet after = Rows.firstBatch(fitted.training().batches(rows, 1));
            int[] different = IntStream.range(0, rows).filter(i -> before.getLabels().getFloat(i, 0) != after.getLabels().getFloat(i, 0)).toArray();
            assertEquals(1, different.length);
            float[] a = before.getFeatures().getRow(different[0]).toFloatVector();
            float[] b = after.getFeatures().getRow(different[0]).toFloatVector();
            assertEquals(a.length, b.length);
            for (int i = 0; i < a.length; i++) {
                assertEquals(a[i], b[i], 0.08f, "row " + row + " feature " + ((Titanic.PassengerEncoder) fitted.encoder()).frame().names().get(i));
            }
            float[] seen = Rows.features(original.encoder().batches(table, new int[] {row}, 1))[0];
            float[] seenFlipped = Rows.features(fitted.encoder().batches(table, new int[] {row}, 1))[0];
            mostSeen = Math.max(mostSeen, IntStream.range(0, seen.length).mapToDouble(i -> Math.abs(seen[i] - seenFlipped[i])).max().orElseThrow());
        }
        assertEquals(20, tried);
        assertTrue(mostSeen > 0.8, "a leak would be seen: " + mostSeen);
    }

    @Test
    void fit_looksAtItsRowsOnly() {
        Table small = TITANIC.read(Rows.csv("train.csv", Rows.titanicTrain(40, 1)));
        String[] lines = Rows.titanicTrain(40, 1).split("\n");
        // The rows left out get other targets, ages, fares and tickets.
        for (int row = 30; row < 40; row++) {
            lines[row + 1] = lines[row + 1].replaceFirst("^(\\d+),(\\d),", "$1,9,").replaceAll(",(\\d+)\\.25,", ",99999,").replaceAll("female|male", "other");
        }
        Table changed = TITANIC.read(Rows.csv("train.csv", String.join("\n", lines)));
        assertNotEquals(small.column("Fare").text(35), changed.column("Fare").text(35));
        int[] rows = CompetitionRun.all(30);
        assertEquals(PREPARATION.fit(small, rows, targets(small)).encoder(), PREPARATION.fit(changed, rows, targets(changed)).encoder());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "1,0,1,\"A, Mr. B\",male,old,0,0,T,10,,S   | train.csv, line 3, column 'Age': expected a number, found 'old'.",
        "1,0,1,\"A, Mr. B\",male,-4,0,0,T,10,,S    | train.csv, line 3, column 'Age': expected a number from 0 to 1000000, found '-4'.",
        "1,0,1,\"A, Mr. B\",male,4,1e300,0,T,10,,S | train.csv, line 3, column 'SibSp': expected a number from 0 to 1000000, found '1.0E300'.",
        "1,0,1,\"A, Mr. B\",male,4,0,0,T,1e999,,S  | train.csv, line 3, column 'Fare': expected a number, found '1e999'.",
        "1,0,1,\"A, Mr. B\",male,4,0,0,T,10,S      | train.csv, line 3: expected 12 fields as in the header, found 11.",
    })
    void read_wrongValue_namesLineAndColumn(String row, String message) {
        String good = "1,0,1,\"A, Mr. B\",male,4,0,0,T,10,,S\n";
        assertEquals(message, assertThrows(DataException.class, () -> table(good + row + "\n" + good)).getMessage());
    }

    @Test
    void read_missingColumn_namesIt() {
        var e = assertThrows(DataException.class, () -> TITANIC.read(Rows.csv("test.csv", HEADER.replace("Cabin,", "") + "1,0,1,A,male,4,0,0,T,10,S\n")));
        assertTrue(e.getMessage().startsWith("test.csv: no column 'Cabin'. "), e::getMessage);
    }

    @Test
    void kagglesData_isReadWhole() {
        Optional<Path> zip = Rows.kaggleZip("titanic.zip");
        assumeTrue(zip.isPresent(), "shared/data/titanic.zip is not here: Kaggle's own rows are not tried");
        try (DataFiles files = DataFiles.open(zip.orElseThrow())) {
            Problem problem = Rows.problem(TITANIC, CompetitionFiles.of(files));
            assertEquals(891, problem.train().rows());
            assertEquals(418, problem.testRows().length);
            assertArrayEquals(CompetitionRun.all(418), problem.testRows());
            assertEquals(342, Arrays.stream(((ClassTargets) problem.targets()).classes()).sum(), "survivors");
            Preparation.Fitted fitted = fit(problem.train());
            for (float[][] matrix : List.of(Rows.features(fitted.encoder().batches(problem.train(), CompetitionRun.all(891), 256)),
                    Rows.features(fitted.encoder().batches(problem.test(), problem.testRows(), 256)), Rows.features(fitted.training().batches(32, 1)))) {
                for (float[] row : matrix) {
                    assertEquals(fitted.encoder().width(), row.length);
                    for (float x : row) {
                        assertTrue(Math.abs(x) < 30, "finite and on scale: " + x);
                    }
                }
            }
            assertTrue(((Titanic.PassengerEncoder) fitted.encoder()).ages().keySet().containsAll(List.of("Mr", "Mrs", "Miss", "Master", "rare")));
        }
    }
}
