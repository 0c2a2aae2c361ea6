package io.dl4k.accel.onednn;

import java.nio.FloatBuffer;

/** Dropout masks from a counter: cell, step and layer give the number, so a mask depends neither on threads nor on what ran before. */
final class Dropout {
    private static final int CHUNK = 4096;
    private final int index;
    private final float keep;
    private final float scale;
    private final float[] chunk = new float[CHUNK];

    Dropout(int index, double keep) {
        this.index = index;
        this.keep = (float) keep;
        this.scale = (float) (1 / keep);
    }

    /** Fills the first {@code length} cells with 1/keep, each with probability keep, or 0. */
    void fill(FloatBuffer to, int length, long step) {
        long key = mix(mix(0x9E3779B97F4A7C15L * (index + 1)) + step);
        int low = (int) key;
        int high = (int) (key >>> 32);
        for (int at = 0; at < length; at += CHUNK) {
            int n = Math.min(CHUNK, length - at);
            for (int i = 0; i < n; i++) {
                int h = (at + i) * 0x9E3779B1 + low;
                h = (h ^ (h >>> 16)) * 0x85EBCA6B + high;
                h = (h ^ (h >>> 13)) * 0xC2B2AE35;
                h ^= h >>> 16;
                chunk[i] = (h >>> 8) * 0x1p-24f < keep ? scale : 0f;
            }
            to.put(at, chunk, 0, n);
        }
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
