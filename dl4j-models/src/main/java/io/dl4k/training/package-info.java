/**
 * Training of stock Deeplearning4j networks, and predictions from them. Start at {@link io.dl4k.training.Trainer} with a {@link
 * io.dl4k.training.TrainingPlan}; {@link io.dl4k.training.Predictor} gives a network's outputs, {@link io.dl4k.training.Splits} the
 * rows of each fold.
 *
 * <p>Rows come from a {@link io.dl4k.data.BatchSource} in batches: features {@code [batch, …]} and labels {@code [batch, …]} with
 * their masks, as the network wants them. Losses are DL4J's: the mean over a batch's rows plus the L1 and L2 penalties. Epochs and
 * batches are counted from 1 in everything that is shown, steps (one a batch) from 0 as schedules do.
 *
 * <p>The same plan, rows, network, machine and number of threads give the same weights byte for byte. To that end a training seeds
 * ND4J's random numbers of its thread at the start of each epoch.
 *
 * <p>Networks have one input and one output. Knows nothing of files, competitions or the command line, and prints nothing: progress
 * is a {@link io.dl4k.training.TrainingEvent}.
 */
package io.dl4k.training;
