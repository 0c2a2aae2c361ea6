package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.kaggle.competition.Rows;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that are killed ({@code SIGKILL}) at random moments, again and again, and go on until they are done: submission and model are the bytes of a run that
 * was left alone. Two kills of one small run in every build; {@code .ci/kills} does many, of every kind of competition, and prints where they hit.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGKILL")
class KillsTest {
    /** Kills in all; a few without another. */
    private static final int KILLS = Integer.getInteger("dl4k.kills", 2);
    private static final boolean MANY = KILLS > 10;
    /** A run is left alone after so many kills: the next one starts from nothing. */
    private static final int KILLS_A_RUN = 8;
    /** Kills aimed at what follows the last network: ensembling and writing would hardly be hit by chance. */
    private static final double AT_THE_END = 0.25;

    @TempDir
    Path folder;

    private static ProcessBuilder command(Kind kind, Path out) {
        return new ProcessBuilder(kind.command(Runtime.getRuntime().availableProcessors(), out, "--resume", "--checkpoint-every", "20ms"));
    }

    /** How a process ended. @param phase it was in @param reached nanoseconds after its start @param lastNetwork nanoseconds to the last network's end; 0: not reached */
    private record End(boolean killed, int exit, String phase, long reached, long lastNetwork, String err) {
    }

    /**
     * Runs the command line once.
     *
     * @param after nanoseconds after which it is killed; negative: as many after the last network is trained
     * @param alone whether it is never killed
     */
    private static End run(Kind kind, Path out, long after, boolean alone) throws Exception {
        long start = System.nanoTime();
        Process child = command(kind, out).start();
        StringBuilder text = new StringBuilder();
        String[] phase = {"starting and reading"};
        long[] last = {0};
        Thread reader = new Thread(() -> {
            try (BufferedReader err = child.errorReader()) {
                for (String line = err.readLine(); line != null; line = err.readLine()) {
                    synchronized (text) {
                        text.append(line).append('\n');
                        if (line.startsWith("device:")) {
                            phase[0] = "training";
                        } else if (line.matches("network (\\d+)/\\1 .*: score .*")) {
                            last[0] = System.nanoTime() - start;
                            phase[0] = "ensembling and writing";
                        }
                        text.notifyAll();
                    }
                }
            } catch (IOException e) {
                // Killed while it wrote.
            }
        });
        reader.start();
        boolean killed = false;
        if (!alone) {
            if (after >= 0) {
                killed = !child.waitFor(after, TimeUnit.NANOSECONDS);
            } else {
                synchronized (text) {
                    while (last[0] == 0 && child.isAlive()) {
                        text.wait(5);
                    }
                }
                killed = !child.waitFor(-after, TimeUnit.NANOSECONDS);
            }
        }
        String at;
        synchronized (text) {
            at = phase[0];
        }
        if (killed) {
            child.destroyForcibly();
        }
        assertTrue(child.waitFor(300, TimeUnit.SECONDS), kind.name());
        reader.join();
        return new End(killed, child.exitValue(), at, System.nanoTime() - start, last[0], text.toString());
    }

    @Test
    void train_killedAtAnyMoment_endsInTheSameBytes() throws Exception {
        Random random = new Random(Long.getLong("dl4k.kills.seed", 1));
        List<Kind> kinds = Kind.all(folder, MANY);
        Map<String, byte[][]> whole = new HashMap<>();
        Map<String, long[]> times = new HashMap<>();
        Map<String, Integer> phases = new TreeMap<>();
        Map<String, Integer> hits = new TreeMap<>();
        int kills = 0;
        int runs = 0;
        for (int turn = 0; kills < KILLS; turn++) {
            Kind kind = kinds.get(turn % kinds.size());
            Path at = Files.createDirectories(folder.resolve("run" + turn));
            Path out = at.resolve("s.csv");
            if (!whole.containsKey(kind.name())) {
                End end = run(kind, out, 0, true);
                assertEquals(0, end.exit(), end.err());
                whole.put(kind.name(), new byte[][] {Files.readAllBytes(out), Files.readAllBytes(at.resolve("s.csv.zip"))});
                times.put(kind.name(), new long[] {end.reached(), end.reached() - end.lastNetwork()});
                Files.delete(out);
                Files.delete(at.resolve("s.csv.zip"));
            }
            long all = times.get(kind.name())[0];
            long ending = times.get(kind.name())[1];
            End end = null;
            for (int kill = 0; kill < KILLS_A_RUN && kills < KILLS; kill++) {
                boolean late = random.nextDouble() < AT_THE_END;
                end = run(kind, out, late ? -(1 + (long) (random.nextDouble() * ending)) : (long) (random.nextDouble() * all), false);
                if (!end.killed()) {
                    break;
                }
                kills++;
                phases.merge(end.phase(), 1, Integer::sum);
                hits.merge(kind.name(), 1, Integer::sum);
                assertFalse(end.err().contains("dl4k: "), end.err());
            }
            if (end.killed()) {
                end = run(kind, out, 0, true);
            }
            assertEquals(0, end.exit(), end.err());
            assertArrayEquals(whole.get(kind.name())[0], Files.readAllBytes(out), kind.name() + ": the submission");
            assertArrayEquals(whole.get(kind.name())[1], Files.readAllBytes(at.resolve("s.csv.zip")), kind.name() + ": the model");
            try (Stream<Path> left = Files.list(at)) {
                assertEquals(List.of("s.csv", "s.csv.zip"), left.map(file -> file.getFileName().toString()).sorted().toList(), "nothing else is left");
            }
            runs++;
        }
        String summary = kills + " kills of " + runs + " runs, all ended in the same bytes; by phase " + phases + ", by run " + hits;
        Files.writeString(Path.of("target", "kills.txt"), summary + "\n");
        System.out.println(summary);
    }

    /** A limit on the size of files stands for a full disk: no write past it succeeds. */
    @Test
    void train_diskFull_saysSoAndLeavesWhatWasThere() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no shell to set a limit with");
        String data = Rows.titanicFolder(folder.resolve("data"), 60, 20).toString();
        Kind kind = new Kind("titanic", List.of("titanic", "--data", data, "--folds", "2", "--ensemble", "1", "--epochs", "4"));
        Path out = Files.writeString(folder.resolve("s.csv"), "what was there");
        Path checkpoint = folder.resolve("s.csv.checkpoint");
        ProcessBuilder limited = command(kind, out);
        List<String> shell = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -f 8 && exec \"$@\"", "sh"));
        shell.addAll(limited.command());
        shell.add(shell.indexOf("-cp"), "-XX:-UsePerfData");
        Process child = new ProcessBuilder(shell).start();
        String err = new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, child.waitFor(), err);
        assertTrue(err.lines().anyMatch(line -> line.matches("dl4k: \\Q" + checkpoint + "\\E/mlp-fold0-member0[^:]*: it cannot be written \\(.*\\)\\. What was there is untouched\\. "
                + "Free some space, or choose another path\\.")), err);
        assertFalse(err.contains("\tat "), err);
        assertEquals("what was there", Files.readString(out));
        try (Stream<Path> kept = Files.list(checkpoint)) {
            assertEquals(List.of("run.json"), kept.map(file -> file.getFileName().toString()).toList(), "no half-written file");
        }
        // With room again it goes on.
        Path other = folder.resolve("other.csv");
        assertEquals(0, run(kind, out, 0, true).exit());
        assertEquals(0, run(kind, other, 0, true).exit());
        assertArrayEquals(Files.readAllBytes(other), Files.readAllBytes(out));
    }
}
