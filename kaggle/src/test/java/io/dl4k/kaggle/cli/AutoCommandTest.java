package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Competitions that nobody prepared, as Kaggle has them, small: each is trained, accepted by 'check', and predicted again with the saved model. */
class AutoCommandTest {
    private static final int TRAIN = 150;
    private static final int TEST = 40;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Random random = new Random(5);

    private int run(Object... arguments) {
        String[] texts = java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        return Main.run(Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)), texts);
    }

    private static String rows(String header, int from, int n, IntFunction<String> row) {
        return header + "\n" + IntStream.range(from, from + n).mapToObj(row).collect(Collectors.joining("\n")) + "\n";
    }

    private Path data(String features, IntFunction<String> feature, String target, IntFunction<String> answer, String sampleHeader, IntFunction<String> sample) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("train.csv"), rows(features + "," + target, 0, TRAIN, i -> feature.apply(i) + "," + answer.apply(i)));
        Files.writeString(data.resolve("test.csv"), rows(features, TRAIN, TEST, feature));
        Files.writeString(data.resolve("sample_submission.csv"), rows(sampleHeader, TRAIN, TEST, sample));
        return data;
    }

    /** Trains a little, and holds what is written against the sample and against the saved model. @return the submission's lines */
    private List<String> trained(Path data, String scored, Object... more) throws IOException {
        Path submission = folder.resolve("s.csv");
        Path model = folder.resolve("m.zip");
        Object[] arguments = java.util.stream.Stream.concat(java.util.stream.Stream.of("train", "auto", "--data", data, "--epochs", 2, "--folds", 2, "--ensemble", 1, "--time-budget",
                "60s", "--out", submission, "--model", model), java.util.Arrays.stream(more)).toArray();
        assertEquals(0, run(arguments), err::toString);
        assertTrue(out.toString().contains("rows=" + TEST + " cv_" + scored + "="), () -> out + "\n" + err);
        assertEquals(0, run("check", submission, "--sample", data.resolve("sample_submission.csv")), () -> out + "\n" + err);
        Path again = folder.resolve("p.csv");
        assertEquals(0, run("predict", "--model", model, "--data", data, "--out", again), err::toString);
        assertArrayEquals(Files.readAllBytes(submission), Files.readAllBytes(again));
        return Files.readAllLines(submission);
    }

    private String table(int i) {
        return i + "," + (random.nextInt(9) == 0 ? "" : random.nextGaussian()) + "," + List.of("red", "green", "blue").get(random.nextInt(3)) + "," + random.nextInt(4);
    }

    @Test
    void twoClassesAsProbabilities() throws IOException {
        List<String> lines = trained(data("id,x,colour,stars", this::table, "Exited", i -> "" + i % 2, "id,Exited", i -> i + ",0.5"), "auc");
        assertEquals("id,Exited", lines.get(0));
        assertTrue(lines.stream().skip(1).allMatch(line -> line.matches("\\d+,[01](\\.\\d+)?")), lines::toString);
    }

    @Test
    void severalClassesAsTextOrAsProbabilities() throws IOException {
        List<String> names = List.of("Setosa", "Virginica", "Versicolor");
        List<String> labels = trained(data("id,x,colour,stars", this::table, "Species", i -> names.get(i % 3), "id,Species", i -> i + ",Setosa"), "accuracy");
        assertTrue(labels.stream().skip(1).allMatch(line -> names.contains(line.split(",")[1])), labels::toString);
        List<String> shares = trained(data("id,x,colour,stars", this::table, "Status", i -> List.of("C", "CL", "D").get(i % 3), "id,Status_C,Status_CL,Status_D",
                i -> i + ",0.3,0.3,0.4"), "log_loss");
        double sum = java.util.Arrays.stream(shares.get(1).split(",")).skip(1).mapToDouble(Double::parseDouble).sum();
        assertEquals(1, sum, 1e-4);
    }

    @Test
    void numbersOneOrSeveral() throws IOException {
        trained(data("id,x,colour,stars", this::table, "y", i -> "" + (i % 40 - 20) / 3.0, "id,y", i -> i + ",0"), "rmse");
        List<String> several = trained(data("id,x,colour,stars", this::table, "a,b", i -> i % 11 * 0.37 + "," + -i % 7, "id,a,b", i -> i + ",0,0"), "rmse");
        assertEquals(3, several.get(1).split(",").length);
        trained(data("id,x,colour,stars", this::table, "y", i -> "" + (i % 40 - 20) / 3.0, "id,y", i -> i + ",0"), "mae", "--metric", "mae");
    }

    @Test
    void partsThatAddUp() throws IOException {
        List<String> lines = trained(data("id,x,colour,stars", this::table, "casual,registered,count", i -> i % 9 + "," + (i % 30 == 0 ? 900 : i % 20) + "," + (i % 9 + (i % 30 == 0 ? 900 : i % 20)),
                "id,count", i -> i + ",0"), "rmsle", "--report", folder.resolve("r.html"));
        assertTrue(lines.stream().skip(1).allMatch(line -> line.matches("\\d+,\\d+(\\.\\d+)?")), lines::toString);
        assertTrue(err.toString().contains("'casual', 'registered', which only the training set has"), err::toString);
    }

    @Test
    void spaceship() throws IOException {
        IntFunction<String> passenger = i -> String.format("%04d_%02d,%s,%s,B/%d/%s,%s,Name%d Family%d", i / 2, i % 2 + 1, List.of("Earth", "Mars", "").get(random.nextInt(3)),
                random.nextBoolean() ? "True" : "False", random.nextInt(300), random.nextBoolean() ? "P" : "S", random.nextInt(60), i, i / 2);
        List<String> lines = trained(data("PassengerId,HomePlanet,CryoSleep,Cabin,Age,Name", passenger, "Transported", i -> i % 3 == 0 ? "True" : "False", "PassengerId,Transported",
                i -> String.format("%04d_%02d,False", i / 2, i % 2 + 1)), "accuracy");
        assertTrue(lines.stream().skip(1).allMatch(line -> line.matches("\\d{4}_\\d\\d,(True|False)")), lines::toString);
        assertTrue(err.toString().contains("2 grouped"), err::toString);
    }

    @Test
    void wordsAndDates() throws IOException {
        List<String> words = List.of("fire", "rain", "sun", "storm", "wind", "flood", "heat", "snow");
        IntFunction<String> row = i -> i + ",\"" + random.ints(9, 0, 8).mapToObj(words::get).collect(Collectors.joining(" ")) + " " + i + "\",2021-0" + (1 + random.nextInt(9)) + "-11 0"
                + random.nextInt(10) + ":00:00";
        trained(data("id,text,when", row, "target", i -> "" + i % 2, "id,target", i -> i + ",0"), "f1");
    }

    @Test
    void moneyAndRowsWithoutATarget_inFilesOfAnyName() throws IOException {
        IntFunction<String> row = i -> i * 7 % 1000 + ",\"$" + String.format(java.util.Locale.ROOT, "%,.2f", 900 + 1000 * random.nextDouble()) + "\"," + (i % 20 == 3 ? "?" : random.nextInt(60));
        Path data = data("id,price,age", row, "y", i -> i % 20 == 3 ? "" : "" + (i % 40 - 20) / 3.0, "id,y", i -> i * 7 % 1000 + ",0.0");
        for (String name : List.of("train", "test", "sample_submission")) {
            Files.move(data.resolve(name + ".csv"), data.resolve("file" + name.length() + ".csv"));
        }
        Path submission = folder.resolve("s.csv");
        Path model = folder.resolve("m.zip");
        assertEquals(0, run("train", "auto", "--data", data, "--epochs", 1, "--folds", 2, "--ensemble", 1, "--out", submission, "--model", model), err::toString);
        assertTrue(err.toString().contains("left out: ") && err.toString().contains("2 measure: 'price', 'age'"), err::toString);
        assertEquals(TEST + 1, Files.readAllLines(submission).size());
        Path again = folder.resolve("p.csv");
        assertEquals(0, run("predict", "--model", model, "--data", data, "--out", again), err::toString);
        assertArrayEquals(Files.readAllBytes(submission), Files.readAllBytes(again));
    }

    @Test
    void recipe_ofASeries_predictsTheSameFromItsModel() throws IOException {
        java.time.LocalDateTime start = java.time.LocalDateTime.of(2021, 3, 1, 0, 0);
        Path data = data("when,rain", i -> start.plusHours(i) + "," + random.nextInt(9), "y", i -> "" + i % 24 * 0.5, "when,y", i -> start.plusHours(i) + ",0.0");
        Path recipe = Files.writeString(folder.resolve("my.yaml"), "folds: 2\nensemble: 1\ncandidates:\n  - {name: hours, network: lstm, over: when, steps: 5, units: 8, epochs: 1}\n");
        Path submission = folder.resolve("s.csv");
        Path model = folder.resolve("m.zip");
        assertEquals(0, run("train", recipe, "--data", data, "--out", submission, "--model", model), err::toString);
        Path again = folder.resolve("p.csv");
        assertEquals(0, run("predict", "--model", model, "--data", data, "--out", again), err::toString);
        assertArrayEquals(Files.readAllBytes(submission), Files.readAllBytes(again));
    }

    @Test
    void pixels() throws IOException {
        String header = IntStream.range(0, 64).mapToObj(i -> "p" + i).collect(Collectors.joining(","));
        IntFunction<String> image = i -> IntStream.range(0, 64).mapToObj(p -> "" + (p % 8 == i % 7 ? 200 + p / 8 : p / 8)).collect(Collectors.joining(","));
        trained(data(header, image, "label", i -> "" + i % 7, "ImageId,Label", i -> i - TRAIN + 1 + ",0"), "accuracy");
        assertTrue(err.toString().contains("images of 8x8 in grey"), err::toString);
    }

    @Test
    void recipe_shownAndTrained_changesWhatItSays() throws IOException {
        Path data = data("id,x,colour,stars", this::table, "y", i -> "" + i % 2, "id,y", i -> i + ",0.5");
        assertEquals(0, run("competitions", "show", "auto", "--data", data), err::toString);
        String shown = out.toString();
        assertTrue(shown.contains("\nmetric: auc\n") && shown.contains("\n  colour: category\n"), shown);
        Path recipe = Files.writeString(folder.resolve("my.yaml"),
                shown.substring(0, shown.indexOf("candidates:")).replace("metric: auc", "metric: log_loss") + "candidates:\n  - {name: tiny, network: mlp, hidden: [4], epochs: 1}\n");
        Path submission = folder.resolve("r.csv");
        Path model = folder.resolve("r.zip");
        assertEquals(0, run("train", recipe, "--data", data, "--out", submission, "--model", model), err::toString);
        assertTrue(out.toString().contains("cv_log_loss="), out::toString);
        assertTrue(err.toString().lines().anyMatch(line -> line.startsWith("tiny ")), err::toString);
        Path again = folder.resolve("p.csv");
        assertEquals(0, run("predict", "--model", model, "--data", data.resolve("test.csv"), "--out", again), err::toString);
        assertArrayEquals(Files.readAllBytes(submission), Files.readAllBytes(again));
    }

    @Test
    void recipe_ofABuiltIn_trains() throws IOException {
        assertEquals(0, run("competitions", "show", "digits-8x8"), err::toString);
        assertTrue(out.toString().contains("competition: digits-8x8\n"), out::toString);
        Path recipe = Files.writeString(folder.resolve("my.yaml"), "competition: digits-8x8\nfolds: 2\ncandidates:\n  - {name: mlp, epochs: 1, network: mlp, hidden: [8]}\n");
        assertEquals(0, run("train", recipe, "--out", folder.resolve("s.csv"), "--model", folder.resolve("m.zip")), err::toString);
        assertTrue(err.toString().lines().noneMatch(line -> line.startsWith("cnn ")), err::toString);
    }

    private void refused(String message, Object... arguments) {
        err.getBuffer().setLength(0);
        assertEquals(2, run(arguments), err::toString);
        assertTrue(err.toString().lines().anyMatch(line -> line.startsWith("dl4k: ") && line.contains(message)), err::toString);
        assertTrue(err.toString().lines().noneMatch(line -> line.startsWith("\tat ")), err::toString);
    }

    @Test
    void whatCannotBe_isSaidInALine() throws IOException {
        Path data = data("id,x,colour,stars", this::table, "y", i -> "" + i % 2, "id,y", i -> i + ",0.5");
        refused("'auto' needs its data: --data DATA.zip", "train", "auto");
        refused("there is no metric 'acc', only accuracy", "train", "auto", "--data", data, "--metric", "acc");
        refused("the metric auc cannot score the task counts", "train", Files.writeString(folder.resolve("a.yaml"), "task: counts\nmetric: auc\n"), "--data", data);
        refused("a.yaml, line 1, column 1: there is no key 'metrik' here. Did you mean 'metric'?", "train", Files.writeString(folder.resolve("a.yaml"), "metrik: auc\n"), "--data", data);
        refused("no column 'Exit'", "train", Files.writeString(folder.resolve("a.yaml"), "target: Exit\n"), "--data", data);
        refused("it says target, but 'titanic' is built in", "train", Files.writeString(folder.resolve("a.yaml"), "competition: titanic\ntarget: y\n"), "--data", data);
        refused("no.yaml: there is no such file", "train", folder.resolve("no.yaml"), "--data", data);
        Files.delete(data.resolve("sample_submission.csv"));
        refused("there is no sample submission", "train", "auto", "--data", data);
    }
}
