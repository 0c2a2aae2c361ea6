package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.metrics.Metrics;
import io.dl4k.training.Fold;
import io.dl4k.training.Splits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompetitionRunTest {
    @TempDir
    Path folder;

    private RunFixture titanic(String name, int rows, RunOptions options) throws IOException {
        return new RunFixture(new Titanic(), Rows.titanicFiles(rows, 10), options, Files.createDirectories(folder.resolve(name)));
    }

    private static ClassTargets classes(Problem problem) {
        return (ClassTargets) problem.targets();
    }

    /** Titanic whose preparation notes the rows it is fitted on. */
    private static Competition noted(List<int[]> fitted) {
        return new Refitted(Titanic.PassengerEncoder.class, (own, train, rows, targets) -> {
            fitted.add(rows.clone());
            return own.fit(train, rows, targets);
        });
    }

    @Test
    void execute_everyRow_isValidatedOnceByANetworkThatNeverSawIt() throws IOException {
        List<int[]> fitted = new ArrayList<>();
        RunFixture run = new RunFixture(noted(fitted), Rows.titanicFiles(50, 10), RunFixture.options(3, 2, 1, 4), folder);
        CompetitionRun.Result result = run.run(false, event -> { }).result();
        assertEquals(6, fitted.size());
        int[] held = new int[50];
        for (int job = 0; job < 6; job++) {
            int[] rows = fitted.get(job);
            assertArrayEquals(rows, fitted.get(job % 3), "the second members have the folds of the first");
            IntStream.range(0, 50).filter(row -> Arrays.binarySearch(rows, row) < 0).forEach(row -> held[row]++);
        }
        assertTrue(Arrays.stream(held).allMatch(n -> n == 2), () -> Arrays.toString(held));
        assertEquals(50, result.best().rows());
        for (int i = 0; i < 3; i++) {
            assertSame(result.ensemble().networks().get(i).encoder(), result.ensemble().networks().get(3 + i).encoder(), "a fold's members share what was fitted");
        }
    }

    @Test
    void execute_score_isThatOfTheOutOfFoldPredictions() throws IOException {
        RunFixture run = titanic("a", 60, RunFixture.options(3, 2, 2, 4));
        List<RunEvent.NetworkFinished> finished = new ArrayList<>();
        CompetitionRun.Result result = run.run(false, event -> {
            if (event instanceof RunEvent.NetworkFinished done) {
                finished.add(done);
            }
        }).result();
        Problem problem = Rows.problem(run.competition(), run.files());
        List<Fold> folds = Splits.stratified(classes(problem).classes(), 3, 4);
        assertEquals(6, result.ensemble().networks().size());
        int right = 0;
        int at = 0;
        for (int f = 0; f < 3; f++) {
            int fold = f;
            int[] rows = folds.get(f).validation();
            List<float[][]> votes = result.ensemble().networks().stream().filter(n -> n.fold() == fold).map(n -> n.predict(problem.train(), rows)).toList();
            assertEquals(2, votes.size(), "two members a fold");
            assertFalse(Arrays.deepEquals(votes.get(0), votes.get(1)), "members differ");
            int rightHere = 0;
            int rightOfFirst = 0;
            for (int i = 0; i < rows.length; i++) {
                assertEquals(rows[i], result.best().outOfFold().rows()[at]);
                assertEquals((votes.get(0)[i][1] + votes.get(1)[i][1]) / 2, result.best().outOfFold().averaged()[at++][1], 1e-6f);
                double dead = votes.get(0)[i][0] + votes.get(1)[i][0];
                double alive = votes.get(0)[i][1] + votes.get(1)[i][1];
                rightHere += (alive > dead ? 1 : 0) == classes(problem).classOf(rows[i]) ? 1 : 0;
                rightOfFirst += (votes.get(0)[i][1] > votes.get(0)[i][0] ? 1 : 0) == classes(problem).classOf(rows[i]) ? 1 : 0;
            }
            assertEquals((double) rightHere / rows.length, result.best().foldScores().get(f), 1e-12);
            assertEquals((double) rightOfFirst / rows.length, finished.get(f).score(), 1e-12);
            right += rightHere;
        }
        assertEquals(right / 60.0, result.best().score(), 1e-12);
        assertEquals(60, result.best().rows());
        assertEquals(List.of(1, 2, 3, 4, 5, 6), finished.stream().map(RunEvent.NetworkFinished::number).toList());
        assertEquals(List.of(0, 1, 2, 0, 1, 2), finished.stream().map(RunEvent.NetworkFinished::fold).toList());
    }

    @Test
    void execute_trainedAnew_predictsByNetworksOfAllRowsAndScoresThoseOfFolds() throws IOException {
        List<int[]> fitted = new ArrayList<>();
        Competition anew = new Refitted(Titanic.PassengerEncoder.class, (own, train, rows, targets) -> {
            fitted.add(rows.clone());
            return own.fit(train, rows, targets);
        }, true);
        RunOptions options = RunFixture.options(3, 2, 2, 4);
        List<RunEvent.NetworkFinished> finished = new ArrayList<>();
        RunFixture.Output output = new RunFixture(anew, Rows.titanicFiles(60, 10), options, Files.createDirectories(folder.resolve("anew"))).run(false, event -> {
            if (event instanceof RunEvent.NetworkFinished done) {
                finished.add(done);
            }
        });
        CompetitionRun.Result result = output.result();
        assertEquals(8, fitted.size());
        assertArrayEquals(IntStream.range(0, 60).toArray(), fitted.get(6));
        assertArrayEquals(fitted.get(6), fitted.get(7));
        assertEquals(List.of(2, 6), List.of(result.ensemble().networks().size(), result.validated().networks().size()));
        assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8), finished.stream().map(RunEvent.NetworkFinished::number).toList());
        assertTrue(finished.subList(6, 8).stream().allMatch(done -> done.fold() == RunEvent.ALL_ROWS && Double.isNaN(done.score())));
        // Nothing else is different: the score is that of the folds.
        CompetitionRun.Result folds = titanic("folds", 60, options).run(false, event -> { }).result();
        assertEquals(folds.submitted().score(), result.submitted().score());
        assertSame(folds.ensemble(), folds.validated());
        assertFalse(Arrays.deepEquals(folds.ensemble().predict(Rows.problem(anew, Rows.titanicFiles(60, 10)).test(), new int[] {0}),
                result.ensemble().predict(Rows.problem(anew, Rows.titanicFiles(60, 10)).test(), new int[] {0})));
    }

    @Test
    void execute_trainedAnew_goesOnWhereItWasInterrupted() throws IOException {
        Competition anew = new Refitted(Titanic.PassengerEncoder.class, Preparation::fit, true);
        RunOptions options = RunFixture.options(2, 2, 2, 4);
        byte[] whole = new RunFixture(anew, Rows.titanicFiles(60, 10), options, Files.createDirectories(folder.resolve("whole"))).run(false, event -> { }).submission();
        RunFixture cut = new RunFixture(anew, Rows.titanicFiles(60, 10), options, Files.createDirectories(folder.resolve("cut")));
        assertThrows(IllegalStateException.class, () -> cut.run(false, event -> {
            if (event instanceof RunEvent.NetworkFinished done && done.number() == 5) {
                throw new IllegalStateException("interrupted");
            }
        }));
        List<Boolean> resumed = new ArrayList<>();
        assertArrayEquals(whole, cut.run(true, event -> {
            if (event instanceof RunEvent.NetworkFinished done) {
                resumed.add(done.resumed());
            }
        }).submission());
        assertEquals(List.of(true, true, true, true, true, false), resumed);
    }

    @Test
    void execute_noTimeToTrainAnew_predictsByTheFolds() throws IOException {
        Competition anew = new Refitted(Titanic.PassengerEncoder.class, Preparation::fit, true);
        RunOptions options = new RunOptions(OptionalInt.of(2), OptionalInt.of(1), OptionalInt.of(1), Duration.ofNanos(1), 4);
        CompetitionRun.Result result = new RunFixture(anew, Rows.titanicFiles(60, 10), options, folder).run(false, event -> { }).result();
        assertSame(result.validated(), result.ensemble());
        assertEquals(0, result.ensemble().networks().get(0).fold());
    }

    /** A leak that is planted in the held-out rows only: the fare is the fate. Whoever looked at those rows would come out different. */
    @Test
    void execute_leakInHeldOutRows_isNotUsed() throws IOException {
        String csv = Rows.titanicTrain(60, 1);
        int[] classes = classes(Rows.problem(new Titanic(), Rows.titanicFiles(60, 10))).classes();
        int[] held = Splits.stratified(classes, 10, 4).get(0).validation();
        RunOptions options = RunFixture.options(1, 1, 3, 4);
        byte[] model = titanic("honest", 60, options).run(false, event -> { }).model();
        assertArrayEquals(model, withFares(csv, held, classes, options).model(), "held-out rows are not looked at");
        int[] trained = {IntStream.range(0, 60).filter(row -> Arrays.binarySearch(held, row) < 0).findFirst().orElseThrow()};
        assertFalse(Arrays.equals(model, withFares(csv, trained, classes, options).model()), "rows that are trained on are");
    }

    private RunFixture.Output withFares(String csv, int[] rows, int[] classes, RunOptions options) throws IOException {
        String[] lines = csv.split("\n");
        for (int row : rows) {
            String changed = lines[row + 1].replaceFirst(",\\d+\\.25,", classes[row] == 1 ? ",500.25," : ",0.25,");
            assertFalse(changed.equals(lines[row + 1]));
            lines[row + 1] = changed;
        }
        CompetitionFiles files = Rows.titanicFiles(60, 10);
        return new RunFixture(new Titanic(), new CompetitionFiles("leak", Rows.csv("train.csv", String.join("\n", lines)), files.test(), files.sample()), options,
                Files.createTempDirectory(folder, "leak")).run(false, event -> { });
    }

    @Test
    void execute_oneFold_holdsATenthOut() throws IOException {
        CompetitionRun.Result result = titanic("a", 60, RunFixture.options(1, 2, 1, 4)).run(false, event -> { }).result();
        assertEquals(6, result.best().rows());
        assertEquals(1, result.best().foldScores().size());
        assertEquals(0, result.best().spread());
        assertEquals(2, result.ensemble().networks().size());
    }

    @Test
    void execute_oneFoldOfFewRows_holdsOneOut() throws IOException {
        CompetitionRun.Result result = titanic("a", 6, RunFixture.options(1, 1, 1, 4)).run(false, event -> { }).result();
        assertEquals(1, result.best().rows());
    }

    @Test
    void execute_spentBudget_finishesOneNetworkAndWrites() throws IOException {
        RunOptions options = new RunOptions(OptionalInt.of(5), OptionalInt.of(3), OptionalInt.empty(), Duration.ofNanos(1), 4);
        List<RunEvent> events = new ArrayList<>();
        RunFixture.Output output = titanic("a", 50, options).run(false, events::add);
        assertEquals(1, output.result().ensemble().networks().size());
        assertEquals(10, output.result().best().rows(), "only the first fold is validated");
        assertEquals(15, ((RunEvent.RunStarted) events.get(0)).networks());
        assertEquals(11, new String(output.submission(), java.nio.charset.StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void execute_asManyEpochsAsThereAreNumbers_starts() throws IOException {
        RunFixture run = titanic("a", 60, RunFixture.options(2, 1, Integer.MAX_VALUE, 4));
        var enough = new IllegalStateException("enough");
        assertSame(enough, assertThrows(IllegalStateException.class, () -> run.run(false, event -> {
            if (event instanceof RunEvent.Training training && training.event() instanceof io.dl4k.training.TrainingEvent.StepDone) {
                throw enough;
            }
        })));
    }

    @Test
    void best_tiesAndMissingScores() {
        CandidateScore a = score(0.5);
        CandidateScore b = score(0.7);
        CandidateScore c = score(0.7);
        CandidateScore none = score(Double.NaN);
        assertSame(b, CompetitionRun.best(List.of(a, b, c), Metrics.ACCURACY), "the first where scores tie");
        assertSame(a, CompetitionRun.best(List.of(none, b, a), Metrics.RMSE), "lower is better");
        assertSame(a, CompetitionRun.best(List.of(none, a, none), Metrics.AUC));
    }

    private static CandidateScore score(double score) {
        return scores(score, List.of(score));
    }

    private static CandidateScore scores(double score, List<Double> folds) {
        return new CandidateScore(new Titanic().candidates().get(0), score, folds, new OutOfFold(List.of(), new float[0][]), List.of(), 0);
    }

    @Test
    void spread_isTheSampleDeviation() {
        assertEquals(0.1, scores(0.7, List.of(0.6, 0.7, 0.8)).spread(), 1e-12);
    }

    @Test
    void requirePossible_moreThanThereCanBe_isRefused() {
        Competition.Info info = new Titanic().info();
        assertEquals("folds must be at most the number of training rows, 9, got 10",
                assertThrows(IllegalArgumentException.class, () -> RunOptions.defaults(1).requirePossible(info, 9)).getMessage());
        assertEquals("folds times ensemble must be at most 1000 networks, got 10 x 101",
                assertThrows(IllegalArgumentException.class, () -> RunFixture.options(10, 101, 1, 1).requirePossible(info, 20)).getMessage());
        RunFixture.options(10, 100, 1, 1).requirePossible(info, 10);
    }
}
