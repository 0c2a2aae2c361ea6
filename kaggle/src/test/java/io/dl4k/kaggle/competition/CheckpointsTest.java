package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.DataException;
import io.dl4k.training.TrainingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {
    private static final Competition TITANIC = new Titanic();

    @TempDir
    Path folder;

    /** Stands for Ctrl-C, a full disk, a killed process. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private RunFixture titanic(String name, RunOptions options) throws IOException {
        return new RunFixture(TITANIC, Rows.titanicFiles(60, 20), options, Files.createDirectories(folder.resolve(name)));
    }

    private static void stopAfter(RunFixture run, int networks) {
        assertThrows(Stopped.class, () -> run.run(false, event -> {
            if (event instanceof RunEvent.NetworkFinished done && done.number() == networks) {
                throw new Stopped();
            }
        }));
    }

    private static List<Boolean> resume(RunFixture run, List<RunFixture.Output> output) throws IOException {
        List<Boolean> resumed = new ArrayList<>();
        output.add(run.run(true, event -> {
            if (event instanceof RunEvent.NetworkFinished done) {
                resumed.add(done.resumed());
            }
        }));
        return resumed;
    }

    @Test
    void open_resumedRun_givesTheSameBytes() throws IOException {
        RunOptions options = RunFixture.options(2, 2, 1, 7);
        RunFixture.Output whole = titanic("whole", options).run(false, event -> { });
        RunFixture stopped = titanic("stopped", options);
        stopAfter(stopped, 3);
        List<RunFixture.Output> output = new ArrayList<>();
        assertEquals(List.of(true, true, true, false), resume(stopped, output));
        assertArrayEquals(whole.submission(), output.get(0).submission());
        assertArrayEquals(whole.model(), output.get(0).model());
        assertEquals(whole.result().best().score(), output.get(0).result().best().score());
        assertEquals(whole.result().best().foldScores(), output.get(0).result().best().foldScores());
    }

    /** Stops a run of an MLP, a CNN and an LSTM within the last one. */
    private RunFixture stoppedInTheLastNetwork(CompetitionFiles files, RunOptions options, int steps) throws IOException {
        RunFixture stopped = new RunFixture(Digits.sample(), files, options, Files.createDirectories(folder.resolve("stopped")));
        int[] started = {0};
        Checkpoints checkpoints = stopped.checkpoints(false, Pace.every(Duration.ZERO), note -> { });
        assertThrows(Stopped.class, () -> stopped.run(checkpoints, event -> {
            started[0] += event instanceof RunEvent.NetworkStarted ? 1 : 0;
            if (started[0] == 3 && event instanceof RunEvent.Training training && training.event() instanceof TrainingEvent.StepDone step && step.step() == steps) {
                throw new Stopped();
            }
        }));
        return stopped;
    }

    /** The steps that were made after the resumption, of the network that was trained. */
    private static long steps(RunFixture run, Checkpoints checkpoints, List<RunFixture.Output> output) throws IOException {
        long[] steps = {0};
        output.add(run.run(checkpoints, event -> steps[0] += event instanceof RunEvent.Training training && training.event() instanceof TrainingEvent.StepDone ? 1 : 0));
        return steps[0];
    }

    @Test
    void open_stoppedInsideANetwork_goesOnWithItsLastWholeStep() throws IOException {
        Competition digits = Digits.sample();
        RunOptions options = RunFixture.options(1, 1, 6, 3);
        CompetitionFiles files = Rows.digitFiles(100, 8);
        RunFixture.Output whole = new RunFixture(digits, files, options, Files.createDirectories(folder.resolve("whole"))).run(false, event -> { });
        for (int damaged = 0; damaged <= 3; damaged++) {
            RunFixture stopped = stoppedInTheLastNetwork(files, options, 5);
            List<Path> states;
            try (var all = Files.list(stopped.folder().resolve("checkpoint"))) {
                states = all.filter(file -> file.toString().endsWith(".state")).sorted().toList();
            }
            assertEquals(List.of("lstm-fold0-member0-step000000004.state", "lstm-fold0-member0-step000000005.state"), states.stream().map(file -> file.getFileName().toString()).toList());
            List<String> notes = new ArrayList<>();
            damage(states, damaged);
            List<RunFixture.Output> output = new ArrayList<>();
            long steps = steps(stopped, stopped.checkpoints(true, Pace.every(Duration.ofHours(1)), notes::add), output);
            long all = whole.result().scores().get(2).networks().get(0).training().orElseThrow().steps();
            assertEquals(List.of(all - 5, all - 4, all - 4, all).get(damaged), steps, notes::toString);
            assertArrayEquals(whole.submission(), output.get(0).submission());
            assertArrayEquals(whole.model(), output.get(0).model());
            assertEquals(List.of(0, 1, 1, 2).get(damaged), notes.size(), notes::toString);
            assertTrue(notes.isEmpty() || notes.get(0).startsWith("resume: " + states.get(1) + " is damaged ("), notes::toString);
        }
    }

    private static void damage(List<Path> states, int kind) throws IOException {
        byte[] bytes = Files.readAllBytes(states.get(1));
        if (kind == 1) {
            Files.write(states.get(1), Arrays.copyOf(bytes, bytes.length / 2));
        } else if (kind >= 2) {
            bytes[bytes.length / 3] ^= 4;
            Files.write(states.get(1), bytes);
        }
        if (kind == 3) {
            Files.write(states.get(0), new byte[0]);
        }
    }

    @Test
    @Timeout(60)
    void keepNow_duringATraining_keepsItsStep() throws Exception {
        CompetitionFiles files = Rows.digitFiles(100, 8);
        RunFixture run = new RunFixture(Digits.sample(), files, RunFixture.options(1, 1, 6, 3), Files.createDirectories(folder.resolve("a")));
        Checkpoints checkpoints = run.checkpoints(false, Pace.every(Duration.ofHours(1)), note -> { });
        CompletableFuture<OptionalLong> answer = new CompletableFuture<>();
        run.run(checkpoints, event -> {
            if (event instanceof RunEvent.Training training && training.event() instanceof TrainingEvent.StepDone step && step.step() == 3 && !answer.isDone()) {
                Thread asking = new Thread(() -> answer.complete(checkpoints.keepNow(Duration.ofSeconds(30))));
                asking.start();
                // Until it waits: the next thing this thread does is to keep the state.
                while (asking.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
                assertFalse(answer.isDone());
            }
        });
        assertEquals(4, answer.get().orElseThrow());
        assertTrue(checkpoints.cost().matches("\\d+ checkpoints written in .*"), checkpoints.cost());
    }

    @Test
    void open_timeBudget_goesOnWithWhatTheClockDecided() throws IOException {
        RunOptions options = new RunOptions(OptionalInt.of(2), OptionalInt.of(2), OptionalInt.of(3), Duration.ofHours(1), 7);
        RunFixture run = titanic("a", options);
        Checkpoints first = run.checkpoints(false);
        first.decisions().leaveOut(3);
        assertThrows(Stopped.class, () -> run.run(first, event -> {
            if (event instanceof RunEvent.NetworkFinished done && done.number() == 2) {
                throw new Stopped();
            }
        }));
        Checkpoints second = new RunFixture(TITANIC, run.files(), options, run.folder()).checkpoints(true);
        assertEquals(Duration.ofHours(1), second.budget());
        assertTrue(second.decisions().kept().spentNanos() > first.decisions().kept().spentNanos() / 2, "the time before counts");
        assertTrue(second.decisions().longest(TITANIC.candidates().get(0)).compareTo(Duration.ZERO) > 0);
        List<Integer> numbers = new ArrayList<>();
        run.run(second, event -> {
            if (event instanceof RunEvent.NetworkFinished done) {
                numbers.add(done.number());
            }
        });
        assertEquals(List.of(1, 2, 4), numbers, "the third was left out before");
    }

    @Test
    void open_moreMembers_keepsThoseThatAreThere() throws IOException {
        RunFixture one = titanic("a", RunFixture.options(2, 1, 1, 7));
        stopAfter(one, 2);
        RunFixture two = new RunFixture(TITANIC, one.files(), RunFixture.options(2, 2, 1, 7), one.folder());
        List<RunFixture.Output> output = new ArrayList<>();
        assertEquals(List.of(true, true, false, false), resume(two, output));
        assertArrayEquals(titanic("whole", two.options()).run(false, event -> { }).model(), output.get(0).model());
    }

    @Test
    void open_withoutResume_startsAfresh() throws IOException {
        RunFixture run = titanic("a", RunFixture.options(2, 1, 1, 7));
        stopAfter(run, 1);
        assertTrue(Files.exists(run.folder().resolve("checkpoint/mlp-fold0-member0.zip")));
        run.checkpoints(false);
        assertFalse(Files.exists(run.folder().resolve("checkpoint/mlp-fold0-member0.zip")));
    }

    @Test
    void open_anotherRun_namesEveryDifference() throws IOException {
        RunFixture run = titanic("a", RunFixture.options(2, 1, 1, 7));
        run.checkpoints(false);
        Path checkpoint = run.folder().resolve("checkpoint");
        String before = checkpoint + ": this checkpoint is of another run: ";
        String after = ". Repeat that run's options, or leave out --resume to start afresh.";
        assertEquals(before + "seed was 7, is 8" + after, refusal(run, RunFixture.options(2, 1, 1, 8)));
        assertEquals(before + "folds was 2, is 3" + after, refusal(run, RunFixture.options(3, 1, 1, 7)));
        assertEquals(before + "epochs was 1, is default" + after,
                refusal(run, new RunOptions(OptionalInt.of(2), OptionalInt.of(1), OptionalInt.empty(), Duration.ZERO, 7)));
        assertEquals(before + "folds was 2, is 3; time budget was none, is 5s" + after,
                refusal(run, new RunOptions(OptionalInt.of(3), OptionalInt.of(1), OptionalInt.of(1), Duration.ofSeconds(5), 7)));
        RunFixture otherData = new RunFixture(TITANIC, Rows.titanicFiles(61, 20), run.options(), run.folder());
        String message = assertThrows(DataException.class, () -> otherData.checkpoints(true)).getMessage();
        assertTrue(message.matches("\\Q" + before + "\\Etrain\\.csv was [0-9a-f]{12}…, is [0-9a-f]{12}…\\Q" + after + "\\E"), message);
        RunFixture otherCompetition = new RunFixture(Digits.sample(), run.files(), run.options(), run.folder());
        Problem problem = Rows.problem(TITANIC, run.files());
        message = assertThrows(DataException.class, () -> Checkpoints.open(checkpoint, true,
                Checkpoints.describe(otherCompetition.competition(), run.files(), run.options(), "1", "cpu"), TITANIC, problem, Pace.affordable(), Duration.ZERO, note -> { })).getMessage();
        assertEquals(before + "competition was titanic, is digits-8x8" + after, message);
        assertTrue(Files.exists(checkpoint.resolve("run.json")), "a refusal deletes nothing");
    }

    private static String refusal(RunFixture run, RunOptions options) {
        return assertThrows(DataException.class, () -> new RunFixture(TITANIC, run.files(), options, run.folder()).checkpoints(true)).getMessage();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void open_foreignFile_isNotDeleted(boolean resume) throws IOException {
        RunFixture run = titanic("a", RunFixture.options(2, 1, 1, 7));
        run.checkpoints(false);
        Path checkpoint = run.folder().resolve("checkpoint");
        Files.writeString(checkpoint.resolve("thesis.txt"), "years of work");
        String message = assertThrows(IOException.class, () -> run.checkpoints(resume)).getMessage();
        assertEquals(checkpoint + ": holds thesis.txt, which is not of a checkpoint. Remove the folder or choose another --out.", message);
        assertTrue(Files.exists(checkpoint.resolve("run.json")), "nothing is deleted");
    }

    @Test
    void open_halfWrittenFilesOfAKilledRun_areCleared() throws IOException {
        RunFixture run = titanic("a", RunFixture.options(2, 1, 1, 7));
        run.checkpoints(false);
        Path checkpoint = run.folder().resolve("checkpoint");
        Files.writeString(checkpoint.resolve(".mlp-fold0-member0.zip.0f0e.part"), "half");
        Files.writeString(checkpoint.resolve(".run.json.12ab.tmp"), "half");
        run.checkpoints(true).delete();
        assertFalse(Files.exists(checkpoint));
    }

    @Test
    void open_aFileInThePlaceOfTheFolder_isRefused() throws IOException {
        RunFixture run = titanic("a", RunFixture.options(2, 1, 1, 7));
        Path checkpoint = Files.writeString(run.folder().resolve("checkpoint"), "mine");
        String message = assertThrows(IOException.class, () -> run.checkpoints(false)).getMessage();
        assertEquals(checkpoint + ": is a file, where the checkpoint's folder goes. Remove it or choose another --out.", message);
        assertEquals("mine", Files.readString(checkpoint));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1]", "null", "{\"seed\": {}}", "{\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\"seed\": 1}"})
    void open_damagedDescription_isRefused(String json) throws IOException {
        RunFixture run = titanic("a", RunFixture.options(2, 1, 1, 7));
        run.checkpoints(false);
        Path description = Files.writeString(run.folder().resolve("checkpoint/run.json"), json);
        assertEquals(description + ": it is damaged. Leave out --resume to start afresh.", assertThrows(DataException.class, () -> run.checkpoints(true)).getMessage());
    }

    @Test
    void find_damagedNetwork_isTrainedAgain() throws IOException {
        RunFixture run = titanic("a", RunFixture.options(2, 1, 1, 7));
        byte[] whole = titanic("whole", run.options()).run(false, event -> { }).model();
        stopAfter(run, 1);
        Path network = run.folder().resolve("checkpoint/mlp-fold0-member0.zip");
        byte[] bytes = Files.readAllBytes(network);
        Files.write(network, Arrays.copyOf(bytes, bytes.length / 2));
        List<String> notes = new ArrayList<>();
        assertArrayEquals(whole, run.run(run.checkpoints(true, Pace.affordable(), notes::add), event -> { }).model());
        assertEquals(List.of("resume: " + network + " is damaged (not a whole zip (zip END header not found)); its network is trained again."), notes);
    }
}
