package io.dl4k.hardware;

/** Vector instructions of a processor, as far as ND4J's native libraries tell them apart. Ordered: a later one can run what an earlier one can. */
public enum Isa {
    /** No more than the architecture's baseline is known to be there (SSE2 on x86-64, NEON on ARM). */
    GENERIC("generic"),
    /** All that compilers assume for AVX2: AVX2, FMA, BMI1, BMI2, LZCNT, MOVBE and F16C. */
    AVX2("AVX2"),
    /** AVX2 and AVX-512 F, CD, BW, DQ and VL: Skylake-X and Zen 4 or newer, not Knights Landing. */
    AVX512("AVX-512");

    private final String label;

    Isa(String label) {
        this.label = label;
    }

    /** As people write it: {@code AVX-512}. */
    public String label() {
        return label;
    }
}
