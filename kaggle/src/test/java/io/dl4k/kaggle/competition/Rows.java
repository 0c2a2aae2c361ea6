package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.data.CsvSource;
import io.dl4k.data.DataFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.nd4j.linalg.dataset.DataSet;

/** Made-up data in Kaggle's layouts, small enough to train on in a test. The same arguments give the same text. */
public final class Rows {
    private static final String COLUMNS = "Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked\n";

    private Rows() {
    }

    /** Passengers of whom most women live, in families of two on one ticket. */
    public static String titanicTrain(int rows, long seed) {
        return titanic(rows, seed, 1, true);
    }

    /** Passengers from id 1001 on, without their fate. */
    public static String titanicTest(int rows, long seed) {
        return titanic(rows, seed, 1001, false);
    }

    private static String titanic(int rows, long seed, int firstId, boolean train) {
        Random random = new Random(seed);
        StringBuilder csv = new StringBuilder(train ? "PassengerId,Survived," : "PassengerId,").append(COLUMNS);
        for (int row = 0; row < rows; row++) {
            boolean woman = random.nextInt(3) == 0;
            boolean child = !woman && random.nextInt(8) == 0;
            csv.append(firstId + row).append(',');
            if (train) {
                csv.append(random.nextDouble() < (woman || child ? 0.75 : 0.2) ? 1 : 0).append(',');
            }
            csv.append(1 + random.nextInt(3)).append(",\"Family").append(row / 2).append(woman ? ", Miss. Ann\"," : child ? ", Master. Tim\"," : ", Mr. Bob\",");
            csv.append(woman ? "female," : "male,").append(random.nextInt(5) == 0 ? "" : random.nextInt(70)).append(",1,0,");
            csv.append(10000 + row / 2 * 10).append(',').append(random.nextInt(100)).append(".25,").append(random.nextInt(4) == 0 ? "C" + row : "").append(',');
            csv.append("SCQ".charAt(random.nextInt(3))).append('\n');
        }
        return csv.toString();
    }

    /** A sample submission for {@link #titanicTest}. */
    public static String titanicSample(int rows) {
        StringBuilder csv = new StringBuilder("PassengerId,Survived\n");
        for (int row = 0; row < rows; row++) {
            csv.append(1001 + row).append(',').append(row % 2).append('\n');
        }
        return csv.toString();
    }

    /** Digits in the layout of the embedded sample: a class is one bright pixel column. */
    static String digits(int rows, boolean train) {
        StringBuilder csv = new StringBuilder(train ? "label" : "");
        for (int pixel = 0; pixel < 64; pixel++) {
            csv.append(pixel == 0 && !train ? "" : ",").append("pixel").append(pixel);
        }
        csv.append('\n');
        for (int row = 0; row < rows; row++) {
            StringBuilder line = new StringBuilder(train ? "," + row % 4 : "");
            for (int pixel = 0; pixel < 64; pixel++) {
                line.append(',').append(pixel % 8 == row % 4 ? 16 : (row * 31 + pixel * 7) % 5);
            }
            csv.append(line.substring(1)).append('\n');
        }
        return csv.toString();
    }

    /** Writes the three files of a Titanic of made-up passengers. */
    public static Path titanicFolder(Path folder, int train, int test) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("train.csv"), titanicTrain(train, 1));
        Files.writeString(folder.resolve("test.csv"), titanicTest(test, 2));
        Files.writeString(folder.resolve("gender_submission.csv"), titanicSample(test));
        return folder;
    }

    static CsvSource csv(String name, String text) {
        return CsvSource.of(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The made-up Titanic's files, in memory. */
    static CompetitionFiles titanicFiles(int train, int test) {
        return new CompetitionFiles("titanic", csv("train.csv", titanicTrain(train, 1)), csv("test.csv", titanicTest(test, 2)), csv("gender_submission.csv", titanicSample(test)));
    }

    /** The digits' files, in memory. */
    static CompetitionFiles digitFiles(int train, int test) {
        StringBuilder sample = new StringBuilder("ImageId,Label\n");
        for (int row = 1; row <= test; row++) {
            sample.append(row).append(",0\n");
        }
        return new CompetitionFiles("digits", csv("train.csv", digits(train, true)), csv("test.csv", digits(test, false)), csv("sample_submission.csv", sample.toString()));
    }

    /** Reads a competition's files as the command line does. */
    static Problem problem(Competition competition, CompetitionFiles files) {
        return Problem.read(competition, files);
    }

    /** Kaggle's own zip, where the folder with them is there. */
    public static Optional<Path> kaggleZip(String name) {
        String given = System.getProperty("dl4k.data");
        for (Path at = Path.of("").toAbsolutePath(); given == null && at != null; at = at.getParent()) {
            Path zip = at.resolve("shared/data").resolve(name);
            if (Files.exists(zip)) {
                return Optional.of(zip);
            }
        }
        return Optional.ofNullable(given).map(folder -> Path.of(folder, name)).filter(Files::exists);
    }


    /** The first batch of an epoch. */
    static DataSet firstBatch(BatchSource source) {
        try (BatchSource.Cursor cursor = source.open(0)) {
            return cursor.next();
        }
    }

    /** The features of all rows, {@code [rows][width]}. */
    static float[][] features(BatchSource source) {
        List<float[]> rows = new java.util.ArrayList<>();
        try (BatchSource.Cursor cursor = source.open(0)) {
            for (DataSet batch = cursor.next(); batch != null; batch = cursor.next()) {
                rows.addAll(List.of(batch.getFeatures().reshape(batch.numExamples(), -1).toFloatMatrix()));
            }
        }
        return rows.toArray(float[][]::new);
    }
}
