package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.kaggle.cli.Broken.Verb;
import io.dl4k.kaggle.cli.Commands.Printed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each broken input of {@link BrokenInputs} through the command line: the right answer, or one line and exit 2 with nothing written. */
class BrokenInputsTest {
    @TempDir
    static Path shared;
    private static Path good;
    private static Path model;
    private static Path recipe;
    private static final Map<Verb, byte[]> ANSWERS = new EnumMap<>(Verb.class);

    @TempDir
    Path folder;

    @BeforeAll
    static void answerTheGoodOnes() throws IOException {
        model = shared.resolve("m.zip");
        recipe = Files.writeString(shared.resolve("tiny.yaml"), "folds: 2\nensemble: 1\ncandidates:\n  - {name: tiny, network: mlp, hidden: [4], epochs: 1}\n");
        good = BrokenInputs.titanic().folder(shared);
        Path unknown = BrokenInputs.unknown().folder(Files.createDirectories(shared.resolve("unknown")));
        Path out = shared.resolve("s.csv");
        assertEquals(0, Commands.run("train", "titanic", "--data", good, "--out", out, "--model", model, "--folds", 2, "--epochs", 1, "--ensemble", 1).code());
        ANSWERS.put(Verb.TRAIN, Files.readAllBytes(out));
        assertEquals(0, Commands.run("train", recipe, "--data", unknown, "--out", out).code());
        ANSWERS.put(Verb.FIND, Files.readAllBytes(out));
        assertEquals(0, Commands.run("predict", "--model", model, "--data", good, "--out", out).code());
        ANSWERS.put(Verb.PREDICT, Files.readAllBytes(out));
    }

    private static Stream<Broken> inputs() {
        return BrokenInputs.all().stream();
    }

    private Printed run(Verb verb, Path input, Path out) {
        return switch (verb) {
            case TRAIN -> Commands.run("train", "titanic", "--data", input, "--out", out, "--quiet", "--folds", 2, "--epochs", 1, "--ensemble", 1);
            case FIND -> Commands.run("train", recipe, "--data", input, "--out", out, "--quiet");
            case SEARCH -> Commands.run("train", "auto", "--data", input, "--out", out, "--quiet", "--folds", 2, "--epochs", 1, "--ensemble", 1, "--time-budget", "20s");
            case PREDICT -> Commands.run("predict", "--model", model, "--data", input, "--out", out, "--quiet");
            case CHECK -> Commands.run("check", input, "--sample", good);
            case SAMPLE -> Commands.run("check", good.resolve(BrokenInputs.GENDER), "--sample", input);
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void anyCommand_brokenInput_answersOrSaysWhatIsWrong(Broken broken) throws IOException {
        boolean titanic = broken.verb() != Verb.FIND && broken.verb() != Verb.SEARCH;
        KaggleFiles files = titanic ? BrokenInputs.titanic() : BrokenInputs.unknown();
        if (broken.verb() == Verb.CHECK) {
            files.with(BrokenInputs.SUBMISSION, files.text(BrokenInputs.GENDER));
        }
        Path input = broken.made().of(files, folder);
        Path out = folder.resolve("out.csv");
        List<Path> before = everything();
        Printed printed = run(broken.verb(), input, out);
        if (broken.expected() instanceof Broken.Expected.Refused refused) {
            assertRefused(refused.message(), printed, broken.verb());
            assertEquals(before, everything());
        } else {
            assertEquals(0, printed.code(), printed::err);
            assertEquals("", printed.err());
            if (broken.verb() != Verb.CHECK) {
                assertAnswered(broken, input, out);
            }
        }
    }

    private void assertAnswered(Broken broken, Path input, Path out) throws IOException {
        if (broken.expected() instanceof Broken.Expected.Answered answered) {
            List<String> lines = Files.readAllLines(out);
            assertTrue(answered.lines().test(lines), lines::toString);
            if (Files.isDirectory(input)) {
                Printed checked = Commands.run("check", out, "--sample", input);
                assertEquals(0, checked.code(), () -> checked + "\n" + lines);
            }
        } else {
            assertArrayEquals(ANSWERS.get(broken.verb()), Files.readAllBytes(out));
        }
    }

    private void assertRefused(String message, Printed printed, Verb verb) {
        String lines = Arrays.stream(message.split("\\|")).map(line -> (verb == Verb.CHECK ? "(dl4k: )?" : "dl4k: ") + Arrays.stream(line.replace("TMP", folder.toString()).split("\\*", -1))
                .map(Pattern::quote).collect(Collectors.joining("[^\n]*")) + "\\R").collect(Collectors.joining());
        assertTrue(printed.err().matches(lines), () -> "expected " + message + "\nfound " + printed.err());
        assertFalse(printed.err().contains("internal error"), printed::err);
        assertEquals(2, printed.code(), printed::err);
    }

    private List<Path> everything() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }

    /** The count that docs/reliability.md gives. */
    @Test
    void inputs_everyKindOfBreakage_isThere() {
        assertEquals(BrokenInputs.all().size(), BrokenInputs.all().stream().map(Broken::toString).distinct().count(), "names are distinct");
    }
}
