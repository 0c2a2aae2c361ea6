/** Stock DL4J networks, run fast. Start at {@link io.dl4k.accel.Accelerated}.
 *  <p>The network stays what it is: parameters and updater state are its own arrays, changed in place, so saving, evaluating, listening
 *  and even stock training can be mixed with this at any time. What is covered, what is not and what it gains: {@code docs/acceleration.md}. */
package io.dl4k.accel;
