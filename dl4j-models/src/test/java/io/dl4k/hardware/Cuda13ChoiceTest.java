package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the default build does with what {@code nvidia-smi} tells, from its text to the choice. The texts follow the tool's format; no GPU was asked. */
class Cuda13ChoiceTest {
    private static final long GIB = 1L << 30;
    private static final Path TOOLKIT = Path.of("/usr/local/cuda/lib64");
    private static final Path CUDNN = Path.of("/usr/lib64");
    private static final String H100 = "0, NVIDIA H100 80GB HBM3, 580.159.04, 81559, GPU-a, 9.0, Disabled";

    private static CudaLibraries complete() {
        Map<String, Path> found = new HashMap<>();
        for (String library : CudaLibraries.none().missing()) found.put(library, library.startsWith("libcudnn") ? CUDNN : TOOLKIT);
        return new CudaLibraries(found, List.of());
    }

    private static Machine machine(CudaLibraries libraries, String... lines) {
        GpuInventory found = NvidiaSmi.inventory(command -> ToolOutput.exited(0, command.size() == 1 ? "| NVIDIA-SMI 580 CUDA Version: 13.0 |" : String.join("\n", lines) + "\n"));
        return new Machine("linux-x86_64", new Processor("AMD", "AMD EPYC", Isa.AVX512), 16, 16, 128 * GIB, 128 * GIB, 32 * GIB, found,
            Set.of("", "-onednn-avx512"), Optional.of(new Cuda13Build(libraries)));
    }

    private static ProfileChoice auto(Machine machine) {
        return ProfileChooser.choose(machine, DeviceRequest.AUTO, OptionalInt.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        H100,
        "0, Tesla T4, 580.65.06, 15109, GPU-a, 7.5, [N/A]",
        "0, NVIDIA GeForce RTX 4090, 580.65.06, 24564, GPU-a, 8.9, [N/A]",
        "0, NVIDIA B200, 590.10, 183359, GPU-a, 10.0, Disabled",
        "0, NVIDIA GeForce RTX 5090, 580.65.06, 32607, GPU-a, 12.0, [N/A]"})
    void choose_turingAndNewer_isTakenBeforeTheCpu(String line) {
        ProfileChoice choice = auto(machine(complete(), line));
        String name = line.split(", ")[1];
        Profile.Cpu host = new Profile.Cpu("-onednn-avx512", 16, 128 * GIB - 32 * GIB - (256L << 20) - 32 * GIB / 32, 128 * GIB);
        assertEquals(new Profile.Cuda13(List.of(new Profile.Card(0, name, 0)), List.of(TOOLKIT, CUDNN), host), choice.profile());
        assertEquals("cuda:0 (" + name + ", CUDA 13)", choice.profile().toString());
        assertEquals(new ProfileChoice.Rejected("cpu", "slower than a GPU"), choice.others().get(0));
        assertEquals("cpu", ProfileChooser.choose(machine(complete(), line), DeviceRequest.CPU, OptionalInt.empty()).profile().device());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0, Tesla V100-SXM2-16GB, 580.65.06, 16160, GPU-a, 7.0, [N/A] | compute capability 7.0, but the executor for CUDA 13 needs 7.5 (./dl4k --cuda runs ND4J's CUDA 11.6 backend, which needs 3.7)",
        "0, Tesla K40c, 470.256.02, 11441, GPU-a, 3.5, [N/A] | compute capability 3.5, but the executor for CUDA 13 needs 7.5",
        "0, NVIDIA H100 80GB HBM3, 570.86.15, 81559, GPU-a, 9.0, Disabled | its driver 570.86.15 is older than 580, which CUDA 13 needs: update the driver",
        "0, NVIDIA A10, 535.183.01, 23028, GPU-a, 8.6, [N/A] | its driver 535.183.01 is older than 580, which CUDA 13 needs: update the driver, or take ND4J's CUDA 11.6 backend, ./dl4k --cuda",
        "0, NVIDIA A100-SXM4-40GB, 580.65.06, 40960, GPU-a, 8.0, Enabled | MIG is on but no slice was made: nvidia-smi mig -cgi creates one",
        "0, NVIDIA T400, 580.65.06, 1872, GPU-a, 7.5, [N/A] | 1872 MiB of memory, but CUDA and its libraries alone need 2048 MiB"})
    void choose_gpuThatCannotRun_fallsBackAndSaysWhy(String line, String reason) {
        Machine machine = machine(complete(), line);
        ProfileChoice choice = auto(machine);
        String name = "cuda:0 (" + line.split(", ")[1] + ")";
        assertEquals("cpu", choice.profile().device());
        assertEquals("the fastest build for AVX-512; not " + name + ": " + reason, choice.why());
        var e = assertThrows(ProfileUnavailableException.class, () -> ProfileChooser.choose(machine, DeviceRequest.parse("cuda"), OptionalInt.empty()));
        assertEquals("device 'cuda' was asked for, but " + name + ": " + reason + ". Use --device cpu or auto.", e.getMessage());
    }

    @Test
    void choose_librariesMissing_saysWhichAndHowToGetThem() {
        ProfileChoice choice = auto(machine(CudaLibraries.none(), H100));
        assertEquals("cpu", choice.profile().device());
        String reason = choice.others().get(0).reason();
        assertTrue(reason.startsWith("the executor for CUDA 13 does not find libcudart.so.13, libcublas.so.13, "), reason);
        assertTrue(reason.contains("python3 -m pip install --target ~/.local/share/dl4k/cuda13 'nvidia-cuda-runtime<14' 'nvidia-cublas<14' 'nvidia-cuda-nvrtc<14' 'nvidia-cudnn-cu13<10'"), reason);
    }

    @Test
    void choose_noGpu_doesNotTroubleCpuUsers() {
        GpuInventory none = NvidiaSmi.inventory(command -> new ToolOutput(ToolOutput.End.NOT_FOUND, -1, ""));
        Machine machine = new Machine("linux-x86_64", new Processor("AMD", "AMD EPYC", Isa.AVX512), 2, 2, GIB, GIB, GIB, none, Set.of("-onednn-avx512"),
            Optional.of(new Cuda13Build(CudaLibraries.none())));
        assertEquals("the fastest build for AVX-512", auto(machine).why());
        assertEquals(new ProfileChoice.Rejected("cuda", "nvidia-smi is not installed: no NVIDIA driver"), auto(machine).others().get(0));
    }

    @Test
    void choose_trialFails_takesTheNextGpu() {
        Machine machine = machine(complete(), H100, "1, Tesla T4, 580.159.04, 15109, GPU-b, 7.5, [N/A]");
        ProfileChoice choice = ProfileChooser.choose(machine, DeviceRequest.AUTO, OptionalInt.empty(), Map.of(0, "it failed"));
        assertEquals("cuda:1", choice.profile().device());
        assertEquals(new ProfileChoice.Rejected("cuda:0 (NVIDIA H100 80GB HBM3)", "it failed"), choice.others().get(0));
    }

    @Test
    void choose_severalAskedFor_takesAllThatCanRunLargestFirst() {
        String t4 = "0, Tesla T4, 580.159.04, 15109, GPU-a, 7.5, [N/A]";
        String h100 = "1, NVIDIA H100 80GB HBM3, 580.159.04, 81559, GPU-b, 9.0, Disabled";
        String v100 = "2, Tesla V100-SXM2-16GB, 580.159.04, 16160, GPU-c, 7.0, [N/A]";
        String mig = "3, NVIDIA A100-SXM4-40GB, 580.65.06, 40960, GPU-d, 8.0, Enabled";
        Machine machine = machine(complete(), t4, h100, v100, mig);
        DeviceRequest four = DeviceRequest.AUTO.withMost(4);
        ProfileChoice choice = ProfileChooser.choose(machine, four, OptionalInt.empty());
        assertEquals(List.of(new Profile.Card(1, "NVIDIA H100 80GB HBM3", 1), new Profile.Card(0, "Tesla T4", 0)), ((Profile.Cuda13) choice.profile()).cards());
        assertEquals("cuda", choice.profile().device());
        assertEquals("cuda:1 (NVIDIA H100 80GB HBM3, CUDA 13), cuda:0 (Tesla T4, CUDA 13)", choice.profile().toString());
        assertEquals(List.of("cuda:2 (Tesla V100-SXM2-16GB)", "cuda:3 (NVIDIA A100-SXM4-40GB)", "cpu"), choice.others().stream().map(ProfileChoice.Rejected::name).toList());
        assertEquals("cuda:1", auto(machine).profile().device());
        // One that is named stays alone; one that fails its trial is left out; none is left: the processor.
        assertEquals("cuda:0", ProfileChooser.choose(machine, DeviceRequest.parse("cuda:0").withMost(2), OptionalInt.empty()).profile().device());
        assertEquals("cuda:0", ProfileChooser.choose(machine, four, OptionalInt.empty(), Map.of(1, "it failed")).profile().device());
        assertEquals("cpu", ProfileChooser.choose(machine, four, OptionalInt.empty(), Map.of(0, "it failed", 1, "it failed")).profile().device());
    }

    @Test
    void choose_severalAskedFor_eachIsTried(@TempDir Path folder) {
        Machine machine = machine(complete(), H100, "1, NVIDIA H100 80GB HBM3, 580.159.04, 81559, GPU-b, 9.0, Disabled", "2, NVIDIA H100 80GB HBM3, 580.159.04, 81559, GPU-c, 9.0, Disabled");
        List<String> tried = new ArrayList<>();
        GpuTrials trials = new GpuTrials(folder.resolve("trials.properties"), command -> {
            String ordinal = command.get(command.indexOf(GpuTrial.class.getName()) + 2);
            tried.add(ordinal);
            return ToolOutput.exited(0, ordinal.equals("1") ? "error: broken" : GpuTrial.PASSED);
        });
        ProfileChoice choice = ProfileChooser.choose(machine, DeviceRequest.parse("cuda").withMost(2), OptionalInt.empty(), trials);
        assertEquals(List.of(0, 2), ((Profile.OnGpu) choice.profile()).cards().stream().map(Profile.Card::gpu).toList());
        assertEquals(List.of("0", "1", "2"), tried);
        assertEquals("a small computation on it failed: error: broken", choice.others().get(0).reason());
    }

    @Test
    void lines_completeMachine_sayWhatWasFoundWhere() {
        Machine machine = machine(complete(), H100);
        List<String> lines = DeviceReport.lines(machine, auto(machine), Optional.empty());
        assertEquals("""
            GPUs by   the executor for CUDA 13 (./dl4k --cuda has ND4J's CUDA 11.6 backend)
            GPU 0     NVIDIA H100 80GB HBM3, compute capability 9.0, driver 580.159.04, 79.6
                      GiB
            CUDA      the driver serves up to 13.0
                      CUDA 13 in /usr/local/cuda/lib64
                      cuDNN 9 in /usr/lib64
            runs on   cuda:0 (NVIDIA H100 80GB HBM3, CUDA 13): compute capability 9.0,
                      driver 580.159.04, cuDNN
            not on    cpu: slower than a GPU""", String.join("\n", lines.subList(3, lines.size())));
    }

    @Test
    void carried_onlyWithThePresetsOf13() {
        Set<String> of13 = Set.of("org/bytedeco/cuda/linux-x86_64/libjnicudart.so", "org/bytedeco/cuda/cudart/CUlib_st.class");
        assertTrue(Cuda13Build.carried("linux-x86_64", of13::contains));
        assertFalse(Cuda13Build.carried("linux-x86_64", Set.of("org/bytedeco/cuda/linux-x86_64/libjnicudart.so")::contains));
        assertFalse(Cuda13Build.carried("linux-arm64", of13::contains));
    }

    @Test
    void trial_otherLibraries_areTriedAnew(@TempDir Path folder) {
        var started = new ArrayList<List<String>>();
        GpuTrials trials = new GpuTrials(folder.resolve("trials.properties"), command -> {
            started.add(command);
            return ToolOutput.exited(0, GpuTrial.PASSED);
        });
        Gpu gpu = machine(complete(), H100).gpus().gpus().get(0);
        Profile.Cpu host = new Profile.Cpu("", 1, 0, 0);
        for (Path library : List.of(TOOLKIT, TOOLKIT, CUDNN)) {
            assertEquals(Optional.empty(), trials.failure(gpu, new Profile.Cuda13(List.of(new Profile.Card(0, "H100", 0)), List.of(library), host)));
        }
        assertEquals(2, started.size());
        assertEquals(List.of("0", "0", "/usr/local/cuda/lib64"), started.get(0).subList(started.get(0).size() - 3, started.get(0).size()));
    }
}
