package io.dl4k.kaggle.competition;

/** What is to be predicted, for every training row. */
public sealed interface Targets permits ClassTargets, NumberTargets {
    /** {@return number of training rows} */
    int rows();

    /** {@return outputs of a network: classes, or numbers} */
    int outputs();

    /** {@return what a metric compares with: one-hot {@code [rows.length][classes]}, or numbers in the file's units} */
    float[][] actual(int[] rows);

    /** {@return what networks are trained on that may see the given rows} */
    FoldTargets fit(int[] rows);
}
