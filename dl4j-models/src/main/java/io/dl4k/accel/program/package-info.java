/** What a network computes, without a word on how: the network as records ({@link io.dl4k.accel.program.NetSpec}), and the flat list
 *  of operations over planned buffers that one batch shape compiles to ({@link io.dl4k.accel.program.Program}).
 *  <p>Start at {@link io.dl4k.accel.program.Compiler}. Arrays are float32. Tables are {@code [rows, features]}, images
 *  {@code [batch, channels, height, width]} whatever their order in memory, sequences {@code [time, batch, features]}.
 *  <p>Knows neither ND4J nor any device, so that every device runs the same program. */
package io.dl4k.accel.program;
