package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.kaggle.competition.Rows;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong files from outside: exit code 2, exactly one line on stderr that says what and where, nothing on stdout, nothing written. */
class BadInputTest {
    @TempDir
    static Path shared;
    private static Path model;

    @TempDir
    Path folder;
    private Path data;
    private Path out;

    /** What a command printed. */
    private record Printed(int code, String out, String err) {
    }

    @BeforeAll
    static void trainAModel() throws IOException {
        model = shared.resolve("m.zip");
        Printed printed = run("train", "titanic", "--data", Rows.titanicFolder(shared.resolve("data"), 40, 10), "--epochs", 1, "--folds", 2, "--ensemble", 1, "--quiet",
                "--out", shared.resolve("s.csv"), "--model", model);
        assertEquals(0, printed.code(), printed::err);
    }

    @BeforeEach
    void makeData() throws IOException {
        data = Rows.titanicFolder(folder.resolve("data"), 20, 10);
        out = folder.resolve("s.csv");
    }

    private static Printed run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        int code = Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(texts);
        return new Printed(code, out.toString(), err.toString());
    }

    private void assertRefused(String message, Printed printed) {
        assertEquals("dl4k: " + message.replace("DATA", data.toString()).replace("TMP", folder.toString()) + System.lineSeparator(), printed.err());
        assertEquals(2, printed.code());
        assertEquals("", printed.out());
        assertFalse(Files.exists(out), "nothing is written");
    }

    private Printed train() {
        return run("train", "titanic", "--data", data, "--out", out, "--folds", 2, "--epochs", 1);
    }

    private Printed predict(Path model) {
        return run("predict", "--model", model, "--data", data, "--out", out);
    }

    private void change(String file, UnaryOperator<String> change) throws IOException {
        String before = Files.readString(data.resolve(file));
        String after = change.apply(before);
        assertFalse(before.equals(after), "the change changes something");
        Files.writeString(data.resolve(file), after);
    }

    private static String withLine(String csv, int number, String line) {
        String[] lines = csv.split("\n");
        lines[number - 1] = line;
        return String.join("\n", lines) + "\n";
    }

    @Test
    void theData_asItIs_isAccepted() {
        Printed printed = train();
        assertEquals(0, printed.code(), printed::err);
        Printed predicted = run("predict", "--model", model, "--data", data, "--out", out);
        assertEquals(0, predicted.code(), predicted::err);
        assertEquals(1, predicted.err().lines().count(), "the device");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "train.csv           | PassengerId,Survived,Pclass | PassengerId,Saved,Pclass | train.csv: no column 'Survived'. Its columns are PassengerId, Saved, Pclass, Name, Sex, Age, SibSp, Parch, Ticket, Fare, Cabin, Embarked.",
        "test.csv            | ,Cabin,                     | ,Cabins,                 | test.csv: no column 'Cabin'. Did you mean 'Cabins'? Its columns are PassengerId, Pclass, Name, Sex, Age, SibSp, Parch, Ticket, Fare, Cabins, Embarked.",
        "gender_submission.csv | 1003,                     | 2003,                    | test.csv: id '2003' of gender_submission.csv is not in column 'PassengerId'. Use the files of one competition, as Kaggle hands them out.",
        "gender_submission.csv | PassengerId,Survived      | PassengerId              | gender_submission.csv, line 2: expected 1 field as in the header, found 2.",
        "gender_submission.csv | PassengerId,Survived      | Id,SalePrice             | gender_submission.csv, line 1: expected the target column 'Survived', found 'SalePrice'. Use the files of one competition, as Kaggle hands them out.",
        "test.csv            | 1004,                       | 1003,                    | test.csv, line 5, column 'PassengerId': id '1003' stands in line 4 already.",
        "test.csv            | 1004,                       | ,                        | test.csv, line 5, column 'PassengerId': the id is missing. Every row to predict needs one.",
    })
    void train_filesThatDoNotFit(String file, String from, String to, String message) throws IOException {
        change(file, csv -> csv.replaceFirst(from, to));
        assertRefused(message, train());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "3,1,2,\"A, Mr. B\",male,old,0,0,T,1,,S   | train.csv, line 4, column 'Age': expected a number, found 'old'.",
        "3,1,2,\"A, Mr. B\",male,4,0,0,T,1e300,,S | train.csv, line 4, column 'Fare': expected a number from 0 to 1000000, found '1.0E300'.",
        "3,1,2,\"A, Mr. B\",male,4,0,0,T,1,S      | train.csv, line 4: expected 12 fields as in the header, found 11.",
        "3,,2,\"A, Mr. B\",male,4,0,0,T,1,,S      | train.csv, line 4, column 'Survived': the target is missing. Every training row needs one.",
        "3,1,2,\"A, Mr. B,male,4,0,0,T,1,,S       | *",
    })
    void train_wrongRow_namesLineAndColumn(String row, String message) throws IOException {
        change("train.csv", csv -> withLine(csv, 4, row));
        Printed printed = train();
        if (message.equals("*")) {
            assertTrue(printed.err().startsWith("dl4k: train.csv, line "), printed::err);
            assertEquals(1, printed.err().lines().count(), printed::err);
            assertEquals(2, printed.code());
        } else {
            assertRefused(message, printed);
        }
    }

    @ParameterizedTest
    @CsvSource({"train.csv", "test.csv", "gender_submission.csv"})
    void train_headerOnlyOrEmptyOrBinary(String file) throws IOException {
        change(file, csv -> csv.lines().findFirst().orElseThrow());
        assertRefused(file + ", line 1: a header and no rows.", train());
        Files.writeString(data.resolve(file), "");
        assertRefused(file + ": the file is empty: expected a header and rows.", train());
        Files.write(data.resolve(file), new byte[] {'a', ',', 'b', '\n', 0, (byte) 0xff, '\n'});
        Printed printed = train();
        assertEquals(2, printed.code());
        assertEquals(1, printed.err().lines().count(), printed::err);
        assertTrue(printed.err().startsWith("dl4k: " + file), printed::err);
    }

    @Test
    void train_allTheSameFate() throws IOException {
        change("train.csv", csv -> csv.replaceAll("(?m)^(\\d+),\\d,", "$1,1,"));
        assertRefused("train.csv, column 'Survived': all 20 rows have the target '1'. There is nothing to learn.", train());
    }

    @ParameterizedTest
    @CsvSource({"train", "predict", "check"})
    void anyCommand_garbageOrEmptyData(String command) throws IOException {
        Path garbage = Files.writeString(folder.resolve("g.zip"), "<html>not found</html>");
        Path empty = folder.resolve("e.zip");
        new ZipOutputStream(Files.newOutputStream(empty)).close();
        Path cut = Files.write(folder.resolve("c.zip"), new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0});
        Path nothing = Files.write(folder.resolve("n.zip"), new byte[0]);
        Path none = Files.createDirectories(folder.resolve("none"));
        for (Path path : new Path[] {garbage, empty, cut, nothing, none, folder.resolve("gone.zip")}) {
            Printed printed = switch (command) {
                case "train" -> run("train", "titanic", "--data", path, "--out", out);
                case "predict" -> run("predict", "--model", model, "--data", path, "--out", out);
                default -> run("check", shared.resolve("s.csv"), "--sample", path);
            };
            assertEquals(2, printed.code(), path::toString);
            assertEquals(1, printed.err().lines().count(), printed::err);
            assertTrue(printed.err().contains(path.getFileName().toString()) && !printed.err().contains("internal"), printed::err);
            assertFalse(Files.exists(out));
        }
    }

    @Test
    void train_outputsThatCannotBe() throws IOException {
        assertRefused("--out DATA is a folder; name a file in it", run("train", "titanic", "--data", data, "--out", data));
        assertRefused("--model and --out name the same file, TMP/x.zip; give each its own",
                run("train", "titanic", "--data", data, "--out", folder.resolve("x.zip"), "--model", folder.resolve("x.zip")));
        Path zip = Files.writeString(folder.resolve("titanic.zip"), "the only copy");
        assertRefused("--out and --data name the same file, TMP/titanic.zip; give each its own", run("train", "titanic", "--data", zip, "--out", zip));
        assertEquals("the only copy", Files.readString(zip));
        Files.writeString(folder.resolve("s.csv.checkpoint"), "mine");
        assertRefused("TMP/s.csv.checkpoint: is a file, where the checkpoint's folder goes. Remove it or choose another --out.", train());
    }

    @Test
    void train_resumeOfAnotherRun() throws IOException {
        Path checkpoint = Files.createDirectories(folder.resolve("s.csv.checkpoint"));
        Files.writeString(checkpoint.resolve("run.json"), "not json");
        assertRefused("TMP/s.csv.checkpoint/run.json: it is damaged. Leave out --resume to start afresh.", run("train", "titanic", "--data", data, "--out", out, "--resume"));
        Files.writeString(checkpoint.resolve("run.json"), "{}");
        Printed printed = run("train", "titanic", "--data", data, "--out", out, "--resume");
        assertTrue(printed.err().startsWith("dl4k: " + checkpoint + ": this checkpoint is of another run: competition was absent, is titanic; "), printed::err);
        assertEquals(1, printed.err().lines().count(), printed::err);
        assertEquals(2, printed.code());
        Files.writeString(checkpoint.resolve("notes.txt"), "mine");
        assertRefused("TMP/s.csv.checkpoint: holds notes.txt, which is not of a checkpoint. Remove the folder or choose another --out.", train());
    }

    @Test
    void train_moreThanThereCanBe() {
        assertRefused("--folds must be at most the number of training rows, 20, got 21", run("train", "titanic", "--data", data, "--out", out, "--folds", 21));
        assertRefused("--folds times ensemble must be at most 1000 networks, got 10 x 2147483647",
                run("train", "titanic", "--data", data, "--out", out, "--ensemble", Integer.MAX_VALUE));
    }

    @Test
    void predict_modelThatIsNone() throws IOException {
        assertRefused("TMP/gone.zip: no such file. Check the path, or train a model first.", predict(folder.resolve("gone.zip")));
        assertRefused("DATA: not a file. Give the model's zip.", predict(data));
        Path garbage = Files.writeString(folder.resolve("g.zip"), "garbage");
        Printed printed = predict(garbage);
        assertTrue(printed.err().startsWith("dl4k: " + garbage + ": not a whole zip ("), printed::err);
        assertEquals(1, printed.err().lines().count(), printed::err);
        assertEquals(2, printed.code());
    }

    @Test
    void predict_dataOfAnotherCompetition() throws IOException {
        Path csv = Files.writeString(folder.resolve("digits.csv"), "pixel0,pixel1\n0,1\n");
        assertRefused("digits.csv: no column 'PassengerId'. Its columns are pixel0, pixel1.", run("predict", "--model", model, "--data", csv, "--out", out));
    }

    @Test
    void predict_idsMissingOrDoubled() throws IOException {
        Path csv = folder.resolve("rows.csv");
        String rows = Files.readString(data.resolve("test.csv"));
        Files.writeString(csv, rows.replaceFirst("1004,", ","));
        assertRefused("rows.csv, line 5, column 'PassengerId': the id is missing. Every row to predict needs one.", run("predict", "--model", model, "--data", csv, "--out", out));
        Files.writeString(csv, rows.replaceFirst("1004,", "1003,"));
        assertRefused("rows.csv, line 5, column 'PassengerId': id '1003' stands in line 4 already.", run("predict", "--model", model, "--data", csv, "--out", out));
    }

    @Test
    void predict_outputsThatCannotBe() throws IOException {
        Path csv = Files.writeString(folder.resolve("rows.csv"), Files.readString(data.resolve("test.csv")), StandardCharsets.UTF_8);
        byte[] before = Files.readAllBytes(csv);
        assertRefused("--out and --data name the same file, TMP/rows.csv; give each its own", run("predict", "--model", model, "--data", csv, "--out", csv));
        assertEquals(before.length, Files.size(csv));
        assertRefused("--out TMP/none/s.csv: the folder TMP/none does not exist", run("predict", "--model", model, "--data", csv, "--out", folder.resolve("none/s.csv")));
        assertRefused("--out DATA is a folder; name a file in it", run("predict", "--model", model, "--data", csv, "--out", data));
    }
}
