package io.dl4k.accel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelsTest {
    /** Turing to Blackwell. */
    private static final List<Integer> ARCHITECTURES = List.of(75, 80, 86, 89, 90, 100, 120);

    private static Path compiler() {
        return Stream.of("/usr/local/cuda/bin/nvcc", "/usr/bin/nvcc").map(Path::of).filter(Files::isExecutable).findFirst().orElse(null);
    }

    @Test void kernels_everyArchitecture_compile(@TempDir Path folder) throws IOException, InterruptedException {
        Path nvcc = compiler();
        assumeTrue(nvcc != null, "nvcc of CUDA 13 is not installed");
        Path source = Files.writeString(folder.resolve("kernels.cu"), KernelImage.source());
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(List.of(nvcc.toString(), "-fatbin", "-Werror", "all-warnings", "-o", folder.resolve("kernels.fatbin").toString()));
        for (int a : ARCHITECTURES) command.addAll(List.of("-gencode", "arch=compute_" + a + ",code=sm_" + a));
        command.add(source.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!process.waitFor(4, TimeUnit.MINUTES)) process.destroyForcibly();
        assertEquals(0, process.waitFor(), () -> {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                return e.getMessage();
            }
        });
    }

    @Test void key_otherSourceOrCompiler_isAnother() {
        assertNotEquals(KernelImage.key("nvrtc 13.0", "a"), KernelImage.key("nvrtc 13.0", "b"));
        assertNotEquals(KernelImage.key("nvrtc 13.0", "a"), KernelImage.key("nvrtc 13.1", "a"));
    }

    @Test void keep_again_replacesAndLeavesNothingElse(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a/b/kernels.cubin");
        KernelImage.keep(file, new byte[] {1, 2});
        KernelImage.keep(file, new byte[] {3});
        assertArrayEquals(new byte[] {3}, Files.readAllBytes(file));
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test void message_namesLibraryCodeAndCall() {
        CudaException e = new CudaException(CudaException.Library.CUDNN, 3000, "CUDNN_STATUS_NOT_SUPPORTED", "convolution, DATA");
        assertEquals("convolution, DATA: CUDNN reports CUDNN_STATUS_NOT_SUPPORTED (3000)", e.getMessage());
        assertEquals(CudaException.Library.CUDNN, e.library());
        assertEquals(3000, e.code());
    }
}
