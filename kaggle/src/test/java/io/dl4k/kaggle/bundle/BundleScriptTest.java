package io.dl4k.kaggle.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bundle.sh} with stand-ins for the application's jars. */
class BundleScriptTest {
    private static final Path SCRIPT = Path.of("src/main/sh/bundle.sh").toAbsolutePath();
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    private Path folder;

    private record Ended(int exit, String text) {
    }

    @BeforeEach
    void needsItsTools() {
        assumeTrue(Files.isExecutable(JAVA.resolveSibling("jlink")), "no jlink: the JVM is no JDK");
        for (String tool : List.of("sh", "tar", "xz", "split", "sha256sum")) {
            assumeTrue(Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator)).anyMatch(path -> Files.isExecutable(Path.of(path, tool))), "no " + tool);
        }
    }

    private Ended run(List<Path> jars, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", SCRIPT.toString()));
        command.addAll(List.of(arguments));
        return run(jars, command);
    }

    private Ended run(List<Path> jars, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("BUNDLE_JAVA", JAVA.toString());
        builder.environment().put("BUNDLE_CLASSPATH", String.join(":", jars.stream().map(Path::toString).toList()));
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), text.strip());
    }

    /** @param noise bytes that cannot be compressed */
    private Path jar(String name, int noise) throws IOException {
        Path jar = folder.resolve(name);
        byte[] bytes = new byte[noise];
        new Random(1).nextBytes(bytes);
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry("inside/" + name + ".bin"));
            entries.write(bytes);
        }
        return jar;
    }

    @Test
    void bundle_inParts_holdsTheBuildsAskedForAndRuns() throws Exception {
        List<Path> jars = List.of(jar("app.jar", 100), jar("large.jar", 4_100_000), jar("nd4j-native-1.0.0-linux-x86_64.jar", 10), jar("nd4j-native-1.0.0-linux-x86_64-onednn-avx2.jar", 10),
            jar("nd4j-native-1.0.0-linux-x86_64-onednn-avx512.jar", 10));
        Ended made = run(jars, "--out", "made", "--isa", "avx2", "--part-size", "10M");
        assertEquals(0, made.exit(), made.text());
        assertTrue(made.text().matches("bundle made parts=[2-9] bytes=\\d+ unpacked=\\d+K"), made.text());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.filter(path -> path.getFileName().toString().startsWith(".dl4k-bundle")).toList());
        }
        assertEquals(new Ended(0, "unpacked: dl4k/run.sh"), run(jars, List.of("sh", "made/unpack.sh")));
        try (Stream<Path> lib = Files.list(folder.resolve("dl4k/lib"))) {
            assertEquals(List.of("app.jar", "large.jar", "nd4j-native-1.0.0-linux-x86_64-onednn-avx2.jar"), lib.map(path -> path.getFileName().toString()).sorted().toList());
        }
        try (var large = new java.util.zip.ZipFile(folder.resolve("dl4k/lib/large.jar").toFile())) {
            assertEquals(4_100_000, large.getEntry("inside/large.jar.bin").getSize());
        }
        // Its own Java answers; the stand-in for the application has no class to start.
        Ended started = run(jars, List.of("sh", "dl4k/run.sh", "devices"));
        assertTrue(started.text().contains("io.dl4k.kaggle.cli.Main"), started.text());
        Files.write(folder.resolve("made/dl4k.tar.xz.000"), new byte[] {1});
        assertFalse(run(jars, List.of("sh", "made/unpack.sh")).exit() == 0, "a damaged part must not be unpacked");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--isa avx2 | bundle needs --out DIR",
        "--out | --out needs a value",
        "--out . | . is there already",
        "--out x --part-size 5T | --part-size must be a number of bytes, or end in K, M or G, got '5T'.",
        "--out x --isa sse | --isa takes generic, avx2 and avx512 with commas between, got 'sse'.",
        "--out x --isa avx2,avx2x | --isa takes generic, avx2 and avx512 with commas between, got 'avx2,avx2x'.",
        "--out none/x | there is no folder none to write in.",
        "--to x | bundle does not know '--to'."})
    void bundle_wrongArguments_oneLineAndExit2(String arguments, String message) throws Exception {
        Ended ended = run(List.of(), arguments.split(" "));
        assertEquals(2, ended.exit());
        assertTrue(ended.text().startsWith("dl4k: " + message), ended.text());
        assertEquals(1, ended.text().lines().count());
        assertFalse(Files.exists(folder.resolve("x")));
    }
}
