package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileChooserTest {
    private static final long GIB = 1L << 30;
    private static final Set<String> LINUX_BUILDS = Set.of("", "-onednn-avx2", "-onednn-avx512");
    private static final GpuInventory NO_DRIVER = new GpuInventory(List.of(), List.of("nvidia-smi is not installed: no NVIDIA driver"), Optional.empty());
    private static final GpuInventory H100 = new GpuInventory(
        List.of(new Gpu(0, "NVIDIA H100 80GB HBM3", Optional.of(new ComputeCapability(9, 0)), "580.65.06", 81559L << 20, false, List.of(), "GPU-1", OptionalInt.of(0))), List.of(), Optional.of("13.0"));

    private static Machine machine(Isa isa, Set<String> builds, GpuInventory gpus) {
        return new Machine("linux-x86_64", new Processor("AMD", "AMD EPYC", isa), 8, 4, 32 * GIB, 16 * GIB, 4 * GIB, gpus, builds, Optional.empty());
    }

    private static ProfileChoice auto(Machine machine) {
        return ProfileChooser.choose(machine, DeviceRequest.AUTO, OptionalInt.empty());
    }

    @Test
    void choose_avx512_takesItsBuildAndTellsOfTheOthers() {
        long offHeap = 16 * GIB - 4 * GIB - (256L << 20) - 4 * GIB / 32;
        assertEquals(new ProfileChoice(new Profile.Cpu("-onednn-avx512", 4, offHeap, 16 * GIB), "the fastest build for AVX-512",
            List.of(new ProfileChoice.Rejected("cuda", "nvidia-smi is not installed: no NVIDIA driver"),
                new ProfileChoice.Rejected("cpu (oneDNN AVX2)", "slower than the chosen one"),
                new ProfileChoice.Rejected("cpu (generic)", "slower than the chosen one"))), auto(machine(Isa.AVX512, LINUX_BUILDS, NO_DRIVER)));
    }

    @Test
    void choose_avx2_leavesTheAvx512Build() {
        ProfileChoice choice = auto(machine(Isa.AVX2, LINUX_BUILDS, NO_DRIVER));
        assertEquals("-onednn-avx2", ((Profile.Cpu) choice.profile()).extension());
        assertEquals(new ProfileChoice.Rejected("cpu (oneDNN AVX-512)", "the CPU has no AVX-512"), choice.others().get(1));
    }

    @ParameterizedTest
    @CsvSource({
        "GENERIC, '', the CPU shows neither AVX2 nor AVX-512",
        "GENERIC, -onednn, the CPU shows neither AVX2 nor AVX-512",
        "AVX2, -avx2, the fastest build for AVX2",
        "AVX512, -onednn-avx2, 'the CPU has AVX-512, but a build for it is not on the class path'"})
    void choose_fewBuilds_takesTheNextBest(Isa isa, String present, String why) {
        ProfileChoice choice = auto(machine(isa, new HashSet<>(List.of("", present)), NO_DRIVER));
        assertEquals(present, ((Profile.Cpu) choice.profile()).extension());
        assertEquals(why, choice.why());
    }

    @Test
    void choose_noBuild_isRefusedWithTheWayOut() {
        var e = assertThrows(ProfileUnavailableException.class, () -> auto(machine(Isa.AVX2, Set.of(), NO_DRIVER)));
        assertEquals("no native library of ND4J for linux-x86_64 is on the class path. Add org.nd4j:nd4j-native with classifier linux-x86_64.", e.getMessage());
    }

    @Test
    void choose_onlyBuildsTheCpuCannotRun_isRefused() {
        assertThrows(ProfileUnavailableException.class, () -> auto(machine(Isa.GENERIC, Set.of("-onednn-avx512"), NO_DRIVER)));
    }

    @Test
    void choose_autoWithGpu_runsOnCpuAndSaysWhy() {
        ProfileChoice choice = auto(machine(Isa.AVX2, LINUX_BUILDS, H100));
        assertEquals("cpu", choice.profile().device());
        assertEquals(new ProfileChoice.Rejected("cuda:0 (NVIDIA H100 80GB HBM3)", "this build computes on GPUs on Linux on x86-64 only"), choice.others().get(0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "cuda | true | device 'cuda' was asked for, but this build computes on GPUs on Linux on x86-64 only. Use --device cpu or auto.",
        "cuda:0 | true | device 'cuda:0' was asked for, but this build computes on GPUs on Linux on x86-64 only. Use --device cpu or auto.",
        "cuda:3 | true | device 'cuda:3' was asked for, but this machine has only cuda:0. Use --device cpu or auto.",
        "cuda | false | device 'cuda' was asked for, but nvidia-smi is not installed: no NVIDIA driver. Use --device cpu or auto."})
    void choose_cuda_isRefusedWithReasonAndWayOut(String device, boolean gpu, String message) {
        Machine machine = machine(Isa.AVX2, LINUX_BUILDS, gpu ? H100 : NO_DRIVER);
        var e = assertThrows(ProfileUnavailableException.class, () -> ProfileChooser.choose(machine, DeviceRequest.parse(device), OptionalInt.empty()));
        assertEquals(message, e.getMessage());
    }

    @Test
    void choose_threadsGiven_areTaken() {
        Machine machine = machine(Isa.AVX2, LINUX_BUILDS, NO_DRIVER);
        assertEquals(1, ProfileChooser.choose(machine, DeviceRequest.CPU, OptionalInt.of(1)).profile().threads());
        ProfileChoice many = ProfileChooser.choose(machine, DeviceRequest.CPU, OptionalInt.of(6));
        assertEquals(6, many.profile().threads());
        assertEquals("the fastest build for AVX2; more threads than the 4 usable cores", many.why());
    }

    @Test
    void choose_noThreads_isRefused() {
        var e = assertThrows(IllegalArgumentException.class,
            () -> ProfileChooser.choose(machine(Isa.AVX2, LINUX_BUILDS, NO_DRIVER), DeviceRequest.CPU, OptionalInt.of(0)));
        assertEquals("threads must be at least 1, got 0", e.getMessage());
    }

    @Test
    void choose_heapFillsTheMemory_leavesTheSmallestOffHeap() {
        Machine small = new Machine("linux-x86_64", new Processor("AMD", "AMD EPYC", Isa.AVX2), 1, 1, GIB, GIB, GIB, NO_DRIVER, LINUX_BUILDS, Optional.empty());
        assertEquals(new Profile.Cpu("-onednn-avx2", 1, 64L << 20, GIB), auto(small).profile());
    }

    @Test
    void choose_memoryUnknown_leavesJavaCppsLimits() {
        Machine unknown = new Machine("linux-x86_64", new Processor("AMD", "AMD EPYC", Isa.AVX2), 1, 1, 0, 0, GIB, NO_DRIVER, LINUX_BUILDS, Optional.empty());
        assertEquals(new Profile.Cpu("-onednn-avx2", 1, 0, 0), auto(unknown).profile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "cpu", "cuda", "cuda:0", "cuda:12"})
    void parse_grammar_roundTrips(String text) {
        assertEquals(text, DeviceRequest.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CUDA", "cuda:", "cuda:-1", "cuda:x", "cuda:1234", "cpu:0", " cpu"})
    void parse_other_isRefusedWithTheInput(String text) {
        var e = assertThrows(IllegalArgumentException.class, () -> DeviceRequest.parse(text));
        assertEquals("device '" + text + "' is not known: expected auto, cpu, cuda or cuda:N with N the number of a GPU from 0", e.getMessage());
    }

    @Test
    void lines_gpuAndLoadedBackend_fitEightyColumns() {
        GpuInventory mig = new GpuInventory(List.of(new Gpu(0, "NVIDIA H100 80GB HBM3", Optional.of(new ComputeCapability(9, 0)), "580.65.06",
            81559L << 20, true, List.of(new Gpu.Slice("1g.10gb", "MIG-1"), new Gpu.Slice("3g.40gb", "MIG-2")), "GPU-1", OptionalInt.of(0))), List.of(), Optional.of("13.0"));
        Machine machine = machine(Isa.AVX2, Set.of("", "-onednn-avx2"), mig);
        ProfileChoice choice = auto(machine);
        LoadedBackend loaded = new LoadedBackend(choice.profile(), "linux-x86_64-onednn-avx2", "OPENBLAS", true, 4, 4);
        assertEquals("""
            CPU       AMD EPYC, AVX2, linux-x86_64
            cores     4 usable of 8
            memory    16.0 GiB usable of 32.0 GiB, JVM heap up to 4.0 GiB
            native    nd4j-native linux-x86_64-onednn-avx2
            BLAS      OPENBLAS, 4 threads
            oneDNN    yes
            GPU 0     NVIDIA H100 80GB HBM3, compute capability 9.0, driver 580.65.06, 79.6
                      GiB, MIG 1g.10gb 3g.40gb
            CUDA      the driver serves up to 13.0
            runs on   cpu (oneDNN AVX2, 4 threads): the fastest build for AVX2; not cuda:0
                      (NVIDIA H100 80GB HBM3): this build computes on GPUs on Linux on
                      x86-64 only
            not on    cuda:0 (NVIDIA H100 80GB HBM3): this build computes on GPUs on Linux
                      on x86-64 only
                      cpu (generic): slower than the chosen one""",
            String.join("\n", DeviceReport.lines(machine, choice, Optional.of(loaded))));
    }

    @Test
    void lines_wordLongerThanTheLine_isCut() {
        GpuInventory odd = new GpuInventory(List.of(), List.of("x".repeat(200)), Optional.empty());
        Machine machine = machine(Isa.AVX2, LINUX_BUILDS, odd);
        for (String line : DeviceReport.lines(machine, auto(machine), Optional.empty())) assertEquals(true, line.length() <= 80, line);
    }
}
