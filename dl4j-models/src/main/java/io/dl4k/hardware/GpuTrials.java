package io.dl4k.hardware;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Whether GPUs compute what they should. A GPU that the driver shows can still fail at its first kernel, or end the process; so a process of its own tries it once,
 * and the answer is kept for this GPU and driver, since a trial takes seconds and the first of all minutes, while CUDA's libraries are unpacked.
 */
public final class GpuTrials {
    /** Unpacking three gigabytes comes first. */
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int LONGEST = 200;

    private final Path memory;
    private final Tools tools;

    GpuTrials(Path memory, Tools tools) {
        this.memory = memory;
        this.tools = tools;
    }

    /** Remembers in {@code dl4k/gpu-trials.properties} of the user's cache folder. */
    public static GpuTrials ofUser() {
        Map<String, String> environment = System.getenv();
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path folder = cache.startsWith("/") ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
        return new GpuTrials(folder.resolve("dl4k").resolve("gpu-trials.properties"), Tools.ofSystem(LIMIT));
    }

    /** Why the GPU cannot be used, no full stop; empty if it computes. */
    Optional<String> failure(Gpu gpu, Profile profile) {
        String key = (gpu.uuid().isEmpty() ? gpu.index() + " " + gpu.name() : gpu.uuid()) + " driver " + gpu.driver()
            // Other libraries are another trial.
            + (profile instanceof Profile.Cuda13 cuda13 ? " " + cuda13.libraries() : "");
        Properties known = read();
        String before = known.getProperty(key);
        if (before != null) return before.equals(GpuTrial.PASSED) ? Optional.empty() : Optional.of(before + " (on an earlier day; to try again, delete " + memory + ")");
        Optional<String> failure = attempt(profile);
        known.setProperty(key, failure.orElse(GpuTrial.PASSED));
        write(known);
        return failure;
    }

    private Optional<String> attempt(Profile profile) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", System.getProperty("java.class.path"), GpuTrial.class.getName()));
        command.addAll(GpuTrial.arguments(profile));
        ToolOutput output = tools.run(command);
        if (output.succeeded() && output.text().contains(GpuTrial.PASSED)) return Optional.empty();
        if (output.end() == ToolOutput.End.TIMED_OUT) return Optional.of("a small computation on it did not end within " + LIMIT.toMinutes() + " minutes");
        String told = output.text().lines().filter(line -> !line.startsWith("Warning") && line.matches("(?i).*(error|exception|fail|abort|CUDA).*")).findFirst().orElse("exit status " + output.exit());
        told = told.strip().replaceAll("\\p{Cntrl}", "?");
        return Optional.of("a small computation on it failed: " + (told.length() > LONGEST ? told.substring(0, LONGEST) + "…" : told));
    }

    /** What is unreadable is as good as not there: the trial is made again. */
    private Properties read() {
        Properties known = new Properties();
        try (InputStream in = Files.newInputStream(memory)) {
            known.load(in);
        } catch (IOException | IllegalArgumentException unreadable) {
            known.clear();
        }
        return known;
    }

    /** Where nothing can be kept, the next run tries again. */
    private void write(Properties known) {
        try {
            Files.createDirectories(memory.getParent());
            Path fresh = Files.createTempFile(memory.getParent(), "gpu-trials", ".tmp");
            try {
                try (OutputStream out = Files.newOutputStream(fresh)) {
                    known.store(out, "GPUs that DL4K tried; delete a line to try again");
                }
                move(fresh);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException notWritable) {
            return;
        }
    }

    private void move(Path fresh) throws IOException {
        try {
            Files.move(fresh, memory, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, memory, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
