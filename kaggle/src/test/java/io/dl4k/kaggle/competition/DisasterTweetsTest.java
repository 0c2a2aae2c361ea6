package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.data.BatchSource;
import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import io.dl4k.data.Table;
import io.dl4k.training.Fold;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;

class DisasterTweetsTest {
    private static final String HEADER = "id,keyword,location,text,target\n";
    private static final DisasterTweets TWEETS = new DisasterTweets();

    private static Table table(String rows) {
        return TWEETS.read(Rows.csv("train.csv", HEADER + rows));
    }

    /** Made-up tweets of which those about fires and floods are disasters; every tenth is a copy of an earlier one under another link. */
    private static String tweets(int rows, long seed, boolean train) {
        String[] bad = {"fire", "flood", "wildfire", "evacuation"};
        String[] good = {"party", "concert", "pizza", "holiday"};
        String[] other = {"the", "near", "town", "people", "today", "new", "from", "in", "old", "house"};
        Random random = new Random(seed);
        StringBuilder csv = new StringBuilder(train ? HEADER : HEADER.replace(",target", ""));
        String copied = null;
        for (int row = 0; row < rows; row++) {
            boolean disaster = random.nextBoolean();
            String text = IntStream.range(0, 3 + random.nextInt(9)).mapToObj(i -> other[random.nextInt(other.length)]).collect(Collectors.joining(" ", "", " "))
                    + (disaster ? bad : good)[random.nextInt(4)] + "," + (disaster ? 1 : 0);
            if (row % 10 == 9) {
                text = copied;
            }
            copied = text;
            int comma = text.lastIndexOf(',');
            csv.append(row).append(",").append(row % 3 == 0 ? "forest%20fire" : "").append(",,").append(text, 0, comma).append(" http://t.co/").append(row);
            csv.append(train ? text.substring(comma) : "").append('\n');
        }
        return csv.toString();
    }

    private static CompetitionFiles files(int train, int test) {
        String sample = IntStream.range(0, test).mapToObj(row -> row + ",0\n").collect(Collectors.joining("", "id,target\n", ""));
        return new CompetitionFiles("tweets", Rows.csv("train.csv", tweets(train, 1, true)), Rows.csv("test.csv", tweets(test, 2, false)), Rows.csv("sample_submission.csv", sample));
    }

    private static Preparation.Fitted fit(Candidate candidate, Table table, int[] rows) {
        return candidate.preparation().fit(table, rows, TWEETS.targets(table).fit(rows));
    }

    @Test
    void split_copies_stayInOneFold() {
        Table table = TWEETS.read(Rows.csv("train.csv", tweets(300, 1, true)));
        for (int folds : new int[] {1, 5}) {
            List<Fold> split = TWEETS.split(table, TWEETS.targets(table), folds, 7);
            assertEquals(folds, split.size());
            for (Fold fold : split) {
                Set<Integer> held = Arrays.stream(fold.validation()).boxed().collect(Collectors.toSet());
                for (int row = 9; row < 300; row += 10) {
                    assertEquals(held.contains(row - 1), held.contains(row), "row " + row + " is a copy of the one before");
                }
            }
        }
    }

    /** A word of the held-out rows is planted as the label itself: no fitted encoder may know it, whatever it says. */
    @Test
    void fit_plantedLeakInHeldOutRows_isNotSeen() {
        String honest = "0,,,storm in town,1\n1,,,storm at sea,1\n2,,,pizza for all,0\n3,,,pizza at home,0\n";
        Table table = table(honest + "4,,,leak leak leakword,1\n5,,,leak leak leakword,1\n6,,,leak leakword,1\n");
        Table without = table(honest + "4,,,nothing,0\n5,,,nothing,0\n6,,,nothing,0\n");
        int[] rows = {0, 1, 2, 3};
        for (Candidate candidate : TWEETS.candidates()) {
            Encoder encoder = fit(candidate, table, rows).encoder();
            assertFalse(encoder.toString().contains("leak"), candidate.name());
            assertEquals(encoder, fit(candidate, without, rows).encoder(), candidate.name());
        }
    }

    @Test
    void fit_copiesThatContradict_areTrainedOnWithTheMajoritysLabel() {
        Table table = table("0,,,Storm in town http://t.co/1,1\n1,,,storm in town! http://t.co/2,1\n2,,,@me storm in town,0\n3,,,pizza,0\n4,,,storm in town,0\n5,,,storm in town,0\n");
        int[] rows = {0, 1, 2, 3};
        for (Candidate candidate : TWEETS.candidates()) {
            double disasters = 0;
            try (BatchSource.Cursor cursor = fit(candidate, table, rows).training().batches(4, 1).open(0)) {
                DataSet batch = cursor.next();
                disasters = batch.getLabels().getColumn(1).sumNumber().doubleValue();
            }
            assertEquals(3, disasters, candidate.name() + ": the three fitted storms, the held-out ones do not vote");
        }
    }

    @Test
    void encoders_asJson_comeBackTheSame() throws IOException {
        Table table = TWEETS.read(Rows.csv("train.csv", tweets(60, 1, true)));
        JsonMapper json = new JsonMapper();
        for (Candidate candidate : TWEETS.candidates()) {
            Encoder encoder = fit(candidate, table, CompetitionRun.all(60)).encoder();
            Encoder read = json.readValue(json.writeValueAsString(encoder), candidate.preparation().encoderType());
            assertEquals(encoder, read, candidate.name());
        }
    }

    @Test
    void batches_tweetWithoutTextOrKeyword_isEncoded() {
        Table train = TWEETS.read(Rows.csv("train.csv", tweets(60, 1, true)));
        Table odd = TWEETS.read(Rows.csv("test.csv", "id,keyword,location,text\n1,,,\n2,,,!\n3,fire,,\n4,,,unheard of words\n"));
        for (Candidate candidate : TWEETS.candidates()) {
            float[][] features = Rows.features(fit(candidate, train, CompetitionRun.all(60)).encoder().batches(odd, new int[] {3, 0, 1, 2}, 4));
            assertEquals(4, features.length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "keyword"})
    void read_missingColumn_isNamed(String column) {
        String header = HEADER.replace(column, "other");
        DataException refused = assertThrows(DataException.class, () -> TWEETS.read(Rows.csv("train.csv", header + "0,,,a,1\n")));
        assertTrue(refused.getMessage().contains("no column '" + column + "'"), refused.getMessage());
    }

    @Test
    void run_madeUpTweets_areLearnedAndWrittenTheSameTwice(@TempDir Path folder) throws IOException {
        RunOptions options = RunFixture.options(2, 1, 4, 3);
        RunFixture.Output first = new RunFixture(TWEETS, files(300, 40), options, folder.resolve("a")).run(false, event -> { });
        assertTrue(first.result().submitted().score() > 0.9, "F1 " + first.result().submitted().score());
        RunFixture.Output second = new RunFixture(TWEETS, files(300, 40), options, folder.resolve("b")).run(false, event -> { });
        assertArrayEquals(first.submission(), second.submission());
        Ensemble loaded = EnsembleFile.load(folder.resolve("a").resolve("m.zip"), RunFixture.NO_DEFINITIONS);
        Problem problem = Rows.problem(TWEETS, files(300, 40));
        assertArrayEquals(first.result().ensemble().predict(problem.test(), problem.testRows()), loaded.predict(problem.test(), problem.testRows()));
    }

    @Test
    void read_kagglesFiles_haveTheirRows() throws IOException {
        Optional<Path> zip = Rows.kaggleZip("nlp-getting-started.zip");
        assumeTrue(zip.isPresent(), "nlp-getting-started.zip is not in shared/data");
        try (DataFiles files = DataFiles.open(zip.get())) {
            Problem problem = Rows.problem(TWEETS, CompetitionFiles.of(files));
            assertEquals(7613, problem.train().rows());
            assertEquals(3263, problem.testRows().length);
        }
    }
}
