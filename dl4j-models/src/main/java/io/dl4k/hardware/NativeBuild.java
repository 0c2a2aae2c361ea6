package io.dl4k.hardware;

import java.util.List;

/**
 * A build of ND4J's native library for the CPU.
 *
 * @param extension JavaCPP's platform extension
 * @param needs     the instructions it is compiled for
 */
record NativeBuild(String extension, Isa needs) {
    /** Fastest first. oneDNN counts for more than the instructions the rest is compiled for: it picks its kernels by asking the processor. */
    static final List<NativeBuild> BY_SPEED = List.of(
        new NativeBuild("-onednn-avx512", Isa.AVX512),
        new NativeBuild("-onednn-avx2", Isa.AVX2),
        new NativeBuild("-onednn", Isa.GENERIC),
        new NativeBuild("-avx512", Isa.AVX512),
        new NativeBuild("-avx2", Isa.AVX2),
        new NativeBuild("", Isa.GENERIC));

    /** {@code oneDNN AVX-512}, {@code generic}. */
    static String describe(String extension) {
        if (extension.isEmpty()) return "generic";
        String isa = extension.endsWith("-avx512") ? Isa.AVX512.label() : extension.endsWith("-avx2") ? Isa.AVX2.label() : Isa.GENERIC.label();
        return extension.startsWith("-onednn") ? "oneDNN " + isa : isa;
    }
}
