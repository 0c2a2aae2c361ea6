package io.dl4k.accel.check;

/** What a device made of a case.
 *
 *  @param output of the first batch, before training, in the caller's order
 *  @param score of the first batch, penalties included
 *  @param gradient of the first batch, divided by its size
 *  @param scores of each step of training
 *  @param params after the last step
 *  @param state of the updaters after the last step */
record Outcome(Cells output, double score, Cells gradient, double[] scores, Cells params, Cells state) {
    /** Every so many cells of an array, the first of them included.
     *
     *  @param length of the whole array
     *  @param stride 1 for all */
    record Cells(long length, int stride, float[] values) {
        /** More are too many to carry along. */
        private static final int MOST = 20_000;

        static Cells of(float[] all) {
            // Odd, so that it meets the cells of all columns.
            int stride = (all.length + MOST - 1) / MOST | 1;
            float[] values = new float[(all.length + stride - 1) / stride];
            for (int i = 0; i < values.length; i++) values[i] = all[i * stride];
            return new Cells(all.length, stride, values);
        }

        long at(int i) {
            return (long) i * stride;
        }
    }
}
