package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessorTextTest {
    private static final String HASWELL_FLAGS = "fpu sse sse2 ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt avx f16c abm bmi1 avx2 bmi2";
    private static final String ZEN4_FLAGS = HASWELL_FLAGS + " avx512f avx512dq avx512ifma avx512cd avx512bw avx512vl avx512_vnni";

    private static String cpuinfo(String vendor, String model, String... flagsOfEach) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < flagsOfEach.length; i++) {
            text.append("processor\t: ").append(i).append("\nvendor_id\t: ").append(vendor).append("\nmodel name\t: ").append(model)
                .append("\nflags\t\t: ").append(flagsOfEach[i]).append("\n\n");
        }
        return text.toString();
    }

    @Test
    void fromCpuinfo_zen4_hasAvx512() {
        String text = cpuinfo("AuthenticAMD", "AMD EPYC 9354 32-Core Processor", ZEN4_FLAGS, ZEN4_FLAGS);
        assertEquals(new Processor("AMD", "AMD EPYC 9354 32-Core Processor", Isa.AVX512), ProcessorText.fromCpuinfo(text, false));
        assertEquals(2, ProcessorText.countInCpuinfo(text));
    }

    @Test
    void fromCpuinfo_haswell_hasAvx2() {
        assertEquals(new Processor("Intel", "Intel(R) Xeon(R) CPU E5-2673 v3 @ 2.40GHz", Isa.AVX2),
            ProcessorText.fromCpuinfo(cpuinfo("GenuineIntel", "Intel(R) Xeon(R) CPU E5-2673 v3 @ 2.40GHz", HASWELL_FLAGS), false));
    }

    @Test
    void fromCpuinfo_knightsLanding_isNotTakenForAvx512() {
        String flags = HASWELL_FLAGS + " avx512f avx512pf avx512er avx512cd";
        assertEquals(Isa.AVX2, ProcessorText.fromCpuinfo(cpuinfo("GenuineIntel", "Intel(R) Xeon Phi(TM) CPU 7250", flags), false).isa());
    }

    @Test
    void fromCpuinfo_avx2WithoutFma_isGeneric() {
        assertEquals(Isa.GENERIC, ProcessorText.fromCpuinfo(cpuinfo("GenuineIntel", "masked by a hypervisor", HASWELL_FLAGS.replace(" fma", "")), false).isa());
    }

    @Test
    void fromCpuinfo_listWithoutAbm_isGenericUnlessTheJvmHasLzcnt() {
        String text = cpuinfo("AuthenticAMD", "virtual", ZEN4_FLAGS.replace(" abm", ""));
        assertEquals(Isa.GENERIC, ProcessorText.fromCpuinfo(text, false).isa());
        assertEquals(Isa.AVX512, ProcessorText.fromCpuinfo(text, true).isa());
    }

    @Test
    void fromCpuinfo_coresDiffer_takesWhatAllHave() {
        assertEquals(Isa.AVX2, ProcessorText.fromCpuinfo(cpuinfo("GenuineIntel", "hybrid", ZEN4_FLAGS, HASWELL_FLAGS), false).isa());
    }

    @Test
    void fromCpuinfo_arm_isGenericWithVendor() {
        String text = "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd evtstrm aes\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd0c\n\n"
            + "processor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        assertEquals(new Processor("ARM", "part 0xd0c", Isa.GENERIC), ProcessorText.fromCpuinfo(text, false));
        assertEquals(2, ProcessorText.countInCpuinfo(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "no colon", ":", "flags:", "flags: avx2 avx2"})
    void fromCpuinfo_oddText_isUnknownAndGeneric(String text) {
        assertEquals(new Processor("unknown", "unknown", Isa.GENERIC), ProcessorText.fromCpuinfo(text, false));
    }

    @Test
    void fromSysctl_intelMac_hasAvx2() {
        String text = "machdep.cpu.vendor: GenuineIntel\nmachdep.cpu.brand_string: Intel(R) Core(TM) i7-8750H CPU @ 2.20GHz\n"
            + "machdep.cpu.features: FPU SSE SSE2 FMA MOVBE AVX1.0 F16C\nmachdep.cpu.leaf7_features: BMI1 AVX2 BMI2\nmachdep.cpu.extfeatures: SYSCALL LZCNT\n";
        assertEquals(new Processor("Intel", "Intel(R) Core(TM) i7-8750H CPU @ 2.20GHz", Isa.AVX2), ProcessorText.fromSysctl(text));
    }

    @Test
    void fromSysctl_appleChip_isGeneric() {
        assertEquals(new Processor("Apple", "Apple M2", Isa.GENERIC), ProcessorText.fromSysctl("machdep.cpu.cores_per_package: 8\nmachdep.cpu.brand_string: Apple M2\n"));
    }

    @Test
    void fromWindows_neverSaysAvx512() {
        assertEquals(new Processor("AMD", "AMD64 Family 25 Model 97 Stepping 2", Isa.AVX2),
            ProcessorText.fromWindows("AMD64 Family 25 Model 97 Stepping 2, AuthenticAMD", true));
        assertEquals(new Processor("unknown", "unknown", Isa.GENERIC), ProcessorText.fromWindows("", false));
    }
}
