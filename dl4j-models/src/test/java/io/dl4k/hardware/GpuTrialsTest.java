package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuTrialsTest {
    private static final Profile.Cuda PROFILE = new Profile.Cuda(List.of(new Profile.Card(1, "Tesla T4", 0)), 4, 0, 0);

    @TempDir
    private Path folder;
    private final List<List<String>> started = new ArrayList<>();

    private static Gpu gpu(String driver) {
        return new Gpu(1, "Tesla T4", Optional.empty(), driver, 0, false, List.of(), "GPU-b", OptionalInt.of(0));
    }

    private GpuTrials trials(ToolOutput answer) {
        return new GpuTrials(folder.resolve("cache/trials.properties"), command -> {
            started.add(command);
            return answer;
        });
    }

    @Test
    void failure_passed_isTriedOnceForEachDriver() {
        GpuTrials trials = trials(ToolOutput.exited(0, "noise\n" + GpuTrial.PASSED + "\n"));
        assertEquals(Optional.empty(), trials.failure(gpu("535.1"), PROFILE));
        assertEquals(Optional.empty(), trials.failure(gpu("535.1"), PROFILE));
        assertEquals(1, started.size());
        assertEquals(List.of(GpuTrial.class.getName(), "1", "0"), started.get(0).subList(started.get(0).size() - 3, started.get(0).size()));
        assertEquals(Optional.empty(), trials.failure(gpu("550.1"), PROFILE));
        assertEquals(2, started.size());
    }

    @Test
    void failure_crash_isTheReasonNowAndLater() {
        GpuTrials trials = trials(ToolOutput.exited(134, "Warning: CUDA versions differ\nCUDA error: no kernel image is available for execution on the device\n"));
        String reason = "a small computation on it failed: CUDA error: no kernel image is available for execution on the device";
        assertEquals(Optional.of(reason), trials.failure(gpu("535.1"), PROFILE));
        String later = trials.failure(gpu("535.1"), PROFILE).orElseThrow();
        assertTrue(later.startsWith(reason + " (on an earlier day; to try again, delete "), later);
        assertEquals(1, started.size());
    }

    @Test
    void failure_exitZeroWithoutTheWord_isNoPass() {
        assertEquals(Optional.of("a small computation on it failed: exit status 0"), trials(ToolOutput.exited(0, "")).failure(gpu("1"), PROFILE));
    }

    @Test
    void failure_hang_isTheReason() {
        assertEquals(Optional.of("a small computation on it did not end within 5 minutes"),
            trials(new ToolOutput(ToolOutput.End.TIMED_OUT, -1, "")).failure(gpu("1"), PROFILE));
    }

    @Test
    void failure_memoryBroken_isTriedAgainAndMended() throws IOException {
        Path memory = folder.resolve("cache/trials.properties");
        Files.createDirectories(memory.getParent());
        Files.writeString(memory, "a=\\uZZZZ");
        GpuTrials trials = trials(ToolOutput.exited(0, GpuTrial.PASSED));
        assertEquals(Optional.empty(), trials.failure(gpu("1"), PROFILE));
        assertEquals(Optional.empty(), trials.failure(gpu("1"), PROFILE));
        assertEquals(1, started.size());
    }

    @Test
    void failure_memoryNotWritable_stillAnswers() throws IOException {
        Files.writeString(folder.resolve("cache"), "a file where the folder should be");
        assertEquals(Optional.empty(), trials(ToolOutput.exited(0, GpuTrial.PASSED)).failure(gpu("1"), PROFILE));
    }

    @Test
    void compute_onAWorkingBackend_isRight() {
        assertEquals("", GpuTrial.compute());
    }
}
