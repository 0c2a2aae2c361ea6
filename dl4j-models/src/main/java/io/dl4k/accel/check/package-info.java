/** Whether a device computes what the processor does, and how fast: networks of every kind of layer, loss, updater and mask, each run on both and compared.
 *  <p>Start at {@link io.dl4k.accel.check.Trials} (which networks), {@link io.dl4k.accel.check.Comparison} (what is wrong) and {@link io.dl4k.accel.check.Timing}.
 *  What the processor computes may be kept in a file ({@link io.dl4k.accel.check.FixtureFile}) and compared with elsewhere: only {@link io.dl4k.accel.check.Trials},
 *  {@link io.dl4k.accel.check.Network} and {@link io.dl4k.accel.check.Reference} know ND4J, so that a machine with a GPU needs neither it nor Deeplearning4j.
 *  <p>Weights and batches are drawn by {@code java.util.Random} from a seed: the same numbers on every machine. */
package io.dl4k.accel.check;
