package io.dl4k.kaggle.competition;

/** Predictions of training rows by the networks that were not trained on them, fold after fold. Arrays are not copied: leave them alone. */
public final class OutOfFold {
    private final int[] rows;
    private final float[][] predictions;

    OutOfFold(int[] rows, float[][] predictions) {
        this.rows = rows;
        this.predictions = predictions;
    }

    /** Number of rows. */
    public int size() {
        return rows.length;
    }

    /** Row numbers in the training table. */
    public int[] rows() {
        return rows;
    }

    /** Probabilities {@code [size][classes]} in the order of {@link #rows()}, the mean over a fold's networks. */
    public float[][] predictions() {
        return predictions;
    }
}
