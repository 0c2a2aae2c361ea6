package io.dl4k.accel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaDeviceTest {
    /** What the presets ask for. */
    private static final List<String> LIBRARIES = List.of("libcuda.so.1", "libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libnvrtc.so.13", "libnvrtc-builtins.so.13.0", "libcudnn.so.9", "libcudnn_graph.so.9",
            "libcudnn_ops.so.9", "libcudnn_cnn.so.9", "libcudnn_adv.so.9");
    /** Only the presets of CUDA 13 have it: {@code -Pcuda} tests with those of ND4J. */
    private static final String OF_13 = "/org/bytedeco/cuda/cudart/CUlib_st.class";
    private static final String NATIVES = "/org/bytedeco/cuda/linux-x86_64/libjnicudart.so";

    @Test void everyCall_onLibrariesThatCheckIt_trainsAsTheProcessor(@TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(getClass().getResource(OF_13) != null && getClass().getResource(NATIVES) != null, "no presets of CUDA 13 for this platform");
        Path libraries = Files.createDirectory(folder.resolve("lib"));
        Optional<String> missing = Emulator.compile(folder, "fakecuda.cpp", libraries.resolve("libfake.so"), List.of("-Wl,-soname,libfake.so"));
        assumeTrue(missing.isEmpty(), () -> missing.orElseThrow());
        Path empty = Files.writeString(folder.resolve("empty.c"), "");
        for (String name : LIBRARIES)
            Emulator.run(folder, List.of("gcc", "-shared", "-o", libraries.resolve(name).toString(), empty.toString(), "-Wl,-soname," + name, "-Wl,--no-as-needed", "-L" + libraries, "-lfake",
                    "-Wl,-rpath," + libraries));
        for (boolean early : new boolean[] {false, true}) train(folder, libraries, early);
    }

    /** @param early whether uploads are as early as they may be, while all else is as late as it can be */
    private static void train(Path folder, Path libraries, boolean early) throws IOException, InterruptedException {
        Path log = folder.resolve("calls" + early);
        Path output = folder.resolve("output");
        Path cache = folder.resolve("cache" + early);
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-cp", System.getProperty("java.class.path"),
                "-Dorg.bytedeco.javacpp.platform.linkpath=" + libraries, "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("javacpp"), FakeCuda.class.getName(), log.toString(),
                cache.toString());
        if (early) builder.environment().put("FAKE_EARLY", "1");
        builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        builder.environment().put("FAKE_LOG", log.toString());
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            if (!process.waitFor(3, TimeUnit.MINUTES)) process.destroyForcibly();
            int status = process.waitFor();
            String text = Files.readString(output);
            assertEquals(0, status, text);
            // Each of four networks: four gradients and four updates at least.
            assertEquals(true, text.matches("(?s).*ALL FINE, \\d\\d+ graphs\\s*"), text);
        } finally {
            process.destroyForcibly();
        }
    }
}
