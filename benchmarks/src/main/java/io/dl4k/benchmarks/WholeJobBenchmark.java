package io.dl4k.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The digits competition from the zip to the submission, as a user runs it: a JVM of its own reads, trains, predicts and writes. One run is one sample: JMH's
 * forks and warm-up would repeat minutes to no end. Run: {@code ./dl4k bench WholeJob}; in five minutes: {@code -p options="--time-budget 5m"}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 1, time = 1)
public class WholeJobBenchmark {
    private static final long LONGEST_MINUTES = 60;

    /** Of {@code train}; empty for the competition's own settings. */
    @Param("--epochs 1")
    public String options;

    private DigitsFile data;
    private Path folder;

    /** What a run needed beside time. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Memory {
        /** Largest resident set of the process, MiB, heap and all else; 0 where the system does not tell. */
        public long peakMiB;
    }

    /** Data; not timed. */
    @Setup
    public void prepare() throws IOException {
        data = DigitsFile.open();
        folder = Files.createTempDirectory("dl4k-job");
    }

    /** {@code ./dl4k train digit-recognizer}, without the launcher's look for changed sources. */
    @Benchmark
    public long digits(Memory memory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            System.getProperty("java.class.path"), "io.dl4k.kaggle.cli.Main", "train", "digit-recognizer", "--quiet", "--data", data.zip().toString(),
            "--out", folder.resolve("submission.csv").toString()));
        if (!options.isBlank()) command.addAll(List.of(options.strip().split("\\s+")));
        File log = folder.resolve("log").toFile();
        Process job = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
        Path status = Path.of("/proc", Long.toString(job.pid()), "status");
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(LONGEST_MINUTES);
        while (!job.waitFor(200, TimeUnit.MILLISECONDS)) {
            memory.peakMiB = Math.max(memory.peakMiB, peak(status));
            if (System.nanoTime() > deadline) {
                job.destroyForcibly();
                throw new IllegalStateException("the job took more than " + LONGEST_MINUTES + " minutes");
            }
        }
        if (job.exitValue() != 0) throw new IllegalStateException("the job failed: " + Files.readString(log.toPath()));
        return Files.size(folder.resolve("submission.csv"));
    }

    /** The kernel's own high-water mark, so that looking rarely misses nothing. */
    private static long peak(Path status) {
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024).findFirst().orElse(0);
        } catch (IOException | java.io.UncheckedIOException e) {
            // The process has ended between the question and the look, or this is no Linux.
            return 0;
        }
    }

    /** Takes the files away. */
    @TearDown
    public void cleanUp() throws IOException {
        data.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
