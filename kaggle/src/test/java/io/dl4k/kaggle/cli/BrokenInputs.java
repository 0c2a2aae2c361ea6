package io.dl4k.kaggle.cli;

import io.dl4k.kaggle.cli.Broken.Expected;
import io.dl4k.kaggle.cli.Broken.Made;
import io.dl4k.kaggle.cli.Broken.Verb;
import io.dl4k.kaggle.competition.Rows;
import io.dl4k.kaggle.fuzz.Packed;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The broken inputs, by what is broken. */
final class BrokenInputs {
    static final String TRAIN = "train.csv";
    static final String TEST = "test.csv";
    static final String GENDER = "gender_submission.csv";
    static final String SAMPLE = "sample_submission.csv";
    static final String SUBMISSION = "submission.csv";
    static final int PASSENGERS = 24;
    static final int TO_PREDICT = 10;
    private static final int MEBIBYTE = 1 << 20;
    private static final String AGAIN = " Download it again.";

    private final List<Broken> all = new ArrayList<>();

    private BrokenInputs() {
    }

    static List<Broken> all() {
        BrokenInputs inputs = new BrokenInputs();
        inputs.zips();
        inputs.encodings();
        inputs.lines();
        inputs.headers();
        inputs.sizes();
        inputs.numbers();
        inputs.ids();
        inputs.targets();
        inputs.columns();
        return Collections.unmodifiableList(inputs.all);
    }

    /** Good files of Titanic's layout. */
    static KaggleFiles titanic() {
        return new KaggleFiles().with(TRAIN, Rows.titanicTrain(PASSENGERS, 1)).with(TEST, Rows.titanicTest(TO_PREDICT, 2)).with(GENDER, Rows.titanicSample(TO_PREDICT));
    }

    /** Good files of a competition that nobody knows. */
    static KaggleFiles unknown() {
        return unknown(i -> String.valueOf(i), i -> i % 2 == 0 ? "yes" : "no", "no");
    }

    private static KaggleFiles unknown(java.util.function.IntFunction<String> id, java.util.function.IntFunction<String> target, String shown) {
        StringBuilder train = new StringBuilder("id,x,colour,y\n");
        StringBuilder test = new StringBuilder("id,x,colour\n");
        StringBuilder sample = new StringBuilder("id,y\n");
        for (int i = 1; i <= 40; i++) {
            String row = id.apply(i) + "," + (i * 37 % 19) / 4.0 + "," + (i % 3 == 0 ? "red" : "green");
            if (i <= 30) {
                train.append(row).append(',').append(target.apply(i)).append('\n');
            } else {
                test.append(row).append('\n');
                sample.append(id.apply(i)).append(',').append(shown).append('\n');
            }
        }
        return new KaggleFiles().with(TRAIN, train.toString()).with(TEST, test.toString()).with(SAMPLE, sample.toString());
    }

    private void add(Verb verb, String name, Made made, Expected expected) {
        all.add(new Broken(name, verb, made, expected));
    }

    private void refused(Verb verb, String name, String message, Made made) {
        add(verb, name, made, new Expected.Refused(message));
    }

    private void same(Verb verb, String name, Made made) {
        add(verb, name, made, new Expected.Same());
    }

    private void answered(Verb verb, String name, Made made) {
        answered(verb, name, lines -> true, made);
    }

    private void answered(Verb verb, String name, Predicate<List<String>> lines, Made made) {
        add(verb, name, made, new Expected.Answered(lines));
    }

    /** One file of several, changed as text. */
    private static Made edit(String file, UnaryOperator<String> change) {
        return (files, folder) -> files.edit(file, change).folder(folder);
    }

    private static UnaryOperator<String> line(int number, UnaryOperator<String> change) {
        return csv -> {
            String[] lines = csv.split("\n", -1);
            lines[number - 1] = change.apply(lines[number - 1]);
            return String.join("\n", lines);
        };
    }

    /** @param column from 0; fields before it hold no commas */
    private static UnaryOperator<String> field(int line, int column, String value) {
        return line(line, text -> {
            String[] fields = text.split(",", -1);
            fields[column] = value;
            return String.join(",", fields);
        });
    }

    private static UnaryOperator<String> column(int column, UnaryOperator<String> value) {
        return csv -> {
            String[] lines = csv.split("\n");
            for (int i = 1; i < lines.length; i++) {
                String[] fields = lines[i].split(",", -1);
                fields[column] = value.apply(fields[column]);
                lines[i] = String.join(",", fields);
            }
            return String.join("\n", lines) + "\n";
        };
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int indexOf(byte[] in, byte[] what) {
        return IntStream.range(0, in.length - what.length + 1).filter(i -> Arrays.equals(in, i, i + what.length, what, 0, what.length)).findFirst().orElseThrow();
    }

    /** A file of this size, made of a beginning and one character. */
    private static Path filled(Path file, String start, char rest, int mebibytes) throws IOException {
        byte[] block = new byte[MEBIBYTE];
        Arrays.fill(block, (byte) rest);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(latin(start));
            for (int i = 0; i < mebibytes; i++) {
                out.write(block);
            }
        }
        return file;
    }

    private void zips() {
        for (Verb verb : new Verb[] {Verb.TRAIN, Verb.FIND, Verb.PREDICT, Verb.SAMPLE}) {
            for (double part : new double[] {0.001, 0.3, 0.9, 0.9999}) {
                refused(verb, "zip cut off after " + part, "data.zip: the zip archive is cut off or damaged (*)." + AGAIN, (files, folder) -> {
                    byte[] whole = files.zipped();
                    return Files.write(folder.resolve("data.zip"), Arrays.copyOf(whole, Math.max(6, (int) (part * whole.length))));
                });
            }
            refused(verb, "web page called .zip", "data.zip: not a zip archive. Download it again; a web page may have been saved under this name.",
                    (files, folder) -> Files.writeString(folder.resolve("data.zip"), "<!doctype html><html>not found</html>"));
            refused(verb, "zip of no bytes", "data.zip: not a zip archive. Download it again; a web page may have been saved under this name.",
                    (files, folder) -> Files.write(folder.resolve("data.zip"), new byte[0]));
            refused(verb, "garbage that begins as a zip", "data.zip: the zip archive is cut off or damaged (*)." + AGAIN, (files, folder) -> {
                byte[] garbage = new byte[5000];
                new java.util.Random(3).nextBytes(garbage);
                System.arraycopy(new byte[] {'P', 'K', 3, 4}, 0, garbage, 0, 4);
                return Files.write(folder.resolve("data.zip"), garbage);
            });
            refused(verb, "encrypted zip", "data.zip: the zip archive is encrypted. Unpack it with its password and give the folder.", (files, folder) -> {
                byte[] bytes = files.zipped();
                bytes[6] |= 1;
                bytes[indexOf(bytes, new byte[] {'P', 'K', 1, 2}) + 8] |= 1;
                return Files.write(folder.resolve("data.zip"), bytes);
            });
            for (String name : new String[] {"../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "a/../../evil.txt"}) {
                refused(verb, "entry " + name, "data.zip: entry '" + name + "' points outside the archive: refused. Get the file from its source again.",
                        (files, folder) -> files.with(name, "a\n1\n").zip(folder));
            }
        }
        String bomb = "inflates to more than 300 times its size: refused as a zip bomb. Unpack it yourself if you trust it.";
        byte[] rows = latin("a,b\n" + ("0," + "x".repeat(MEBIBYTE - 3) + "\n").repeat(66));
        refused(Verb.TRAIN, "zip bomb", "data.zip!train.csv: " + bomb, (files, folder) -> files.with(TRAIN, rows).zip(folder));
        refused(Verb.PREDICT, "zip bomb", "data.zip!test.csv: " + bomb, (files, folder) -> files.with(TEST, rows).zip(folder));
        refused(Verb.SAMPLE, "zip bomb", "data.zip!gender_submission.csv: " + bomb, (files, folder) -> files.with(GENDER, rows).zip(folder));
        refused(Verb.FIND, "zip bomb in a zip", "data.zip!train.csv.zip: " + bomb,
                (files, folder) -> files.without(TRAIN).with("train.csv.zip", new KaggleFiles().with(TRAIN, rows).zipped()).zip(folder));
        refused(Verb.CHECK, "gzip bomb", "submission.csv.gz: " + bomb, (files, folder) -> Files.write(folder.resolve("submission.csv.gz"), Packed.gzip(rows)));
        refused(Verb.TRAIN, "damaged entry", "data.zip!train.csv: damaged*" + AGAIN, (files, folder) -> {
            byte[] bytes = files.zipped();
            bytes[200] ^= 0x55;
            return Files.write(folder.resolve("data.zip"), bytes);
        });
        same(Verb.TRAIN, "nested folders", (files, folder) -> files.named(name -> "titanic/data/" + name).zip(folder));
        same(Verb.PREDICT, "nested folders", (files, folder) -> files.named(name -> "titanic/data/" + name).zip(folder));
        same(Verb.FIND, "folders with backslashes", (files, folder) -> files.named(name -> "data\\" + name).zip(folder));
        same(Verb.TRAIN, "every file a zip in the zip", (files, folder) -> new KaggleFiles().with("train.csv.zip", new KaggleFiles().with(TRAIN, files.text(TRAIN)).zipped())
                .with("test.csv.gz", Packed.gzip(latin(files.text(TEST)))).with(GENDER, files.text(GENDER)).zip(folder));
        same(Verb.TRAIN, "shadows of macOS", (files, folder) -> files.with("__MACOSX/._train.csv", new byte[] {0, 5, 22, 7}).with("__MACOSX/train.csv", "x\n").zip(folder));
        same(Verb.TRAIN, "another train.csv deeper down", (files, folder) -> files.with("old/train.csv", "x\n1\n").zip(folder));
        refused(Verb.TRAIN, "two train.csv in two folders", "data.zip: no telling which file 'train.csv' is meant: a/train.csv, b/train.csv. Give a folder with one of them.",
                (files, folder) -> files.with("a/train.csv", files.text(TRAIN)).with("b/train.csv", files.text(TRAIN)).without(TRAIN).zip(folder));
        refused(Verb.TRAIN, "the same entry twice", "data.zip: entry 'train.csv' stands there twice: no telling which is meant. Unpack it yourself and give the folder.",
                (files, folder) -> Files.write(folder.resolve("data.zip"), latin(new String(files.with("drain.csv", "x\n").zipped(), StandardCharsets.ISO_8859_1).replace("drain", "train"))));
        refused(Verb.TRAIN, "folder of a zip", "TMP/data: no .csv file inside. Give the zip itself: TMP/data/titanic.zip.",
                (files, folder) -> new KaggleFiles().with("titanic.zip", files.zipped()).folder(folder));
    }

    private void encodings() {
        for (Verb verb : new Verb[] {Verb.TRAIN, Verb.FIND, Verb.PREDICT}) {
            same(verb, "UTF-8 with a mark", (files, folder) -> files.encoded("\ufeff", StandardCharsets.UTF_8).folder(folder));
            same(verb, "UTF-16, big end first", (files, folder) -> files.encoded("\ufeff", StandardCharsets.UTF_16BE).folder(folder));
            same(verb, "UTF-16, little end first, in a zip", (files, folder) -> files.encoded("\ufeff", StandardCharsets.UTF_16LE).zip(folder));
        }
        for (Charset charset : new Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE}) {
            refused(Verb.TRAIN, charset + " without a mark", "train.csv, line 1: a NUL character: this is no text. Save the file as a CSV in UTF-8.",
                    (files, folder) -> files.encoded("", charset).folder(folder));
        }
        refused(Verb.PREDICT, "UTF-32", "test.csv, line 1: a NUL character: this is no text. Save the file as a CSV in UTF-8.",
                (files, folder) -> files.bytes(TEST, bytes -> ("\ufeff" + new String(bytes, StandardCharsets.UTF_8)).getBytes(Charset.forName("UTF-32LE"))).folder(folder));
        for (Verb verb : new Verb[] {Verb.TRAIN, Verb.PREDICT}) {
            refused(verb, "Latin-1", "test.csv, line 3: not valid UTF-8. Save the file as UTF-8.",
                    (files, folder) -> files.bytes(TEST, bytes -> latin(line(3, text -> text.replace("Family", "Fam\u00efly")).apply(new String(bytes, StandardCharsets.UTF_8)))).folder(folder));
        }
        refused(Verb.FIND, "Latin-1", "train.csv, line 2: not valid UTF-8. Save the file as UTF-8.",
                (files, folder) -> files.bytes(TRAIN, bytes -> latin(line(2, text -> text.replace("green", "gr\u00fcn")).apply(new String(bytes, StandardCharsets.UTF_8)))).folder(folder));
        refused(Verb.CHECK, "Latin-1", "submission.csv, line 2: not valid UTF-8. Save the file as UTF-8.",
                (files, folder) -> Files.write(folder.resolve(SUBMISSION), latin(files.text(SUBMISSION).replaceFirst("\n1001,.", "\n1001,\u00e9"))));
        refused(Verb.CHECK, "UTF-16", "submission.csv: it is UTF-16, Kaggle reads UTF-8. Save it as UTF-8.",
                (files, folder) -> Files.write(folder.resolve(SUBMISSION), files.text(SUBMISSION).getBytes(StandardCharsets.UTF_16)));
        answered(Verb.CHECK, "UTF-8 with a mark", (files, folder) -> Files.writeString(folder.resolve(SUBMISSION), "\ufeff" + files.text(SUBMISSION)));
        refused(Verb.TRAIN, "two marks", "train.csv: no column 'PassengerId'. Did you mean '\\ufeffPassengerId'? Its columns are \\ufeffPassengerId, Survived, Pclass, Name, Sex, Age, SibSp, "
                + "Parch, Ticket, Fare, Cabin, Embarked.", (files, folder) -> files.edit(TRAIN, csv -> "\ufeff\ufeff" + csv).folder(folder));
    }

    private void lines() {
        for (Verb verb : new Verb[] {Verb.TRAIN, Verb.FIND, Verb.PREDICT}) {
            same(verb, "lines end in CR", (files, folder) -> files.all(bytes -> latin(new String(bytes, StandardCharsets.ISO_8859_1).replace('\n', '\r'))).folder(folder));
            same(verb, "lines end in CRLF", (files, folder) -> files.all(bytes -> latin(new String(bytes, StandardCharsets.ISO_8859_1).replace("\n", "\r\n"))).folder(folder));
            same(verb, "every kind of line end and empty lines", (files, folder) -> files.all(bytes -> latin("\n\r\n" + new String(bytes, StandardCharsets.ISO_8859_1).replaceFirst("\n", "\r")
                    .replaceFirst("\n", "\r\n\r\n").replaceFirst("\n$", ""))).folder(folder));
        }
        same(Verb.TRAIN, "every field quoted", (files, folder) -> files.edit(TRAIN, csv -> csv.replaceAll("(?m)(^|,)([^\",\n]*)(?=,|$)", "$1\"$2\"")).folder(folder));
        same(Verb.TRAIN, "a name over two lines", edit(TRAIN, line(3, text -> text.replace(", M", ",\r\n M"))));
        same(Verb.PREDICT, "a name over two lines", edit(TEST, line(4, text -> text.replace(", M", ",\n M"))));
        refused(Verb.TRAIN, "wrong number after a name over two lines", "train.csv, line 5, column 'Age': expected a number, found 'old'.",
                edit(TRAIN, csv -> field(5, 6, "old").apply(line(3, text -> text.replace(", M", ",\n M")).apply(csv))));
        refused(Verb.TRAIN, "a quote that is not closed", "train.csv, line 4, column 'Name': more characters after a closing quote. Double the quotes inside a quoted field.", edit(TRAIN, line(4, text -> text.replaceFirst("([a-z])\",", "$1,"))));
        refused(Verb.FIND, "a quote that is not closed before the end", "train.csv, line 4, column 'colour': a quoted field is not closed before the file ends. Is the file cut off, or a quote not doubled?",
                edit(TRAIN, field(4, 2, "\"green")));
        refused(Verb.CHECK, "a quote that is not closed", "submission.csv, line 3, column 'Survived': a quoted field is not closed before the file ends. Is the file cut off, or a quote not doubled?",
                (files, folder) -> Files.writeString(folder.resolve(SUBMISSION), field(3, 1, "\"0").apply(files.text(SUBMISSION))));
        for (Verb verb : new Verb[] {Verb.TRAIN, Verb.PREDICT}) {
            refused(verb, "a row with a field more", "test.csv, line 5: expected 11 fields as in the header, found 12.", edit(TEST, line(5, text -> text + ",")));
            refused(verb, "a row with a field less", "test.csv, line 11: expected 11 fields as in the header, found 10.", edit(TEST, line(11, text -> text.substring(0, text.lastIndexOf(',')))));
            refused(verb, "a last row that is cut off", "test.csv, line 11: expected 11 fields as in the header, found 1.", edit(TEST, csv -> csv.substring(0, csv.lastIndexOf("1010") + 3)));
            refused(verb, "a NUL", "test.csv, line 2: a NUL character: this is no text. Save the file as a CSV in UTF-8.", edit(TEST, line(2, text -> text + "\0")));
            refused(verb, "zeros at the end, as after a crash", "test.csv, line 12: a NUL character: this is no text. Save the file as a CSV in UTF-8.", edit(TEST, csv -> csv + "\0".repeat(512)));
        }
        refused(Verb.FIND, "a NUL", "train.csv, line 9: a NUL character: this is no text. Save the file as a CSV in UTF-8.", edit(TRAIN, field(9, 2, "re\0d")));
        refused(Verb.SAMPLE, "a row with a field more", "gender_submission.csv, line 2: expected 2 fields as in the header, found 3.", edit(GENDER, line(2, text -> text + ",1")));
        refused(Verb.CHECK, "a row with a field less", "submission.csv, line 2: expected 2 fields as in the header, found 1.",
                (files, folder) -> Files.writeString(folder.resolve(SUBMISSION), line(2, text -> "1001").apply(files.text(SUBMISSION))));
        refused(Verb.CHECK, "a NUL", "submission.csv, line 2: a NUL character: this is no text. Save the file as a CSV in UTF-8.",
                (files, folder) -> Files.writeString(folder.resolve(SUBMISSION), line(2, text -> "1001,\0").apply(files.text(SUBMISSION))));
    }

    private void headers() {
        refused(Verb.TRAIN, "a name twice", "train.csv, line 1, column 'Age': the name stands twice in the header, as column 6 and 7. Rename one.", edit(TRAIN, csv -> csv.replaceFirst("SibSp", "Age")));
        refused(Verb.FIND, "a name twice", "test.csv, line 1, column 'x': the name stands twice in the header, as column 2 and 3. Rename one.", edit(TEST, csv -> csv.replaceFirst("colour", "x")));
        refused(Verb.TRAIN, "the header twice", "test.csv, line 2: the header stands here again. Remove the line.", edit(TEST, csv -> csv.lines().findFirst().orElseThrow() + "\n" + csv));
        refused(Verb.FIND, "the header twice", "train.csv, line 32: the header stands here again. Remove the line.", edit(TRAIN, csv -> csv + csv));
        refused(Verb.TRAIN, "no header", "train.csv, line 1, column '1': the name stands twice in the header, as column 1 and 2. Rename one.", edit(TRAIN, csv -> csv.substring(csv.indexOf('\n') + 1)));
        refused(Verb.FIND, "no header in the training set", "sample_submission.csv, line 1, column 'y': there is no such column in train.csv, and no telling which of its columns is meant: "
                + "the test set lacks 1, 4.5, green, no. Say it in a recipe: 'target: COLUMN'.", edit(TRAIN, csv -> csv.substring(csv.indexOf('\n') + 1)));
        refused(Verb.FIND, "no header in the test set", "train.csv: there is no column to predict from: 'x' is left out, the test set has no such column; 'colour' is left out, the test set has no "
                + "such column.", edit(TEST, csv -> csv.substring(csv.indexOf('\n') + 1)));
        refused(Verb.FIND, "no header in the sample", "test.csv: it has 10 rows, but sample_submission.csv has 9. Use the files of one competition, as Kaggle hands them out.", edit(SAMPLE, csv -> csv.substring(csv.indexOf('\n') + 1)));
        refused(Verb.PREDICT, "no header", "test.csv, line 1: column 10 of 11 has no name. Name it, or leave it out (pandas: to_csv(index=False)).", edit(TEST, csv -> csv.substring(csv.indexOf('\n') + 1)));
        refused(Verb.CHECK, "no header", "submission.csv, line 1: the header is '1001,0', expected 'PassengerId,Survived'.", (files, folder) -> Files.writeString(folder.resolve(SUBMISSION), files.text(SUBMISSION).replaceFirst(".*\n", "")));
        refused(Verb.TRAIN, "a column of row numbers without a name", "train.csv, line 1: column 1 of 13 has no name. Name it, or leave it out (pandas: to_csv(index=False)).",
                edit(TRAIN, csv -> csv.replaceAll("(?m)^(?=.)", "0,").replaceFirst("0", "")));
        for (Verb verb : new Verb[] {Verb.TRAIN, Verb.FIND, Verb.PREDICT}) {
            refused(verb, "header only", "test.csv, line 1: a header and no rows.", edit(TEST, csv -> csv.lines().findFirst().orElseThrow()));
            refused(verb, "empty file", "test.csv: the file is empty: expected a header and rows.", edit(TEST, csv -> ""));
            refused(verb, "nothing but line ends", "test.csv: the file is empty: expected a header and rows.", edit(TEST, csv -> "\ufeff\r\n\n\r"));
            refused(verb, "no such file", "TMP/gone: no such file or folder. Check the path.", (files, folder) -> folder.resolve("gone"));
        }
        refused(Verb.SAMPLE, "header only", "gender_submission.csv, line 1: a header and no rows.", edit(GENDER, csv -> csv.lines().findFirst().orElseThrow()));
        refused(Verb.CHECK, "empty file", "submission.csv: the file is empty: expected a header and rows.", (files, folder) -> Files.write(folder.resolve(SUBMISSION), new byte[0]));
        refused(Verb.CHECK, "no such file", "TMP/gone: no such file or folder. Check the path.", (files, folder) -> folder.resolve("gone"));
    }

    private void sizes() {
        refused(Verb.PREDICT, "a line of 100 MB, one field", "rows.csv, line 2, column 'Pclass': a field of more than 16,777,216 characters. Is a quote not closed?",
                (files, folder) -> filled(folder.resolve("rows.csv"), files.text(TEST).lines().findFirst().orElseThrow() + "\n1,", 'x', 100));
        refused(Verb.PREDICT, "a line of 100 MB, commas", "rows.csv, line 2: expected 11 fields as in the header, found 104857602.",
                (files, folder) -> filled(folder.resolve("rows.csv"), files.text(TEST).lines().findFirst().orElseThrow() + "\n1,", ',', 100));
        refused(Verb.PREDICT, "a header of 100 MB, commas", "rows.csv, line 1: more than 1,000,000 columns: is this a CSV with a header line?",
                (files, folder) -> filled(folder.resolve("rows.csv"), "", ',', 100));
        refused(Verb.CHECK, "a quote before 100 MB", "submission.csv, line 2, column 'Survived': a field of more than 16,777,216 characters. Is a quote not closed?",
                (files, folder) -> filled(folder.resolve(SUBMISSION), "PassengerId,Survived\n1001,\"", '\n', 100));
    }

    private void numbers() {
        String feature = "train.csv, line 4, column 'x': expected a number as in other rows, found '%s'. Write a finite one with a decimal point, or say in a recipe what the column holds: 'columns: {x: code}'.";
        for (String value : new String[] {"1e400", "inf", "-Infinity", "\"1,5\""}) {
            String shown = value.replace("\"", "");
            refused(Verb.TRAIN, value, "train.csv, line 4, column 'Fare': expected a number, found '" + shown + "'.",
                    edit(TRAIN, csv -> csv.replaceFirst("(?m)^(3,.*?,)([0-9.]+)(,[^,]*,[^,]*)$", "$1" + value + "$3")));
            refused(Verb.PREDICT, value, "test.csv, line 4, column 'Fare': expected a number, found '" + shown + "'.",
                    edit(TEST, csv -> csv.replaceFirst("(?m)^(1003,.*?,)([0-9.]+)(,[^,]*,[^,]*)$", "$1" + value + "$3")));
            refused(Verb.FIND, value + " among numbers", feature.formatted(shown), edit(TRAIN, field(4, 1, value)));
            refused(Verb.FIND, value + " among numbers of the test set", feature.replace("train.csv, line 4", "test.csv, line 3").formatted(shown), edit(TEST, field(3, 1, value)));
            refused(Verb.FIND, value + " among numbers to predict", feature.replace("column 'x'", "column 'y'").replace("{x:", "{y:").formatted(shown),
                    (files, folder) -> unknown(String::valueOf, i -> String.valueOf(i * 1.25), "0").edit(TRAIN, field(4, 3, value)).folder(folder));
            refused(Verb.CHECK, value, "submission.csv, line 3, column 'Survived': expected 0 or 1, found '" + shown + "'. *",
                    (files, folder) -> Files.writeString(folder.resolve(SUBMISSION), field(3, 1, value).apply(files.text(SUBMISSION))));
        }
        answered(Verb.TRAIN, "NaN", edit(TRAIN, csv -> csv.replaceFirst("(?m)^(3,.*?,)([0-9.]+)(,[^,]*,[^,]*)$", "$1NaN$3")));
        answered(Verb.FIND, "NaN among numbers", edit(TRAIN, field(4, 1, "NaN")));
        answered(Verb.FIND, "NaN among numbers of the test set", edit(TEST, field(3, 1, "NaN")));
        answered(Verb.FIND, "NaN to predict",
                (files, folder) -> unknown(String::valueOf, i -> String.valueOf(i * 1.25), "0").edit(TRAIN, field(4, 3, "NaN")).folder(folder));
        answered(Verb.FIND, "numbers at the ends of what a double holds", edit(TRAIN, csv -> field(4, 1, "1.7e308").apply(field(5, 1, "-1.7e308").apply(csv))));
    }

    private void ids() {
        for (Verb verb : new Verb[] {Verb.TRAIN, Verb.PREDICT}) {
            answered(verb, "ids beyond 2^53", ids(i -> "90071992547409" + (90 + i)), (files, folder) -> renamed(files, i -> "90071992547409" + (90 + i)).folder(folder));
            answered(verb, "ids with leading zeros", ids(i -> "00" + (i + 1)), (files, folder) -> renamed(files, i -> "00" + (i + 1)).folder(folder));
            answered(verb, "ids with quotes, commas and line ends", ids(i -> "\"a" + i + ",\"\"b\"\"\""), (files, folder) -> renamed(files, i -> "\"a" + i + ",\"\"b\"\"\"").folder(folder));
            refused(verb, "an id twice", "test.csv, line 5, column 'PassengerId': id '1003' stands in line 4 already.", edit(TEST, csv -> csv.replace("\n1004,", "\n1003,")));
            refused(verb, "an id missing", "test.csv, line 5, column 'PassengerId': the id is missing. Every row to predict needs one.", edit(TEST, csv -> csv.replace("\n1004,", "\n,")));
            refused(verb, "ids that differ by leading zeros", "test.csv: id '01003' of gender_submission.csv is not in column 'PassengerId'. Use the files of one competition, as Kaggle hands them out.",
                    edit(GENDER, csv -> csv.replace("1003", "01003")));
        }
        answered(Verb.FIND, "ids beyond 2^53", lines -> lines.get(1).startsWith("9007199254740993031,") && distinct(lines),
                (files, folder) -> unknown(i -> "90071992547409930" + i, i -> i % 2 == 0 ? "yes" : "no", "no").folder(folder));
        answered(Verb.FIND, "ids with leading zeros", lines -> lines.get(1).startsWith("0031,") && distinct(lines),
                (files, folder) -> unknown(i -> "00" + i, i -> i % 2 == 0 ? "yes" : "no", "no").folder(folder));
        answered(Verb.FIND, "ids as numbers with an exponent", lines -> lines.get(1).startsWith("31e3,") && distinct(lines),
                (files, folder) -> unknown(i -> i + "e3", i -> i % 2 == 0 ? "yes" : "no", "no").folder(folder));
        answered(Verb.TRAIN, "an id twice in the sample", lines -> lines.get(3).equals(lines.get(4)), edit(GENDER, csv -> csv.replace("1004,1", "1003,0")));
        answered(Verb.TRAIN, "an id twice in the training set", edit(TRAIN, csv -> csv.replace("\n4,", "\n3,")));
        refused(Verb.CHECK, "an id twice", "submission.csv, line 5, column 'PassengerId': id '1003' stands in line 4 already. Remove one of them.|submission.csv, column 'PassengerId': id '1004' is "
                + "missing (row 4 of gender_submission.csv). Add a row for it.", (files, folder) -> Files.writeString(folder.resolve(SUBMISSION), files.text(SUBMISSION).replace("\n1004,", "\n1003,")));
    }

    private static Predicate<List<String>> ids(java.util.function.IntFunction<String> id) {
        return lines -> IntStream.range(0, TO_PREDICT).allMatch(i -> lines.get(i + 1).startsWith(id.apply(i) + ","));
    }

    private static boolean distinct(List<String> lines) {
        return new HashSet<>(lines.stream().map(line -> line.split(",")[0]).toList()).size() == lines.size();
    }

    /** Other ids for the rows to predict. */
    private static KaggleFiles renamed(KaggleFiles files, java.util.function.IntFunction<String> id) {
        UnaryOperator<String> rename = csv -> {
            String renamed = csv;
            for (int i = 0; i < TO_PREDICT; i++) {
                renamed = renamed.replace("\n" + (1001 + i) + ",", "\n" + id.apply(i) + ",");
            }
            return renamed;
        };
        return files.edit(TEST, rename).edit(GENDER, rename);
    }

    private void targets() {
        refused(Verb.TRAIN, "one class only", "train.csv, column 'Survived': all 24 rows have the target '1'. There is nothing to learn.", edit(TRAIN, column(1, v -> "1")));
        refused(Verb.FIND, "one class only", "train.csv, column 'y': all 30 rows have the target 'yes'. There is nothing to learn.", edit(TRAIN, column(3, v -> "yes")));
        refused(Verb.FIND, "a constant number to predict", "train.csv, column 'y': all 30 rows have the target '3.5'. There is nothing to learn.", edit(TRAIN, column(3, v -> "3.5")));
        refused(Verb.FIND, "no target at all", "train.csv, line 2, column 'y': the target is missing. Every training row needs one.", edit(TRAIN, column(3, v -> "")));
        refused(Verb.TRAIN, "a target missing", "train.csv, line 4, column 'Survived': the target is missing. Every training row needs one.", edit(TRAIN, field(4, 1, "")));
        answered(Verb.FIND, "a target missing", edit(TRAIN, field(4, 3, "")));
        answered(Verb.TRAIN, "a class with one row", edit(TRAIN, csv -> field(7, 1, "1").apply(column(1, v -> "0").apply(csv))));
        answered(Verb.FIND, "a class of two with one row", edit(TRAIN, csv -> field(7, 3, "yes").apply(column(3, v -> "no").apply(csv))));
        answered(Verb.FIND, "a class of three with one row", edit(TRAIN, field(7, 3, "maybe")));
        refused(Verb.FIND, "a class of two with one row, probabilities asked for", "train.csv: fold * of 2 holds out rows that cannot be scored, auc: needs rows of both classes, all 15 are of class 0. "
                + "Use fewer folds with --folds, or another metric.",
                (files, folder) -> unknown(String::valueOf, i -> i == 7 ? "1" : "0", "0.5").folder(folder));
        answered(Verb.FIND, "labels as text", lines -> lines.stream().skip(1).allMatch(line -> line.matches("\\d+,(yes|no)")), (files, folder) -> files.folder(folder));
        answered(Verb.FIND, "labels with commas, quotes and accents", lines -> lines.stream().skip(1).allMatch(line -> line.matches("\\d+,\"(\u00e9,1|\"\"q\"\")\"")),
                (files, folder) -> unknown(String::valueOf, i -> i % 2 == 0 ? "\"\u00e9,1\"" : "\"\"\"q\"\"\"", "\"\u00e9,1\"").folder(folder));
        refused(Verb.TRAIN, "labels as text where the sample has numbers",
                "gender_submission.csv, column 'Survived': it holds numbers such as '0', the targets of train.csv are no, yes. Use the files of one competition, as Kaggle hands them out.", edit(TRAIN, column(1, v -> v.equals("1") ? "yes" : "no")));
        same(Verb.TRAIN, "the target in the test set", (files, folder) -> files.edit(TEST, csv -> csv.replaceAll("(?m)^(\\d+),", "$1,1,").replaceFirst(",", ",Survived,")).folder(folder));
        same(Verb.FIND, "the target in the test set", (files, folder) -> files.edit(TEST, csv -> csv.replaceAll("(?m)$(?=\n)", ",yes").replaceFirst("yes", "y")).folder(folder));
        same(Verb.PREDICT, "the target in the test set", (files, folder) -> files.edit(TEST, csv -> csv.replaceAll("(?m)^(\\d+),", "$1,1,").replaceFirst(",", ",Survived,")).folder(folder));
    }

    private void columns() {
        answered(Verb.TRAIN, "a column without a value", edit(TRAIN, csv -> csv.replaceAll("(?m)^(\\d+,.*male),[0-9]*,", "$1,,")));
        answered(Verb.PREDICT, "a column without a value", edit(TEST, csv -> csv.replaceAll("(?m)^(\\d+,.*male),[0-9]*,", "$1,,")));
        answered(Verb.TRAIN, "a column of nothing but NA", edit(TRAIN, csv -> csv.replaceAll("(?m)^(\\d+,.*male),[0-9]*,", "$1,NA,")));
        answered(Verb.FIND, "a column without a value in both", (files, folder) -> files.edit(TRAIN, column(1, v -> "")).edit(TEST, column(1, v -> "")).folder(folder));
        answered(Verb.FIND, "a column without a value in the test set", edit(TEST, column(1, v -> "")));
        answered(Verb.FIND, "a column without a value in the training set", edit(TRAIN, column(1, v -> "NA")));
        refused(Verb.FIND, "no column has a value", "train.csv: there is no column to predict from: 'id' is left out, it counts the rows; 'x' is left out, it is empty in the training set; "
                + "'colour' is left out, it is empty in the training set.",
                (files, folder) -> files.edit(TRAIN, column(1, v -> "")).edit(TRAIN, column(2, v -> "")).folder(folder));
        refused(Verb.TRAIN, "a column of the training set is not in the test set", "test.csv: no column 'Embarked'. Its columns are PassengerId, Pclass, Name, Sex, Age, SibSp, Parch, Ticket, Fare, Cabin.",
                edit(TEST, csv -> csv.replaceAll("(?m),[^,\n]*$", "")));
        refused(Verb.PREDICT, "a column of the training set is not there", "test.csv: no column 'Embarked'. Its columns are PassengerId, Pclass, Name, Sex, Age, SibSp, Parch, Ticket, Fare, Cabin.",
                edit(TEST, csv -> csv.replaceAll("(?m),[^,\n]*$", "")));
        answered(Verb.FIND, "a column of the training set is not in the test set", edit(TEST, csv -> csv.replaceAll("(?m),[^,\n]*$", "")));
        answered(Verb.FIND, "a column of the test set is not in the training set", edit(TEST, csv -> csv.replaceAll("(?m)$(?=\n)", ",7").replaceFirst(",7", ",z")));
        answered(Verb.TRAIN, "categories that no training row has", edit(TEST, csv -> csv.replace("female", "unknown").replaceAll("(?m),[SCQ]$", ",X")));
        answered(Verb.PREDICT, "categories that no training row has", edit(TEST, csv -> csv.replace("female", "unknown").replaceAll("(?m),[SCQ]$", ",X")));
        answered(Verb.FIND, "categories that no training row has", edit(TEST, csv -> csv.replace("red", "blue").replace("green", "\u9752")));
        answered(Verb.FIND, "more columns than rows", (files, folder) -> {
            String names = IntStream.range(0, 60).mapToObj(i -> ",c" + i).collect(Collectors.joining());
            UnaryOperator<String> widen = csv -> csv.lines().map(line -> line.startsWith("id") ? line.replaceFirst("^id", "id" + names)
                    : line.replaceFirst("^(\\d+)", "$1" + IntStream.range(0, 60).mapToObj(i -> "," + (line.hashCode() * 31 + i * i * 7) % 100 / 8.0).collect(Collectors.joining())))
                    .collect(Collectors.joining("\n")) + "\n";
            return files.edit(TRAIN, widen).edit(TEST, widen).folder(folder);
        });
        answered(Verb.TRAIN, "two rows", edit(TRAIN, csv -> csv.lines().limit(3).collect(Collectors.joining("\n")).replaceFirst("\n1,[01],", "\n1,0,").replaceFirst("\n2,[01],", "\n2,1,")));
        for (Verb verb : new Verb[] {Verb.FIND, Verb.SEARCH}) {
            refused(verb, "two rows", "train.csv, column 'y': the target has 2 different texts in 2 rows. There are too few rows of each to learn from.",
                    edit(TRAIN, csv -> csv.lines().limit(3).collect(Collectors.joining("\n"))));
        }
        refused(Verb.TRAIN, "one row", "train.csv, column 'Survived': the only row has the target '1'. There is nothing to learn.", edit(TRAIN, csv -> csv.lines().limit(2).collect(Collectors.joining("\n"))));
        refused(Verb.FIND, "one row", "train.csv, column 'y': the only row has the target 'no'. There is nothing to learn.", edit(TRAIN, csv -> csv.lines().limit(2).collect(Collectors.joining("\n"))));
        answered(Verb.PREDICT, "one row", (files, folder) -> Files.writeString(folder.resolve("rows.csv"), files.text(TEST).lines().limit(2).collect(Collectors.joining("\n"))));
        refused(Verb.FIND, "two rows of two numbers to predict", "train.csv: fold 1 of 2 holds out rows that cannot be scored, auc: needs rows of both classes, all 1 are of class *. "
                + "Use fewer folds with --folds, or another metric.", (files, folder) -> unknown(String::valueOf, i -> String.valueOf(i * 1.25), "0")
                .edit(TRAIN, csv -> csv.lines().limit(3).collect(Collectors.joining("\n"))).folder(folder));
        refused(Verb.SEARCH, "one class only", "train.csv, column 'y': all 30 rows have the target 'yes'. There is nothing to learn.", edit(TRAIN, column(3, v -> "yes")));
    }
}
