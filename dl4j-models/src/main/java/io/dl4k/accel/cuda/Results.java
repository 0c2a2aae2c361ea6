package io.dl4k.accel.cuda;

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
    private final Readback back;

    Results(Device device) {
        this.device = device;
        there = device.allocate(CELLS * Double.BYTES);
        device.zero(there, CELLS * Double.BYTES);
        back = new Readback(device, there, CELLS);
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

    /** Asks for those of the run that was started last. */
    Readback.Reading fetch() {
        return back.fetch();
    }

    /** Waits for the score of a program that refuses nothing: what an earlier one did may still be there. */
    static double score(Readback.Reading of) {
        return of.get(SCORE);
    }

    /** Waits for the score.
     *
     *  @param vocabulary for the message
     *  @throws UnsupportedOperationException if somebody else must compute this batch
     *  @throws IllegalArgumentException if nobody can */
    static double score(Readback.Reading of, int vocabulary) {
        switch (Problem.values()[(int) of.get(PROBLEM)]) {
            case ZEROS_BEFORE_THE_END -> throw new UnsupportedOperationException("a step of zeros before the end of a sequence, under MaskZeroLayer");
            case TOKEN_OUTSIDE -> throw new IllegalArgumentException("token " + (float) of.get(DETAIL) + " is outside the vocabulary of 0 to " + (vocabulary - 1));
            case NONE -> { }
        }
        return of.get(SCORE);
    }

    @Override public void close() {
        back.close();
        device.free(there);
    }
}
