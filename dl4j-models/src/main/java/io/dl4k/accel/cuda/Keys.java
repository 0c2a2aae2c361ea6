package io.dl4k.accel.cuda;

import org.bytedeco.javacpp.IntPointer;

/** Keys for {@code hash} in {@code kernels.cu}: of a layer and a step. The same as those of dropout on the processor. */
final class Keys {
    private Keys() { }

    static void put(IntPointer to, int cell, int index, long step) {
        long key = mix(mix(0x9E3779B97F4A7C15L * (index + 1)) + step);
        to.put(cell, (int) key);
        to.put(cell + 1, (int) (key >>> 32));
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
