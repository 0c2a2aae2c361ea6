package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a build with the CUDA backend does with what {@code nvidia-smi} tells, from its text to the choice. The texts follow the tool's format; no GPU was asked. */
class CudaChoiceTest {
    private static final long GIB = 1L << 30;
    private static final CudaBuild COMPLETE = new CudaBuild(true, List.of());

    private static Machine machine(CudaBuild build, Optional<String> visible, Tools nvidiaSmi) {
        GpuInventory found = NvidiaSmi.inventory(nvidiaSmi);
        return new Machine("linux-x86_64", new Processor("AMD", "AMD EPYC", Isa.AVX2), 8, 8, 32 * GIB, 32 * GIB, 8 * GIB,
            new GpuInventory(VisibleDevices.number(found.gpus(), visible), found.notes(), found.cuda()), Set.of("-onednn-avx2"), Optional.of(build));
    }

    private static Machine machine(String... lines) {
        return machine(COMPLETE, Optional.empty(), command -> ToolOutput.exited(0, String.join("\n", lines) + "\n"));
    }

    private static ProfileChoice auto(Machine machine) {
        return ProfileChooser.choose(machine, DeviceRequest.AUTO, OptionalInt.empty());
    }

    private static String refused(Machine machine, String device) {
        return assertThrows(ProfileUnavailableException.class, () -> ProfileChooser.choose(machine, DeviceRequest.parse(device), OptionalInt.empty())).getMessage();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0, NVIDIA GeForce GTX 1080 Ti, 470.256.02, 11178, GPU-a, 6.1, [N/A]",
        "0, Tesla T4, 450.80.02, 15109, GPU-a, 7.5, [N/A]",
        "0, NVIDIA A100-SXM4-40GB, 535.183.01, 40960, GPU-a, 8.0, Disabled",
        "0, NVIDIA GeForce RTX 3090, 550.54.14, 24576, GPU-a, 8.6, [N/A]",
        "0, NVIDIA GeForce RTX 4090, 580.65.06, 24564, GPU-a, 8.9, [N/A]",
        "0, Tesla K80, 450.80.02, 11441, GPU-a, 3.7, [N/A]"})
    void choose_gpuThatTheBinaryHasCodeFor_isTaken(String line) {
        ProfileChoice choice = auto(machine(line));
        assertEquals("cuda:0", choice.profile().device());
        assertEquals("cuda:0 (" + line.split(", ")[1] + ")", choice.profile().toString());
        assertEquals("cpu", ProfileChooser.choose(machine(line), DeviceRequest.CPU, OptionalInt.empty()).profile().device());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0, Tesla K40c, 470.256.02, 11441, GPU-a, 3.5, [N/A] | compute capability 3.5, but ND4J's CUDA 11.6 backend has code for 3.7 to 8.9 only",
        "0, NVIDIA H100 80GB HBM3, 580.65.06, 81559, GPU-a, 9.0, Disabled | compute capability 9.0, but ND4J's CUDA 11.6 backend has code for 3.7 to 8.9 only: ./dl4k without --cuda runs on it",
        "0, NVIDIA GeForce RTX 5090, 580.65.06, 32607, GPU-a, 12.0, [N/A] | compute capability 12.0, but ND4J's CUDA 11.6 backend has code for 3.7 to 8.9 only: ./dl4k without --cuda runs on it",
        "0, Tesla V100-SXM2-16GB, 440.33.01, 16160, GPU-a, 7.0, [N/A] | its driver 440.33.01 is older than 450.80.02, which CUDA 11.6 needs: update the driver",
        "0, NVIDIA GeForce MX150, 535.183.01, 1024, GPU-a, 6.1, [N/A] | 1024 MiB of memory, but CUDA and its libraries alone need 2048 MiB",
        "0, NVIDIA A100-SXM4-40GB, 535.183.01, 40960, GPU-a, 8.0, Enabled | MIG is on but no slice was made: nvidia-smi mig -cgi creates one"})
    void choose_gpuThatCannotRun_fallsBackAndSaysWhy(String line, String reason) {
        Machine machine = machine(line);
        ProfileChoice choice = auto(machine);
        String name = "cuda:0 (" + line.split(", ")[1] + ")";
        assertEquals("cpu", choice.profile().device());
        assertEquals(new ProfileChoice.Rejected(name, reason), choice.others().get(0));
        assertEquals("the fastest build for AVX2; not " + name + ": " + reason, choice.why());
        assertEquals("device 'cuda' was asked for, but " + name + ": " + reason + ". Use --device cpu or auto.", refused(machine, "cuda"));
    }

    @Test
    void choose_noDriverHangOrGarbage_fallsBack() {
        var hangs = new ToolOutput(ToolOutput.End.TIMED_OUT, -1, "");
        var none = new ToolOutput(ToolOutput.End.NOT_FOUND, -1, "");
        assertEquals("nvidia-smi did not answer in time and was stopped; run it by hand to see why", auto(machine(COMPLETE, Optional.empty(), command -> hangs)).others().get(0).reason());
        assertEquals("nvidia-smi is not installed: no NVIDIA driver", auto(machine(COMPLETE, Optional.empty(), command -> none)).others().get(0).reason());
        assertEquals("nvidia-smi wrote a line that is not understood: '?'", auto(machine("?")).others().get(0).reason());
    }

    @Test
    void choose_libraryMissing_isTheReason() {
        Machine machine = machine(new CudaBuild(true, List.of("libcudnn.so.8")), Optional.empty(), command -> ToolOutput.exited(0, "0, Tesla T4, 535.1, 15109, GPU-a, 7.5, [N/A]\n"));
        assertEquals("ND4J's CUDA 11.6 backend does not find libcudnn.so.8: build with -Pcuda, which brings them, or install CUDA 11 and cuDNN 8", auto(machine).others().get(0).reason());
    }

    @Test
    void choose_twoGpus_takesTheLargerThatCanRun() {
        String t4 = "0, Tesla T4, 535.183.01, 15109, GPU-a, 7.5, [N/A]";
        Machine machine = machine(t4, "1, NVIDIA A10, 535.183.01, 23028, GPU-b, 8.6, [N/A]");
        ProfileChoice choice = auto(machine);
        assertEquals("cuda:1", choice.profile().device());
        assertEquals(new ProfileChoice.Rejected("cuda:0 (Tesla T4)", "cuda:1 has at least as much memory"), choice.others().get(0));
        assertEquals("cuda:0", ProfileChooser.choose(machine, DeviceRequest.parse("cuda:0"), OptionalInt.empty()).profile().device());
        assertEquals("cuda:0", auto(machine(t4, "1, NVIDIA H100 80GB HBM3, 580.65.06, 81559, GPU-b, 9.0, Disabled")).profile().device());
        assertEquals("device 'cuda:2' was asked for, but this machine has only cuda:0, cuda:1. Use --device cpu or auto.", refused(machine, "cuda:2"));
    }

    @Test
    void choose_mig_runsOnTheFirstSlice() {
        String card = "0, NVIDIA A100-SXM4-40GB, 535.183.01, 40960, GPU-a, 8.0, Enabled\n";
        Machine machine = machine(COMPLETE, Optional.empty(),
            command -> ToolOutput.exited(0, command.contains("-L") ? "GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-a)\n  MIG 1g.5gb      Device  0: (UUID: MIG-x)\n" : card));
        assertEquals("cuda:0", auto(machine).profile().device());
        assertEquals(5 * GIB, machine.gpus().gpus().get(0).usableMemoryBytes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "unset", value = {
        "unset | 0 1", "'' | - -", "1 | - 0", "1,0 | 1 0", "0,7,1 | 0 -", "GPU-bb | - 0", "GPU- | - -", "-1 | - -", "0,0 | - -", "MIG-x | 0 -", "NoDevFiles | - -"})
    void number_variable_isReadAsCudaReadsIt(String variable, String ordinals) {
        List<Gpu> gpus = new ArrayList<>();
        for (String uuid : List.of("GPU-aa", "GPU-bb")) {
            gpus.add(new Gpu(gpus.size(), "Tesla T4", Optional.empty(), "535.1", 0, false, gpus.isEmpty() ? List.of(new Gpu.Slice("1g.5gb", "MIG-x")) : List.of(), uuid,
                OptionalInt.empty()));
        }
        List<String> numbers = VisibleDevices.number(gpus, Optional.ofNullable(variable)).stream()
            .map(gpu -> gpu.ordinal().isPresent() ? Integer.toString(gpu.ordinal().getAsInt()) : "-").toList();
        assertEquals(ordinals, String.join(" ", numbers));
    }

    @Test
    void choose_hiddenGpu_isNotTaken() {
        Machine machine = machine(COMPLETE, Optional.of("1"), command -> ToolOutput.exited(0,
            "0, NVIDIA A10, 535.183.01, 23028, GPU-a, 8.6, [N/A]\n1, Tesla T4, 535.183.01, 15109, GPU-b, 7.5, [N/A]\n"));
        ProfileChoice choice = auto(machine);
        assertEquals(new Profile.Cuda(List.of(new Profile.Card(1, "Tesla T4", 0)), 8, 32 * GIB - 8 * GIB - (256L << 20) - 8 * GIB / 32, 32 * GIB), choice.profile());
        assertEquals("hidden by CUDA_VISIBLE_DEVICES", choice.others().get(0).reason());
    }

    @Test
    void choose_failedTrial_passesTheGpuOver() {
        Machine machine = machine("0, Tesla T4, 535.183.01, 15109, GPU-a, 7.5, [N/A]");
        ProfileChoice choice = ProfileChooser.choose(machine, DeviceRequest.AUTO, OptionalInt.empty(), Map.of(0, "it failed"));
        assertEquals("cpu", choice.profile().device());
        assertEquals(new ProfileChoice.Rejected("cuda:0 (Tesla T4)", "it failed"), choice.others().get(0));
    }

    @ParameterizedTest
    @CsvSource({"450.80.01, 450.80.02, true", "450.80.02, 450.80.02, false", "450.9, 450.80.02, true", "1000, 450.80.02, false", "450.80, 450.80.02, true", "450.102.04, 450.80.02, false"})
    void older_comparesNumbers(String version, String than, boolean older) {
        assertEquals(older, CudaBuild.older(version, than));
    }

    @Test
    void find_looksOnTheClassPathAndInTheSystem() {
        Set<String> path = Set.of("org/nd4j/linalg/jcublas/bindings/linux-x86_64-cudnn/libjnind4jcuda.so", "org/bytedeco/cuda/linux-x86_64/libcudart.so.11.0");
        assertEquals(Optional.of(new CudaBuild(true, List.of("libcublas.so.11", "libcusolver.so.11", "libcudnn.so.8"))),
            CudaBuild.find("linux-x86_64", path::contains, Set.of("libcublasLt.so.11")::contains));
        assertEquals(Optional.empty(), CudaBuild.find("linux-x86_64", name -> false, name -> true));
        assertEquals(Optional.empty(), CudaBuild.find("windows-x86_64", name -> true, name -> true));
    }
}
