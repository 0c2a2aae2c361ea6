package io.dl4k.hardware;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads what operating systems write about their processor. Pure; nothing here can fail on unexpected text. */
final class ProcessorText {
    static final String UNKNOWN = "unknown";

    /** What GCC's -march=core-avx2 lets the compiler use beyond AVX; abm is Linux's name for LZCNT. */
    private static final List<String> AVX2_FLAGS = List.of("avx2", "fma", "bmi1", "bmi2", "abm", "movbe", "f16c");

    /** What GCC's -march=skylake-avx512 adds. */
    private static final List<String> AVX512_FLAGS = List.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");

    private static final Map<String, String> X86_VENDORS = Map.of("GenuineIntel", "Intel", "AuthenticAMD", "AMD", "HygonGenuine", "Hygon", "CentaurHauls", "Centaur");

    private static final Map<String, String> ARM_VENDORS = Map.of("0x41", "ARM", "0x46", "Fujitsu", "0x48", "HiSilicon", "0x4e", "NVIDIA", "0x51", "Qualcomm", "0x61", "Apple", "0xc0", "Ampere");

    private ProcessorText() {
    }

    /**
     * Linux's {@code /proc/cpuinfo}. The ISA is what all listed processors share.
     *
     * @param jvmHasLzcnt whether HotSpot uses LZCNT on this processor: some virtual machines have it and do not list it
     */
    static Processor fromCpuinfo(String text, boolean jvmHasLzcnt) {
        Map<String, String> first = new HashMap<>();
        Isa isa = null;
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon < 0) continue;
            String key = line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            first.putIfAbsent(key, value);
            if (key.equals("flags")) {
                Set<String> flags = new HashSet<>(List.of(value.split(" +")));
                if (jvmHasLzcnt) flags.add("abm");
                Isa here = isaOf(flags, AVX2_FLAGS, AVX512_FLAGS);
                isa = isa == null || here.compareTo(isa) < 0 ? here : isa;
            }
        }
        String vendor = first.get("vendor_id");
        if (vendor != null) {
            return new Processor(X86_VENDORS.getOrDefault(vendor, vendor), first.getOrDefault("model name", UNKNOWN), isa == null ? Isa.GENERIC : isa);
        }
        String implementer = first.get("CPU implementer");
        if (implementer != null) {
            String part = first.get("CPU part");
            String model = first.getOrDefault("model name", part == null ? UNKNOWN : "part " + part);
            return new Processor(ARM_VENDORS.getOrDefault(implementer, "implementer " + implementer), model, Isa.GENERIC);
        }
        return new Processor(UNKNOWN, first.getOrDefault("model name", UNKNOWN), isa == null ? Isa.GENERIC : isa);
    }

    /** How many processors {@code /proc/cpuinfo} lists; 0 if none. */
    static int countInCpuinfo(String text) {
        int count = 0;
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals("processor")) count++;
        }
        return count;
    }

    /** macOS' {@code sysctl machdep.cpu}, lines {@code machdep.cpu.brand_string: …}. On Apple's own chips only the name is there. */
    static Processor fromSysctl(String text) {
        String vendor = null;
        String model = UNKNOWN;
        Set<String> features = new HashSet<>();
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon < 0) continue;
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).strip()) {
                case "machdep.cpu.vendor" -> vendor = X86_VENDORS.getOrDefault(value, value);
                case "machdep.cpu.brand_string" -> model = value;
                case "machdep.cpu.features", "machdep.cpu.leaf7_features", "machdep.cpu.extfeatures" ->
                    features.addAll(List.of(value.toLowerCase(Locale.ROOT).split(" +")));
                default -> { }
            }
        }
        if (vendor == null) vendor = model.startsWith("Apple") ? "Apple" : UNKNOWN;
        List<String> avx2 = List.of("avx2", "fma", "bmi1", "bmi2", "lzcnt", "movbe", "f16c");
        return new Processor(vendor, model, isaOf(features, avx2, AVX512_FLAGS));
    }

    /**
     * Windows: the environment's {@code PROCESSOR_IDENTIFIER}, which names no instructions, and what the JVM itself found by asking the
     * processor. Conservative: AVX-512 is never reported, because the JVM's flag does not tell its parts apart.
     *
     * @param identifier such as {@code AMD64 Family 25 Model 97 Stepping 2, AuthenticAMD}; empty if not set
     * @param jvmHasAvx2 whether HotSpot uses AVX2, FMA, BMI2 and LZCNT on this processor
     */
    static Processor fromWindows(String identifier, boolean jvmHasAvx2) {
        int comma = identifier.lastIndexOf(',');
        String vendor = comma < 0 ? UNKNOWN : identifier.substring(comma + 1).strip();
        String model = comma < 0 ? identifier.strip() : identifier.substring(0, comma).strip();
        return new Processor(X86_VENDORS.getOrDefault(vendor, vendor), model.isEmpty() ? UNKNOWN : model, jvmHasAvx2 ? Isa.AVX2 : Isa.GENERIC);
    }

    private static Isa isaOf(Set<String> flags, List<String> avx2, List<String> avx512) {
        if (!flags.containsAll(avx2)) return Isa.GENERIC;
        return flags.containsAll(avx512) ? Isa.AVX512 : Isa.AVX2;
    }
}
