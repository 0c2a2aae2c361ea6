package io.dl4k.accel.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code kernels.cu} compiled by this machine's C++ compiler. */
final class Emulator {
    private static final Pattern KERNEL = Pattern.compile("extern \"C\" __global__ void (\\w+)\\(");
    private static final Optional<String> MISSING = build();

    private Emulator() { }

    /** Why it is not there; empty if it is. */
    static Optional<String> missing() {
        return MISSING;
    }

    /** Names of all kernels. */
    static List<String> names() {
        List<String> names = new ArrayList<>();
        Matcher m = KERNEL.matcher(source("kernels.cu"));
        while (m.find()) names.add(m.group(1));
        return names;
    }

    static String source(String name) {
        try (InputStream in = Device.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> build() {
        Path include = Path.of(System.getProperty("java.home"), "include");
        if (!Files.exists(include.resolve("jni.h"))) return Optional.of("no jni.h in " + include);
        try {
            Path folder = Files.createTempDirectory("dl4k-emulator");
            folder.toFile().deleteOnExit();
            Path library = folder.resolve("emulator.so");
            Optional<String> missing = compile(folder, "emulator.cpp", library, List.of("-I" + include, "-I" + include.resolve("linux")));
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(file -> file.toFile().deleteOnExit());
            }
            if (missing.isEmpty()) System.load(library.toString());
            return missing;
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Makes a library of a source beside this class and the kernels.
     *
     *  @return why not, if this machine cannot
     *  @throws IllegalStateException if it does not compile */
    static Optional<String> compile(Path folder, String main, Path library, List<String> options) throws IOException {
        if (!System.getProperty("os.name").equals("Linux")) return Optional.of("the kernels' emulator is built on Linux only");
        StringBuilder table = new StringBuilder();
        for (String name : names()) table.append("KERNEL(").append(name).append(")\n");
        Path names = Files.writeString(folder.resolve("table"), table);
        Path kernels = write(folder, "kernels.cu");
        write(folder, "emulator.h");
        List<String> command = new ArrayList<>(List.of("g++", "-std=c++20", "-O2", "-shared", "-fPIC", "-pthread", "-Wl,-Bsymbolic", "-DKERNELS=\"" + kernels + "\"", "-DTABLE=\"" + names + "\""));
        command.addAll(options);
        command.addAll(List.of("-o", library.toString(), write(folder, main).toString()));
        return run(folder, command);
    }

    static Optional<String> run(Path folder, List<String> command) throws IOException {
        Path log = folder.resolve("log");
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        } catch (IOException e) {
            return Optional.of("g++ is not there: " + e.getMessage());
        }
        try {
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return Optional.of("g++ takes too long");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
        if (process.exitValue() != 0) throw new IllegalStateException(command + ":\n" + Files.readString(log));
        return Optional.empty();
    }

    private static Path write(Path folder, String name) throws IOException {
        return Files.writeString(folder.resolve(name), source(name));
    }

    static native String kinds(String name);

    static native void launch(String name, long gridX, long gridY, int threadsX, int threadsY, long[] arguments);

    static native void product(boolean transposeA, boolean transposeB, int m, int n, int k, long a, int lda, long b, int ldb, long c, int ldc, boolean add, long bias, boolean relu,
                               int bits);

    static native void convolution(int pass, int batch, int in, int h, int w, int out, int toH, int toW, int kernelH, int kernelW, int strideH, int strideW, int top, int left, int dilationH,
                                   int dilationW, long x, long weights, long y, int bits, boolean halves);
}
