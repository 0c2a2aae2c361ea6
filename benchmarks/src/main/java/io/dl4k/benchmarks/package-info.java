/** JMH benchmarks: one question per class, answered by the command in its Javadoc. Shared settings are in {@link io.dl4k.benchmarks.AbstractBenchmark}. */
package io.dl4k.benchmarks;
