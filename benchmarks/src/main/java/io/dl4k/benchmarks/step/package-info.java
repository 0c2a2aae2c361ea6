/**
 * What one training step and one inference cost: stock DL4J, DL4K and DJL with PyTorch on the same networks, weights, batches and threads. Start at
 * {@link io.dl4k.benchmarks.step.StepBenchmark}; each network is a class of its own, and {@code SameLossTest} proves that nobody is timed on less work.
 */
package io.dl4k.benchmarks.step;
