package io.dl4k.accel.program;

import java.util.Locale;

/** How exactly matrix products and convolutions are made. Sums, weights, updater state and all other operations are float32 in any case; what is rounded are the factors,
 *  and of BF16's convolutions the results too. A device without the arithmetic of a precision, or a call that has no way to it, is more exact. */
public enum Precision {
    /** 24 bits. The same everywhere but for the order of sums. */
    FLOAT32(24),
    /** 11 bits, the range of float32: relative errors of 2^-11 in each factor. NVIDIA GPUs from compute capability 8.0 on. */
    TF32(11),
    /** 8 bits, the range of float32: relative errors of 2^-8 in each factor. NVIDIA GPUs from compute capability 8.0 on. */
    BF16(8);

    private final int bits;

    Precision(int bits) {
        this.bits = bits;
    }

    /** Significant bits of a factor, the leading one included. */
    public int bits() {
        return bits;
    }

    /** Reads what {@link #toString} writes.
     *
     *  @throws IllegalArgumentException for anything else; the message repeats it */
    public static Precision parse(String text) {
        for (Precision p : values()) if (p.toString().equals(text)) return p;
        throw new IllegalArgumentException("precision '" + text + "' is not known: expected float32, tf32 or bf16");
    }

    /** {@code tf32}. */
    @Override public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
