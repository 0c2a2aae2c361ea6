package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same seed gives the same submission, model and report, byte for byte, in another process too, and the same submission and model however many threads prepare
 * the batches. One small run in every build; {@code .ci/same-bytes} does every kind of competition.
 */
class SameBytesTest {
    private static final boolean MANY = Boolean.getBoolean("dl4k.same");
    /** A JVM with so many processors prepares batches on four threads, one with a single processor on one. */
    private static final int MANY_PROCESSORS = 16;

    @TempDir
    Path folder;

    /** What a run wrote. */
    private record Written(byte[] submission, byte[] model, String report) {
    }

    private Written run(Kind kind, int processors, String name) throws Exception {
        Path out = folder.resolve(name + ".csv");
        Path report = folder.resolve(name + ".html");
        Path err = folder.resolve(name + ".err");
        Process child = new ProcessBuilder(kind.command(processors, out, "--quiet", "--report", report.toString())).redirectError(err.toFile()).redirectOutput(folder.resolve("out").toFile()).start();
        assertEquals(0, child.waitFor(), () -> kind.name() + ": " + text(err));
        String page = Files.readString(report);
        String kept = page.replaceFirst("(?s)<section id=\"times\">.*?</section>", "");
        assertTrue(kept.length() < page.length(), "a section of times");
        return new Written(Files.readAllBytes(out), Files.readAllBytes(Path.of(out + ".zip")), kept);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void train_sameSeed_sameBytesInEveryProcess() throws Exception {
        List<String> same = new ArrayList<>();
        for (Kind kind : Kind.all(folder, MANY)) {
            Written first = run(kind, MANY_PROCESSORS, "first");
            Written again = run(kind, MANY_PROCESSORS, "again");
            assertArrayEquals(first.submission, again.submission, kind.name() + ": the submission");
            assertArrayEquals(first.model, again.model, kind.name() + ": the model");
            assertEquals(first.report, again.report, kind.name() + ": the report");
            Written alone = run(kind, 1, "alone");
            assertArrayEquals(first.submission, alone.submission, kind.name() + ": the submission, batches prepared on one thread");
            assertArrayEquals(first.model, alone.model, kind.name() + ": the model, batches prepared on one thread");
            same.add(kind.name());
        }
        Files.writeString(Path.of("target", "same-bytes.txt"), "the same bytes in three processes, batches prepared on four, four and one threads: " + same + "\n");
    }
}
