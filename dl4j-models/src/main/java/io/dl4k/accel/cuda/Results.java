package io.dl4k.accel.cuda;

import org.bytedeco.javacpp.DoublePointer;

/** What a run reports to the host in a few doubles: the score, and whether the values themselves forbade something. */
final class Results implements AutoCloseable {
    /** In the order of {@code kernels.cu}. */
    private enum Problem { NONE, ZEROS_BEFORE_THE_END, TOKEN_OUTSIDE }

    private static final int SCORE = 0;
    private static final int PROBLEM = 1;
    private static final int DETAIL = 2;
    private static final int CELLS = 3;

    private final Device device;
    private final long there;
    private final long here;
    private final DoublePointer values;

    Results(Device device) {
        this.device = device;
        there = device.allocate(CELLS * Double.BYTES);
        here = device.pin(CELLS * Double.BYTES);
        values = new Host.Doubles().at(here, CELLS);
    }

    private Tensor at(int cell, int cells) {
        return Plan.external(there + (long) cell * Double.BYTES, 2L * cells);
    }

    Tensor all() {
        return at(0, CELLS);
    }

    Tensor score() {
        return at(SCORE, 1);
    }

    /** A code and a number. */
    Tensor status() {
        return at(PROBLEM, 2);
    }

    /** Asks for them; to be read after the device was waited for. */
    void fetch() {
        device.download(here, there, CELLS * Double.BYTES);
    }

    /** @param vocabulary for the message
     *  @throws UnsupportedOperationException if somebody else must compute this batch
     *  @throws IllegalArgumentException if nobody can */
    double score(int vocabulary) {
        switch (Problem.values()[(int) values.get(PROBLEM)]) {
            case ZEROS_BEFORE_THE_END -> throw new UnsupportedOperationException("a step of zeros before the end of a sequence, under MaskZeroLayer");
            case TOKEN_OUTSIDE -> throw new IllegalArgumentException("token " + (float) values.get(DETAIL) + " is outside the vocabulary of 0 to " + (vocabulary - 1));
            case NONE -> { }
        }
        return values.get(SCORE);
    }

    @Override public void close() {
        device.free(there);
        device.unpin(here);
    }
}
