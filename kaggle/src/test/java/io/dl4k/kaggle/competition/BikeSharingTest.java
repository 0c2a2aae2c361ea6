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
import io.dl4k.kaggle.submission.SampleSubmission;
import io.dl4k.training.Fold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BikeSharingTest {
    private static final BikeSharing BIKES = new BikeSharing();
    private static final Preparation WINDOWS = BIKES.candidates().get(0).preparation();
    private static final Preparation HOURS = BIKES.candidates().get(1).preparation();
    private static final String WEATHER = "datetime,season,holiday,workingday,weather,temp,atemp,humidity,windspeed";
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    /** Hours of days {@code from} to {@code to} of January and February 2011; riders follow the hour, and rise with the warmth. */
    private static String rows(int from, int to, boolean train) {
        StringBuilder csv = new StringBuilder(WEATHER).append(train ? ",casual,registered,count\n" : "\n");
        for (int month = 1; month <= 2; month++) {
            for (int day = from; day <= to; day++) {
                for (int hour = 0; hour < 24; hour++) {
                    LocalDateTime moment = LocalDateTime.of(2011, month, day, hour, 0);
                    boolean work = moment.getDayOfWeek().getValue() < 6;
                    int temperature = 5 + (day * 7 + month) % 13;
                    csv.append(FORMAT.format(moment)).append(",1,0,").append(work ? 1 : 0).append(',').append(1 + (day + hour / 6) % 3).append(',').append(temperature).append(".5,")
                        .append(temperature + 2).append(',').append(40 + (hour * 3 + day) % 50).append(',').append(hour % 5 == 0 ? 0 : 11.0014);
                    if (train) {
                        int casual = (work ? 2 : 9) * (hour > 8 && hour < 20 ? 4 : 1) + temperature;
                        int registered = (work && (hour == 8 || hour == 17) ? 300 : 40) + 3 * hour;
                        csv.append(',').append(casual).append(',').append(registered).append(',').append(casual + registered);
                    }
                    csv.append('\n');
                }
            }
        }
        return csv.toString();
    }

    private static CompetitionFiles files() {
        StringBuilder sample = new StringBuilder("datetime,count\n");
        String test = rows(20, 22, false);
        test.lines().skip(1).forEach(line -> sample.append(line, 0, line.indexOf(',')).append(",0\n"));
        return new CompetitionFiles("bikes", Rows.csv("train.csv", rows(1, 19, true)), Rows.csv("test.csv", test), Rows.csv("sampleSubmission.csv", sample.toString()));
    }

    private static Table table(String text) {
        return BIKES.read(Rows.csv("train.csv", text));
    }

    private static Preparation.Fitted fit(Preparation preparation, Table train, int[] rows) {
        return preparation.fit(train, rows, BIKES.targets(train).fit(rows));
    }

    @Test
    void split_holdsOutTheSameWholeDaysOfEveryMonth() {
        Table train = table(rows(1, 19, true));
        List<Fold> folds = BIKES.split(train, BIKES.targets(train), 5, 1);
        assertEquals(5, folds.size());
        Set<Integer> all = new HashSet<>();
        for (Fold fold : folds) {
            Set<String> held = days(train, fold.validation());
            assertTrue(days(train, fold.training()).stream().noneMatch(held::contains));
            Set<String> ofMonths = held.stream().map(day -> day.substring(8)).collect(Collectors.toSet());
            assertEquals(2 * ofMonths.size(), held.size(), "the same days of both months");
            Arrays.stream(fold.validation()).forEach(all::add);
        }
        assertEquals(train.rows(), all.size());
        assertEquals(Set.of("2011-01-17", "2011-01-18", "2011-01-19", "2011-02-17", "2011-02-18", "2011-02-19"), days(train, folds.get(0).validation()));
        assertEquals(1, BIKES.split(train, BIKES.targets(train), 1, 1).size());
        String message = assertThrows(DataException.class, () -> BIKES.split(train, BIKES.targets(train), 20, 1)).getMessage();
        assertEquals("train.csv: there are 19 days of a month in the training rows, too few for 20 folds. Ask for fewer with --folds.", message);
    }

    private static Set<String> days(Table table, int[] rows) {
        return Arrays.stream(rows).mapToObj(row -> table.column("datetime").text(row).substring(0, 10)).collect(Collectors.toSet());
    }

    /** A wild value is planted in one hour: that hour and the 24 after it see it, no hour before does. */
    @Test
    void batches_valuePlantedInOneHour_isNotSeenBefore() {
        String csv = rows(1, 5, true);
        String[] lines = csv.split("\n");
        int planted = 40;
        String[] cells = lines[planted + 1].split(",");
        cells[6] = "77";
        lines[planted + 1] = String.join(",", cells);
        Table before = table(csv);
        Table after = table(String.join("\n", lines));
        Encoder encoder = fit(WINDOWS, before, CompetitionRun.all(before.rows())).encoder();
        int[] all = CompetitionRun.all(120);
        float[][] was = Rows.features(encoder.batches(before, all, 32));
        float[][] is = Rows.features(encoder.batches(after, all, 32));
        assertEquals(25 * encoder.width(), was[0].length);
        for (int row = 0; row < all.length; row++) {
            assertEquals(row >= planted && row <= planted + 24, !Arrays.equals(was[row], is[row]), "row " + row);
        }
    }

    /** Riders are the target: they reach no feature, of any row. */
    @Test
    void fit_otherRiders_giveTheSameFeatures() {
        String csv = rows(1, 5, true);
        Table train = table(csv);
        Table other = table(csv.replaceAll("(?m),\\d+,\\d+,\\d+$", ",7,9,16").replaceFirst(",7,9,16\n", ",8,8,16\n"));
        for (Preparation preparation : List.of(WINDOWS, HOURS)) {
            int[] rows = CompetitionRun.all(100);
            assertEquals(fit(preparation, train, rows).encoder(), fit(preparation, other, rows).encoder());
            Table test = table(csv.lines().map(line -> line.substring(0, line.lastIndexOf(',', line.lastIndexOf(',', line.lastIndexOf(',') - 1) - 1))).collect(Collectors.joining("\n")));
            assertArrayEquals(Rows.features(fit(preparation, train, rows).encoder().batches(train, rows, 64)), Rows.features(fit(preparation, other, rows).encoder().batches(test, rows, 64)));
        }
    }

    @Test
    void fit_looksAtItsRowsOnly() {
        String csv = rows(1, 5, true);
        String changed = csv.lines().map(line -> line.startsWith("2011-02-05") ? line.replaceFirst("(2011-02-05 ..:00:00),1,0,\\d,\\d,[0-9.]+", "$1,4,1,0,4,-33") : line)
            .collect(Collectors.joining("\n"));
        int[] rows = CompetitionRun.all(9 * 24);
        for (Preparation preparation : List.of(WINDOWS, HOURS)) {
            assertEquals(fit(preparation, table(csv), rows).encoder(), fit(preparation, table(changed), rows).encoder());
            assertNotEquals(fit(preparation, table(csv), CompetitionRun.all(240)).encoder(), fit(preparation, table(changed), CompetitionRun.all(240)).encoder());
        }
    }

    @ParameterizedTest
    @CsvSource({"2011-11-25 10:00:00, 0, 1, 0", "2012-11-23 10:00:00, 0, 1, 0", "2012-12-24 10:00:00, 0, 1, 0", "2012-12-31 10:00:00, 0, 1, 0",
        "2011-04-15 10:00:00, 1, 0, 1", "2012-04-16 10:00:00, 1, 0, 1", "2011-07-04 10:00:00, 1, 0, 0", "2011-11-18 10:00:00, 0, 1, 1"})
    void batches_daysThatAreFreeInPractice_areNoWorkingDays(String moment, int holiday, int workingDay, int works) {
        Encoder encoder = fit(HOURS, table(rows(1, 7, true)), CompetitionRun.all(300)).encoder();
        int at = ((BikeSharing.HourEncoder) encoder).frame().names().indexOf("people work");
        float[] values = new float[2];
        for (int known = 0; known < 2; known++) {
            // A plain Wednesday that is told to be free or not.
            Table plain = table(WEATHER + "\n2011-02-02 10:00:00,1,0," + known + ",1,9,9,50,0\n");
            values[known] = Rows.features(encoder.batches(plain, new int[1], 1))[0][at];
        }
        Table day = table(WEATHER + "\n" + moment + ",1," + holiday + "," + workingDay + ",1,9,9,50,0\n");
        assertEquals(values[works], Rows.features(encoder.batches(day, new int[1], 1))[0][at]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "2011-01-20 25:00:00,1,0,1,1,9,9,50,0 | train.csv, line 2, column 'datetime': expected a date and hour such as 2011-01-20 13:00:00, found '2011-01-20 25:00:00'.",
        "2011-02-30 05:00:00,1,0,1,1,9,9,50,0 | train.csv, line 2, column 'datetime': expected a date and hour such as 2011-01-20 13:00:00, found '2011-02-30 05:00:00'.",
        ",1,0,1,1,9,9,50,0 | train.csv, line 2, column 'datetime': expected a date and hour such as 2011-01-20 13:00:00, found ''.",
        "9011-02-20 05:00:00,1,0,1,1,9,9,50,0 | train.csv, line 2, column 'datetime': expected a year from 1500 to 2500, found '9011-02-20 05:00:00'.",
        "2011-01-20 05:00:00,5,0,1,1,9,9,50,0 | train.csv, line 2, column 'season': expected a number from 1 to 4, found '5'.",
        "2011-01-20 05:00:00,1,0,1,1,9,9,500,0 | train.csv, line 2, column 'humidity': expected a number from 0 to 100, found '500'."})
    void read_wrongValue_namesLineAndColumn(String line, String message) {
        assertEquals(message, assertThrows(DataException.class, () -> table(WEATHER + "\n" + line + "\n")).getMessage());
    }

    @Test
    void encoder_throughJson_givesTheSameMatrix() throws IOException {
        JsonMapper json = JsonMapper.builder().build();
        Table table = table(rows(1, 5, true));
        for (Preparation preparation : List.of(WINDOWS, HOURS)) {
            Encoder encoder = fit(preparation, table, CompetitionRun.all(100)).encoder();
            Encoder again = json.readValue(json.writeValueAsBytes(encoder), preparation.encoderType());
            assertEquals(encoder, again);
            assertArrayEquals(Rows.features(encoder.batches(table, new int[] {50, 3}, 2)), Rows.features(again.batches(table, new int[] {50, 3}, 2)));
        }
    }

    @Test
    void run_madeUpMonths_learnsThemAndPredictsTheFileAlike(@TempDir Path folder) throws Exception {
        var output = new RunFixture(BIKES, files(), RunFixture.options(2, 1, 3, 5), folder).run(false, event -> { });
        assertTrue(output.result().submitted().score() < 0.6, "rmsle " + output.result().submitted().score());
        Path out = folder.resolve("again.csv");
        assertEquals(144, new FilePrediction(output.result().ensemble(), files().test(), 1).write(out, Optional.of(SampleSubmission.read(files().sample()))));
        assertArrayEquals(output.submission(), Files.readAllBytes(out));
        assertTrue(Files.readAllLines(out).stream().skip(1).allMatch(line -> Double.parseDouble(line.split(",")[1]) >= 0));
        assertFalse(fit(WINDOWS, table(rows(1, 5, true)), CompetitionRun.all(100)).encoder().rowByRow(), "the hours before stand in other rows");
    }

    @Test
    void kagglesData_isReadWhole() {
        Optional<Path> zip = Rows.kaggleZip("bike-sharing-demand.zip");
        assumeTrue(zip.isPresent(), "shared/data/bike-sharing-demand.zip is not here: Kaggle's own rows are not tried");
        try (DataFiles files = DataFiles.open(zip.orElseThrow())) {
            Problem problem = Rows.problem(BIKES, CompetitionFiles.of(files));
            assertEquals(10886, problem.train().rows());
            assertArrayEquals(CompetitionRun.all(6493), problem.testRows());
            assertEquals(16, problem.targets().actual(new int[1])[0][0]);
            for (Preparation preparation : List.of(WINDOWS, HOURS)) {
                Encoder encoder = fit(preparation, problem.train(), CompetitionRun.all(10886)).encoder();
                for (float[] row : Rows.features(encoder.batches(problem.test(), IntStream.range(0, 500).toArray(), 256))) {
                    for (float x : row) assertTrue(Math.abs(x) < 30, "finite and on scale: " + x);
                }
            }
        }
    }
}
