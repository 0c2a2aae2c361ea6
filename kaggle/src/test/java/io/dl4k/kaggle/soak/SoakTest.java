package io.dl4k.kaggle.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.kaggle.cli.Commands;
import io.dl4k.kaggle.competition.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands run one after the other in one JVM: heap, arrays outside it, resident memory, open files and threads stay as they are. Some seconds in every build;
 * {@code mvn -Psoak verify} does it for an hour. Samples are in {@code target/soak.csv}, their picture is {@code target/soak.svg}.
 */
class SoakTest {
    /** The first runs load classes and compile: nothing is asked of them. */
    private static final int WARM_UP_RUNS = 10;
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("dl4k.soak", 8));
    /** As many samples in all, at the most. */
    private static final int MOST_SAMPLES = 720;

    @TempDir
    Path folder;
    private List<List<Object>> turns;

    @BeforeEach
    void data() throws IOException {
        Path titanic = Rows.titanicFolder(folder.resolve("titanic"), 120, 40);
        Path broken = Rows.titanicFolder(folder.resolve("broken"), 20, 10);
        Files.writeString(broken.resolve("train.csv"), "PassengerId,Survived\n1,0\n2\n");
        Path recipe = Files.writeString(folder.resolve("r.yaml"), "candidates:\n  - {name: small, network: mlp, hidden: [16], epochs: 4}\n");
        Path out = folder.resolve("s.csv");
        Path model = folder.resolve("m.zip");
        turns = List.of(List.of("train", "--folds", 1, "--epochs", 1, "--out", out, "--model", model, "--report", folder.resolve("r.html")),
                List.of("train", "titanic", "--data", titanic, "--folds", 2, "--ensemble", 1, "--epochs", 4, "--ui", "--checkpoint-every", "20ms", "--out", out, "--model", model),
                List.of("predict", "--model", model, "--data", titanic, "--out", out),
                List.of("train", recipe, "--data", titanic, "--folds", 2, "--ensemble", 1, "--out", out),
                List.of("train", "titanic", "--data", broken, "--out", out),
                List.of("check", out, "--sample", titanic.resolve("gender_submission.csv")));
    }

    /** @param turn of the commands; the fifth is refused: errors leave nothing behind either */
    private void run(int turn) {
        int at = turn % turns.size();
        Commands.Printed printed = Commands.run(turns.get(at).toArray());
        assertEquals(at == 4 ? 2 : 0, printed.code(), printed::err);
    }

    @Test
    void trainAndPredict_again_holdsNoMore() throws Exception {
        int runs = 0;
        for (; runs < WARM_UP_RUNS; runs++) {
            run(runs);
        }
        long start = System.nanoTime();
        List<Sample> samples = new ArrayList<>();
        double between = Math.max(0.1, TIME.toSeconds() / (double) MOST_SAMPLES);
        Path csv = Path.of("target", "soak.csv");
        Files.writeString(csv, Sample.HEADER + "\n");
        for (double seconds = 0; seconds < TIME.toSeconds(); seconds = (System.nanoTime() - start) / 1e9) {
            run(runs++);
            double now = (System.nanoTime() - start) / 1e9;
            if (samples.isEmpty() || now - samples.get(samples.size() - 1).seconds() >= between) {
                samples.add(Sample.now(now, runs));
                Files.writeString(csv, samples.get(samples.size() - 1).csv() + "\n", java.nio.file.StandardOpenOption.APPEND);
            }
        }
        Files.write(Path.of("target", "soak.svg"), SoakPicture.svg(samples).getBytes(StandardCharsets.UTF_8));
        StringBuilder summary = new StringBuilder(String.format(Locale.ROOT, "%d runs in %.0f s, %d samples%n", runs, (System.nanoTime() - start) / 1e9, samples.size()));
        Measure.ALL.forEach(measure -> summary.append(measure.line(samples)).append(System.lineSeparator()));
        Files.writeString(Path.of("target", "soak.txt"), summary);
        assertTrue(Measure.ALL.stream().allMatch(measure -> measure.rise(samples) <= measure.bound()), summary::toString);
    }
}
