/**
 * Builders for the networks we train, as stock Deeplearning4j configurations. Start at {@link io.dl4k.models.Mlp},
 * {@link io.dl4k.models.Cnn}, {@link io.dl4k.models.ResidualCnn} or {@link io.dl4k.models.Rnn};
 * {@link io.dl4k.models.ModelFile} saves and loads what they build.
 *
 * <p>Arrays are float32 unless a builder's {@code precision} says otherwise: tables {@code [batch, features]}, images
 * {@code [batch, channels, height, width]} (NCHW, the default) or {@code [batch, height, width, channels]} (NHWC),
 * sequences {@code [batch, features, time]}, token sequences {@code [batch, time]}, masks {@code [batch, time]} with 1 for
 * a step that counts and 0 for padding, which lies at the end.
 *
 * <p>Every layer is stock. Three things that stock lacks are ours and work while training: {@link io.dl4k.models.HuberLoss},
 * the smoothed and weighted cross-entropies, and {@link io.dl4k.models.GlobalNormClipping}. A saved file still loads
 * without this library, see {@link io.dl4k.models.ModelFile}.
 *
 * <p>Knows nothing of files of data, competitions, devices or the command line.
 */
package io.dl4k.models;
