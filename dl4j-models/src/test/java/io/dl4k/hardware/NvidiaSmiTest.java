package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NvidiaSmiTest {
    private static GpuInventory read(int exit, String text) {
        return NvidiaSmi.inventory(command -> ToolOutput.exited(exit, text));
    }

    private static Gpu gpu(int index, String name, ComputeCapability capability, String driver, long mib) {
        return new Gpu(index, name, Optional.ofNullable(capability), driver, mib << 20, false, List.of(), "GPU-" + index, OptionalInt.of(index));
    }

    @Test
    void inventory_h100_isReadWhole() {
        assertEquals(new GpuInventory(List.of(gpu(0, "NVIDIA H100 80GB HBM3", new ComputeCapability(9, 0), "580.65.06", 81559)), List.of(), Optional.empty()),
            read(0, "0, NVIDIA H100 80GB HBM3, 580.65.06, 81559, GPU-0, 9.0, Disabled\n"));
    }

    @Test
    void inventory_twoGpus_keepTheirNumbers() {
        assertEquals(new GpuInventory(List.of(gpu(0, "Tesla T4", new ComputeCapability(7, 5), "470.256.02", 15109),
                gpu(1, "NVIDIA GeForce RTX 5090", new ComputeCapability(12, 0), "580.65.06", 32607)), List.of(), Optional.empty()),
            read(0, "0, Tesla T4, 470.256.02, 15109, GPU-0, 7.5, [N/A]\r\n1, NVIDIA GeForce RTX 5090, 580.65.06, 32607, GPU-1, 12.0, [N/A]\r\n"));
    }

    @Test
    void inventory_mig_listsTheSlices() {
        List<List<String>> asked = new ArrayList<>();
        GpuInventory inventory = NvidiaSmi.inventory(command -> {
            asked.add(command);
            return ToolOutput.exited(0, command.contains("-L")
                ? "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-1)\n  MIG 1g.10gb     Device  0: (UUID: MIG-1)\n  MIG 3g.40gb     Device  1: (UUID: MIG-2)\nGPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-2)\n"
                : "0, NVIDIA H100 80GB HBM3, 580.65.06, 81559, GPU-0, 9.0, Enabled\n1, NVIDIA H100 80GB HBM3, 580.65.06, 81559, GPU-1, 9.0, Disabled\n");
        });
        assertEquals(List.of(new Gpu.Slice("1g.10gb", "MIG-1"), new Gpu.Slice("3g.40gb", "MIG-2")), inventory.gpus().get(0).slices());
        assertTrue(inventory.gpus().get(0).mig());
        assertEquals(List.of(), inventory.gpus().get(1).slices());
        assertFalse(inventory.gpus().get(1).mig());
        assertEquals(List.of("nvidia-smi", "-L"), asked.get(2));
    }

    @Test
    void inventory_oldDriver_isAskedAgainForLess() {
        GpuInventory inventory = NvidiaSmi.inventory(command -> command.size() > 1 && command.get(1).contains("compute_cap")
            ? ToolOutput.exited(2, "Field \"compute_cap\" is not a valid field to query.\n\n")
            : ToolOutput.exited(0, "0, Tesla K80, 418.226.00, 11441, GPU-0\n"));
        assertEquals(new GpuInventory(List.of(gpu(0, "Tesla K80", null, "418.226.00", 11441)), List.of(), Optional.empty()), inventory);
    }

    @Test
    void inventory_withGpu_tellsTheCudaThatTheDriverServes() {
        GpuInventory inventory = NvidiaSmi.inventory(command -> ToolOutput.exited(0, command.size() == 1
            ? "| NVIDIA-SMI 525.60.13    Driver Version: 525.60.13    CUDA Version: 12.0     |\n" : "0, Tesla T4, 525.60.13, 15109, GPU-0, 7.5, [N/A]\n"));
        assertEquals(Optional.of("12.0"), inventory.cuda());
    }

    @Test
    void inventory_cellsNotAvailable_areUnknown() {
        assertEquals(List.of(gpu(0, "GRID vGPU", null, "unknown", 0)), read(0, "0, GRID vGPU, [N/A], [Insufficient Permissions], GPU-0, [N/A], [N/A]\n").gpus());
    }

    @Test
    void inventory_driverMismatch_isReportedWithItsText() {
        assertEquals(new GpuInventory(List.of(), List.of("nvidia-smi failed with exit status 18: 'Failed to initialize NVML: Driver/library version mismatch'"), Optional.empty()),
            read(18, "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.65\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "0, only two", "x, NVIDIA H100, 1, 2, u, 9.0, Disabled", "99999999999, a, b, c, d, e, f", "-1, a, b, c, d, e, f", "0, , b, c, d, e, f"})
    void inventory_garbage_isReportedNotThrown(String line) {
        assertEquals(new GpuInventory(List.of(), List.of("nvidia-smi wrote a line that is not understood: '" + line + "'"), Optional.empty()), read(0, line + "\n"));
    }

    @Test
    void inventory_controlCharacters_doNotReachTheReport() {
        assertEquals(List.of("nvidia-smi wrote a line that is not understood: '?[31mred'"), read(0, "\u001b[31mred\n").notes());
    }

    @Test
    void inventory_nothing_saysSo() {
        assertEquals(List.of("nvidia-smi found no GPU"), read(0, "").notes());
        assertEquals(List.of("nvidia-smi found no GPU"), read(6, "No devices were found\n").notes());
    }

    @Test
    void inventory_toolMissing_saysSo() {
        Tools none = command -> Tools.ofSystem(Duration.ofSeconds(1)).run(List.of("dl4k-no-such-tool"));
        assertEquals(new GpuInventory(List.of(), List.of("nvidia-smi is not installed: no NVIDIA driver"), Optional.empty()), NvidiaSmi.inventory(none));
    }

    @Test
    void inventory_toolHangs_isKilledWithItsChildren(@TempDir Path folder) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs /bin/sh");
        Path script = Files.writeString(folder.resolve("nvidia-smi"), "sleep 600 &\necho $!\nwait\n");
        List<String> texts = new ArrayList<>();
        GpuInventory inventory = NvidiaSmi.inventory(command -> {
            ToolOutput output = Tools.ofSystem(Duration.ofMillis(500)).run(List.of("/bin/sh", script.toString()));
            texts.add(output.text());
            return output;
        });
        assertEquals(List.of("nvidia-smi did not answer in time and was stopped; run it by hand to see why"), inventory.notes());
        long child = Long.parseLong(texts.get(0).strip());
        ProcessHandle.of(child).ifPresent(left -> left.onExit().orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join());
    }

    @Test
    void run_outputWithoutEnd_isCutAndDoesNotBlock() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs /bin/sh");
        ToolOutput output = Tools.ofSystem(Duration.ofSeconds(20)).run(List.of("/bin/sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x; exit 3"));
        assertEquals(3, output.exit());
        assertEquals(1 << 16, output.text().length());
    }
}
