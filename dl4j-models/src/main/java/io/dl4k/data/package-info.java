/**
 * From files to batches. Start at {@link io.dl4k.data.DataFiles} (a zip as Kaggle hands it out, a folder or one file), read a {@link io.dl4k.data.CsvSource}
 * into a {@link io.dl4k.data.Table}, and walk its rows with a {@link io.dl4k.data.BatchSource} made by {@link io.dl4k.data.Batches}.
 *
 * <p>Tables are columns of primitive values; pixels stay bytes until a batch is made. Batches are float32: rows {@code [batch, features]},
 * images {@code [batch, channels, height, width]} or {@code [batch, height, width, channels]}, sequences {@code [batch, features, time]} with masks
 * {@code [batch, time]} (1 valid, 0 padding, padding at the end).
 *
 * <p>Whatever is wrong with a file is a {@link io.dl4k.data.DataException} of one line: file, line, column, what was found and what to do.
 * Knows nothing of networks, training, competitions or the command line.
 */
package io.dl4k.data;
