/**
 * Looks into a network: is its gradient right, where does it vanish or explode, which units have stopped to learn. Start at
 * {@link io.dl4k.diagnose.GradientCheck}, {@link io.dl4k.diagnose.LayerStatistics}, {@link io.dl4k.diagnose.TimeGradients} or
 * {@link io.dl4k.diagnose.LstmTrace}.
 *
 * <p>Takes any initialised {@code MultiLayerNetwork} of stock layers, built here or elsewhere, and a batch as {@code fit} takes it. All is
 * measured on a copy in double precision, in training mode (batch norm uses the batch), without dropout and weight noise, which would be
 * other numbers at each look: the network itself is not changed. Gradients are those of the score, the batch's mean loss, so they do not grow with
 * the batch.
 *
 * <p>Knows nothing of data files, competitions or charts.
 */
package io.dl4k.diagnose;
