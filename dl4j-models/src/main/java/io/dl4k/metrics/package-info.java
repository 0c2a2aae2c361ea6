/**
 * Scores of predictions as Kaggle's getting-started and playground competitions count them. Start at
 * {@link io.dl4k.metrics.Metrics}.
 *
 * <p>Predictions are {@code [rows][columns]} as a network gives them, targets {@code [rows][columns]} as it is trained on:
 * one-hot rows or values. Two classes come either as one column (the probability of class 1, target 0 or 1) or as two (softmax,
 * one-hot target), in any combination. All sums are taken in double precision.
 *
 * <p>Scores whole sets of rows: none of these is a mean over batches, and AUC, F1, R2 and kappa could not be. Knows nothing of
 * networks, and gives no gradients.
 */
package io.dl4k.metrics;
