package io.dl4k.kaggle.holdout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecondRoundTest {
    @TempDir
    Path folder;

    private Path zip(String train, String test, String sample) throws IOException {
        Path zip = folder.resolve("kaggle.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Map.Entry<String, String> file : new TreeMap<>(Map.of("train.csv", train, "test.csv", test, "gender_submission.csv", sample)).entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return zip;
    }

    private static List<String> lines(Path zip, String name) throws IOException {
        try (ZipFile archive = new ZipFile(zip.toFile())) {
            return new String(archive.getInputStream(archive.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static String rows(int first, int last, String row) {
        return IntStream.rangeClosed(first, last).mapToObj(i -> row.replace("#", String.valueOf(i)).replace("?", String.valueOf(i % 2))).collect(Collectors.joining());
    }

    @Test
    void cut_sameShareAsKaggles_keepsAnswersOut() throws IOException {
        Path zip = zip("id,y,name,hint\n" + rows(1, 90, "#,?,\"a, #\",?\n"), "id,name\n" + rows(91, 120, "#,b\n"), "id,y\n" + rows(91, 120, "#,1\n"));
        Path out = folder.resolve("second.zip");
        SecondRound second = SecondRound.cut(zip, out, 1, false);
        // 30 of 120 rows are Kaggle's test rows: a quarter of 90, rounded.
        assertEquals(23, second.answers().size());
        assertEquals(1 + 67, lines(out, "train.csv").size());
        assertEquals("id,name", lines(out, "test.csv").get(0));
        second.answers().forEach((id, answer) -> assertEquals(List.of(String.valueOf(Integer.parseInt(id) % 2)), answer));
        List<String> trained = lines(out, "train.csv").stream().map(line -> line.split(",")[0]).toList();
        assertTrue(second.answers().keySet().stream().noneMatch(trained::contains), "a test row is in the training rows");
        assertFalse(SecondRound.cut(zip, out, 2, false).answers().keySet().equals(second.answers().keySet()), "another seed holds out the same rows");
    }

    @Test
    void cut_renamed_tellsNothingByNames() throws IOException {
        Path zip = zip("y,a,b\n" + rows(1, 20, "?,#,#\n"), "a,b\n" + rows(1, 20, "#,#\n"), "ImageId,Y\n" + rows(1, 20, "#,0\n"));
        Path out = folder.resolve("second.zip");
        SecondRound.cut(zip, out, 1, true);
        assertEquals(List.of("c1,c2,c3", "c2,c3", "row,c1"), List.of(lines(out, "first.csv").get(0), lines(out, "second.csv").get(0), lines(out, "third.csv").get(0)));
        assertEquals("1,0", lines(out, "third.csv").get(1));
    }

    @Test
    void cut_hours_holdsOutDaysFrom15On() throws IOException {
        String hours = IntStream.rangeClosed(1, 19).mapToObj(day -> String.format("2011-01-%02d 00:00:00,1,%d%n", day, day)).collect(Collectors.joining());
        SecondRound second = SecondRound.cut(zip("datetime,temp,count\n" + hours, "datetime,temp\n2011-01-20 00:00:00,1\n", "datetime,count\n2011-01-20 00:00:00,0\n"),
                folder.resolve("second.zip"), 1, false);
        assertEquals(List.of("15", "16", "17", "18", "19"), second.answers().values().stream().map(a -> a.get(0)).toList());
    }

    @Test
    void score_labelsNumbersAndProbabilities_areAsKaggleScoresThem() throws IOException {
        Path zip = zip("id,y\n" + rows(1, 40, "#,?\n"), "id\n" + rows(41, 60, "#\n"), "id,y\n" + rows(41, 60, "#,0\n"));
        SecondRound second = SecondRound.cut(zip, folder.resolve("second.zip"), 1, false);
        List<String> labels = new ArrayList<>(List.of("id,y"));
        List<String> probabilities = new ArrayList<>(List.of("id,y"));
        second.answers().forEach((id, answer) -> {
            labels.add(id + ",1");
            probabilities.add(id + "," + (answer.get(0).equals("1") ? 0.9 : 0.2));
        });
        double ones = second.answers().values().stream().filter(a -> a.get(0).equals("1")).count() / (double) second.answers().size();
        Path submission = Files.write(folder.resolve("s.csv"), labels);
        assertEquals(ones, second.score(submission, Metrics.ACCURACY), 1e-9);
        assertEquals(Math.sqrt(1 - ones), second.score(submission, Metrics.RMSE), 1e-6);
        assertEquals(1, second.score(Files.write(folder.resolve("s.csv"), probabilities), Metrics.AUC), 1e-9);
    }
}
