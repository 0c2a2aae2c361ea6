package io.dl4k.data;

/**
 * Random numbers that depend on a key and a count only, so that whoever draws for a row, in whatever order and on whatever thread, draws the same.
 * SplitMix64: its finaliser over a Weyl sequence.
 */
final class CounterRandom {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private long state;

    CounterRandom(long seed, long epoch, long row) {
        state = mix(mix(mix(seed + GOLDEN) + epoch + GOLDEN) + row + GOLDEN);
    }

    long nextLong() {
        return mix(state += GOLDEN);
    }

    /** In [0, 1). */
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /** In [-limit, limit). */
    double within(double limit) {
        return limit * (2 * nextDouble() - 1);
    }

    /** In [0, bound). */
    int nextInt(int bound) {
        return (int) ((nextLong() >>> 33) * bound >>> 31);
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
