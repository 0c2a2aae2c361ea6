package io.dl4k.training;

/** One way to part rows into those trained on and those held out. Both are in ascending order; no row is in both. */
public final class Fold {

    private final int[] training;
    private final int[] validation;

    Fold(int[] training, int[] validation) {
        this.training = training;
        this.validation = validation;
    }

    /** {@return the rows to train on, from 0, ascending; a copy} */
    public int[] training() {
        return training.clone();
    }

    /** {@return the rows held out, from 0, ascending; a copy} */
    public int[] validation() {
        return validation.clone();
    }

    @Override
    public String toString() {
        return "Fold[" + training.length + " training, " + validation.length + " validation]";
    }
}
