package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.hardware.Probe;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, on libraries that stand in for NVIDIA's ({@code .ci/stand-in-gpu}), in processes of its own that have neither ND4J nor Deeplearning4j. */
class GpuCheckCommandTest {
    /** A machine with other work compiles for minutes. */
    private static final int LIMIT_MINUTES = 15;
    private static final Path STAND_IN = Path.of("../.ci/stand-in-gpu").toAbsolutePath().normalize();

    private record Ended(int code, String out, String err) {
    }

    private static Ended run(Path folder, List<String> command, String... environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(folder.resolve("out").toFile()).redirectError(folder.resolve("err").toFile());
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment().put(environment[i], environment[i + 1]);
        }
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES), () -> command + " does not end");
            return new Ended(process.exitValue(), Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean has(String tool) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    private static Ended check(Path folder, Path gpu, String wrong, String... arguments) throws IOException, InterruptedException {
        // What the bundle for a GPU alone carries.
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith(".jar") || entry.matches(".*/(javacpp|cuda|picocli|jackson|dl4j-models|kaggle)-[^/]*[.]jar")).collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-cp", classPath, GpuMain.class.getName(), "gpu-check",
                "--cuda-libs", gpu.resolve("lib").toString()));
        command.addAll(List.of(arguments));
        return run(folder, command, "PATH", gpu.resolve("bin") + File.pathSeparator + System.getenv("PATH"), "LD_LIBRARY_PATH", gpu.resolve("lib").toString(), "FAKE_LOG",
                gpu.resolve("calls").toString(), "XDG_CACHE_HOME", folder.resolve("cache").toString(), "FAKE_WRONG", wrong);
    }

    @Test
    void gpuCheck_onAStandInGpu_isGreenAndRedWithAWrongKernel(@TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux") && has("g++"), "no stand-in without g++ on Linux");
        assumeTrue(getClass().getResource("/org/bytedeco/cuda/cudart/CUlib_st.class") != null, "no presets of CUDA 13 in this build");
        Path fixtures = folder.resolve("adam.fixtures");
        Commands.Printed made = Commands.run("gpu-check", "--make-fixtures", fixtures, "--only", "adam");
        assertEquals(0, made.code(), made.err());
        assertEquals("fixtures " + fixtures + " networks=2 bytes=" + Files.size(fixtures), made.out().strip());
        Path gpu = folder.resolve("gpu");
        Ended built = run(folder, List.of("sh", STAND_IN.toString(), gpu.toString()));
        assertEquals(0, built.code, built.err);

        Path report = folder.resolve("report.json");
        Ended green = check(folder, gpu, "none", "--fixtures", fixtures.toString(), "--report", report.toString());
        assertEquals(0, green.code, () -> green.out + green.err);
        assertTrue(green.out.startsWith("Stand-in GPU, compute capability 9.0, driver 580.65.06, 2048 MiB"), green.out);
        assertTrue(green.out.matches("(?s).*\\R2 right, 0 wrong\\Rgpu-check right networks=2 seconds=\\d+\\.\\d device=cuda:0\\R"), green.out);
        JsonNode json = JsonMapper.builder().build().readTree(report.toFile());
        assertEquals("580.65.06", json.at("/gpu/driver").asText());
        assertEquals("13.0", json.at("/versions/runtime").asText());
        assertEquals("[true, true]", json.at("/results").findValues("right").toString());
        assertTrue(json.at("/results/0/weights/error").asDouble() < json.at("/results/0/weights/allowed").asDouble(), json::toString);

        Ended red = check(folder, gpu, "adam", "--fixtures", fixtures.toString(), "--report", report.toString());
        assertEquals(1, red.code, () -> red.out + red.err);
        assertTrue(red.out.contains("WRONG") && red.out.contains("the updaters' state: an error of 1.0e+00"), red.out);
        assertEquals("[false, false]", JsonMapper.builder().build().readTree(report.toFile()).at("/results").findValues("right").toString());

        Ended none = check(folder, gpu, "none", "--fixtures", fixtures.toString(), "--only", "no such");
        assertEquals(2, none.code);
        assertEquals("dl4k: --only 'no such': no network has a name with that in it.", none.err.strip());
        Ended broken = check(folder, gpu, "none", "--fixtures", report.toString());
        assertEquals(2, broken.code);
        assertTrue(broken.err.startsWith("dl4k: " + report + ": no whole file of fixtures"), broken.err);
    }

    @Test
    void gpuCheck_withoutGpu_endsWithTwoAndTheReason() {
        assumeTrue(Probe.thisMachine().gpus().gpus().isEmpty(), "there is a GPU");
        Commands.Printed printed = Commands.run("gpu-check");
        assertEquals(2, printed.code());
        assertTrue(printed.err().matches("dl4k: no GPU can be checked: device 'cuda' was asked for, but .*nvidia-smi.*\\.\\R"), printed.err());
    }

    @Test
    void gpuCheck_wrongArguments_areRefused(@TempDir Path folder) {
        assertEquals("dl4k: --device: expected cuda or cuda:N with N the number of a GPU from 0, got 'cpu'", Commands.run("gpu-check", "--device", "cpu").err().strip());
        Path missing = folder.resolve("none");
        Commands.Printed printed = Commands.run("gpu-check", "--fixtures", missing);
        assertEquals(2, printed.code());
        assertTrue(printed.err().startsWith("dl4k: --fixtures " + missing + ": there is no such file"), printed.err());
    }
}
