package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The commands as a user types them, on small input, without a process of their own. */
class CommandLineTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void forgetTheStreams() {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
    }

    private int run(Object... arguments) {
        CommandLine commands = Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        return commands.execute(texts);
    }

    @Test
    void train_onTheSample_writesASubmissionThatCheckAcceptsAndPredictRepeats() throws IOException {
        Path submission = folder.resolve("s.csv");
        Path model = folder.resolve("m.zip");
        assertEquals(0, run("train", "--epochs", 2, "--folds", 2, "--out", submission, "--model", model), err::toString);
        String last = out.toString().strip();
        assertTrue(last.matches("submission " + submission + " rows=449 cv_accuracy=[01]\\.\\d{4} seconds=\\d+\\.\\d device=cpu"), last);
        for (String candidate : new String[] {"mlp", "cnn", "lstm"}) {
            assertTrue(err.toString().contains("network ") && err.toString().lines().anyMatch(line -> line.startsWith(candidate + " ")), err::toString);
        }
        assertFalse(Files.exists(folder.resolve("s.csv.checkpoint")));

        Path sample = Files.write(folder.resolve("sample_submission.csv"), resource("sample_submission.csv"));
        assertEquals(0, run("check", submission, "--sample", sample), err::toString);

        Path test = Files.write(folder.resolve("test.csv"), resource("test.csv"));
        Path predicted = folder.resolve("p.csv");
        assertEquals(0, run("predict", "--model", model, "--data", test, "--out", predicted), err::toString);
        assertArrayEquals(Files.readAllBytes(submission), Files.readAllBytes(predicted));
    }

    @Test
    void train_sameSeed_sameBytes() throws IOException {
        Path first = folder.resolve("1.csv");
        Path second = folder.resolve("2.csv");
        Path firstModel = folder.resolve("1.zip");
        Path secondModel = folder.resolve("2.zip");
        Path firstReport = folder.resolve("1.html");
        Path secondReport = folder.resolve("2.html");
        assertEquals(0, run("train", "--epochs", 1, "--folds", 1, "--quiet", "--out", first, "--model", firstModel, "--report", firstReport), err::toString);
        assertEquals(0, run("train", "--epochs", 1, "--folds", 1, "--quiet", "--out", second, "--model", secondModel, "--report", secondReport), err::toString);
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
        assertArrayEquals(Files.readAllBytes(firstModel), Files.readAllBytes(secondModel));
        assertEquals(withoutTimes(firstReport), withoutTimes(secondReport));
        assertEquals("", err.toString());
    }

    private static String withoutTimes(Path report) throws IOException {
        String page = Files.readString(report);
        String kept = page.replaceFirst("(?s)<section id=\"times\">.*?</section>", "");
        assertTrue(kept.length() < page.length() && kept.contains("UCI handwritten digits"), "a report of the sample with one section of times");
        return kept;
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = io.dl4k.kaggle.competition.Competitions.class.getResourceAsStream("digits-8x8/" + name)) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "train titanci | dl4k: there is no competition 'titanci' here. Did you mean 'titanic'? './dl4k competitions' lists those that are; 'auto' takes any other.",
        "train titanic | dl4k: 'titanic' needs its data: --data titanic.zip, as Kaggle hands it out",
        "train --data x.zip | dl4k: --data needs the competition's name before it: ./dl4k train COMPETITION --data x.zip",
        "train --folds 0 | dl4k: --folds must be at least 1, got 0",
        "train --folds 5000 | dl4k: --folds must be at most the number of training rows, 1348, got 5000",
        "train --epochs -1 | dl4k: --epochs must be at least 1, got -1",
        "train --workers 0 | dl4k: --workers must be at least 1, got 0",
        "train --precision fp16 | dl4k: --precision 'fp16' is not known: expected float32, tf32 or bf16",
        "train --ensemble 0 | dl4k: --ensemble must be at least 1, got 0",
        "train --time-budget 5 | dl4k: Invalid value for option '--time-budget': expected a time such as 90s, 5m or 1h30m, found '5'",
        "train --time-budget 0s | dl4k: Invalid value for option '--time-budget': expected a time above 0, found '0s'",
        "train --seed x | dl4k: Invalid value for option '--seed': expected a whole number, found 'x'",
        "train --epochs 1.5 | dl4k: Invalid value for option '--epochs': expected a whole number, found '1.5'",
        "train --out /nowhere/s.csv | dl4k: --out /nowhere/s.csv: the folder /nowhere does not exist",
        "train --model /nowhere/m.zip | dl4k: --model /nowhere/m.zip: the folder /nowhere does not exist",
        "train --report /nowhere/r.html | dl4k: --report /nowhere/r.html: the folder /nowhere does not exist",
        "train --report ./submission.csv | dl4k: --report and --out name the same file, ./submission.csv; give each its own",
        "frobnicate | dl4k: Unmatched argument at index 0: 'frobnicate'",
    })
    void wrongArguments_oneLineAndExit2(String arguments, String message) {
        assertEquals(2, run((Object[]) arguments.split(" ")));
        assertEquals(message, err.toString().lines().findFirst().orElseThrow());
        assertEquals("", out.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "train titanic --data none.zip | none.zip",
        "predict --model none.zip --data none.csv | none.csv",
        "check none.csv --sample none.zip | none.zip",
    })
    void missingFiles_oneLineAndExit2(String arguments, String name) {
        assertEquals(2, run((Object[]) arguments.split(" ")));
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertTrue(err.toString().contains(name), err::toString);
    }

    @Test
    void competitions_listsAll() {
        assertEquals(0, run("competitions"));
        assertTrue(out.toString().lines().anyMatch(line -> line.matches("titanic +MLP +accuracy +Kaggle's")), out::toString);
        assertTrue(out.toString().lines().allMatch(line -> line.length() <= 80), out::toString);
    }

    @Test
    void help_fits80Columns() {
        for (String command : new String[] {"train", "predict", "check", "devices", "competitions"}) {
            assertEquals(0, run(command, "--help"));
        }
        assertTrue(out.toString().lines().allMatch(line -> line.length() <= 80), out::toString);
    }

    @Test
    void noCommand_saysSo() {
        assertEquals(2, run());
        assertEquals("dl4k: a command is missing", err.toString().lines().findFirst().orElseThrow());
    }
}
