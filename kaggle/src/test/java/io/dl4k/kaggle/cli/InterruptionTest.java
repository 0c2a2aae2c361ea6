package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.dl4k.kaggle.competition.Rows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C on the real command line, in a process of its own. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGINT to send")
class InterruptionTest {
    /** Enough networks that the signal always finds the run at work. */
    private static final int NETWORKS = 24;

    @TempDir
    Path folder;

    private List<String> arguments(String out) throws IOException {
        Path data = Rows.titanicFolder(folder.resolve("data"), 120, 20);
        return List.of("train", "titanic", "--data", data.toString(), "--folds", "2", "--ensemble", String.valueOf(NETWORKS / 2), "--epochs", "3",
                "--out", folder.resolve(out).toString(), "--model", folder.resolve(out + ".zip").toString());
    }

    private static ProcessBuilder command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    /** A shell's background jobs and nohup ignore SIGINT, and so do their children. */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status) && Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }

    @Test
    @Timeout(120)
    void train_interrupted_saysHowToGoOnAndResumesToTheSameBytes() throws Exception {
        assumeFalse(ignoresInterrupts(), "this process ignores SIGINT, and so would its child");
        Process child = command(arguments("s.csv")).start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader err = child.errorReader()) {
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                lines.add(line);
                if (line.startsWith("network 3/" + NETWORKS)) {
                    assertEquals(0, new ProcessBuilder("kill", "-INT", String.valueOf(child.pid())).start().waitFor());
                }
            }
            assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        } finally {
            child.destroyForcibly();
        }
        String all = String.join("\n", lines);
        assertEquals(130, child.exitValue(), all);
        Path checkpoint = folder.resolve("s.csv.checkpoint");
        String message = lines.stream().filter(line -> line.startsWith("dl4k: ")).reduce((a, b) -> a + "\n" + b).orElse(null);
        assertNotNull(message, all);
        assertTrue(message.matches("dl4k: interrupted; \\d+ of " + NETWORKS + " networks(, and \\d+ steps of the next one,)? are kept in \\Q" + checkpoint + "\\E\\. The same command with --resume goes on\\."), all);
        assertFalse(Files.exists(folder.resolve("s.csv")), "no submission");
        assertFalse(all.contains("\tat ") || all.contains("Exception"), all);
        try (var kept = Files.list(checkpoint)) {
            assertTrue(kept.filter(file -> file.toString().endsWith(".zip")).count() >= 3);
        }

        // Finished here: a class loaded already is a second saved.
        List<String> resume = new ArrayList<>(arguments("s.csv"));
        resume.add("--resume");
        String resumed = run(resume);
        assertTrue(resumed.lines().filter(line -> line.endsWith(" (from the checkpoint)")).count() >= 3, resumed);
        assertFalse(Files.exists(checkpoint));
        run(arguments("whole.csv"));
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole.csv")), Files.readAllBytes(folder.resolve("s.csv")));
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole.csv.zip")), Files.readAllBytes(folder.resolve("s.csv.zip")));
    }

    /** @return what went to stderr */
    private static String run(List<String> arguments) {
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err, true)).execute(arguments.toArray(String[]::new));
        assertEquals(0, code, err::toString);
        return err.toString();
    }
}
