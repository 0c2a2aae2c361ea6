package io.dl4k.accel.cuda;

import static org.bytedeco.cuda.global.nvrtc.*;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** {@code kernels.cu} as machine code for one architecture: from the user's cache, or compiled by NVRTC (a few seconds) and put there. */
final class KernelImage {
    private static final String SOURCE = "kernels.cu";
    private static final int KEY_BYTES = 12;

    private final Path file;
    private final String architecture;
    private final String source;

    private KernelImage(Path folder, String architecture, String compiler, String source) {
        this.architecture = architecture;
        this.source = source;
        this.file = folder.resolve("kernels-" + architecture + "-" + key(compiler, source) + ".cubin");
    }

    /** @param major compute capability  @param minor of 9.0, say */
    static KernelImage of(int major, int minor) {
        int[] version = new int[2];
        check(nvrtcVersion(version, new int[1]), "version");
        int[] release = new int[1];
        check(nvrtcVersion(version, release), "version");
        loadBuiltins("libnvrtc-builtins.so." + version[0] + "." + release[0]);
        return new KernelImage(folder(), "sm_" + major + minor, "nvrtc " + version[0] + "." + release[0], source());
    }

    /** NVRTC opens it by its name alone with the first compilation, and finds it only where the system's loader looks, or where it is loaded already: a Python package's folder is no such place. */
    private static void loadBuiltins(String name) {
        for (String folder : System.getProperty("org.bytedeco.javacpp.platform.linkpath", "").split(File.pathSeparator)) {
            Path file = Path.of(folder, name);
            if (folder.isEmpty() || !Files.exists(file)) continue;
            System.load(file.toAbsolutePath().toString());
            return;
        }
    }

    static String source() {
        try (InputStream in = KernelImage.class.getResourceAsStream(SOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The user's folder for what can be made again. */
    private static Path folder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path root = cache != null && Path.of(cache).isAbsolute() ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
        return root.resolve("dl4k");
    }

    static String key(String compiler, String source) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(compiler.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(source.getBytes(StandardCharsets.UTF_8)), 0, KEY_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From the cache if it is there, else compiled. */
    byte[] load() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            return compile();
        }
    }

    /** Compiled, whatever the cache holds. */
    byte[] compile() {
        byte[] image = compiled();
        try {
            keep(file, image);
        } catch (IOException e) {
            // A cache that cannot be written costs a few seconds each time, no more.
        }
        return image;
    }

    /** Whole or not at all, whoever else writes at the same time. */
    static void keep(Path file, byte[] image) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = Files.createTempFile(file.getParent(), "kernels", ".part");
        try {
            Files.write(part, image);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private byte[] compiled() {
        _nvrtcProgram program = new _nvrtcProgram();
        try (BytePointer text = new BytePointer(source, StandardCharsets.UTF_8); BytePointer name = new BytePointer(SOURCE, StandardCharsets.UTF_8);
             BytePointer target = new BytePointer("--gpu-architecture=" + architecture, StandardCharsets.UTF_8); PointerPointer<BytePointer> options = new PointerPointer<>(1);
             SizeTPointer size = new SizeTPointer(1)) {
            check(nvrtcCreateProgram(program, text, name, 0, (PointerPointer<?>) null, (PointerPointer<?>) null), "create program");
            try {
                options.put(0, target);
                int status = nvrtcCompileProgram(program, 1, options);
                if (status != NVRTC_SUCCESS) {
                    check(nvrtcGetProgramLogSize(program, size), "log size");
                    byte[] log = new byte[(int) size.get()];
                    check(nvrtcGetProgramLog(program, log), "log");
                    throw new CudaException(CudaException.Library.NVRTC, status, nvrtcGetErrorString(status).getString(),
                            "compile the kernels for " + architecture + " (" + new String(log, StandardCharsets.UTF_8).strip() + ")");
                }
                check(nvrtcGetCUBINSize(program, size), "code size");
                byte[] image = new byte[(int) size.get()];
                check(nvrtcGetCUBIN(program, image), "code");
                return image;
            } finally {
                nvrtcDestroyProgram(program);
            }
        }
    }

    private static void check(int status, String what) {
        if (status != NVRTC_SUCCESS) throw new CudaException(CudaException.Library.NVRTC, status, nvrtcGetErrorString(status).getString(), what);
    }
}
