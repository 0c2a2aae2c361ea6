/**
 * From a table's columns to the numbers a network reads. Start at {@link io.dl4k.kaggle.features.Frame}, which holds columns computed row by row, and
 * {@link io.dl4k.kaggle.features.FrameEncoder}, which is fitted on the training rows of a fold and turns any rows into a
 * {@link io.dl4k.kaggle.features.FeatureMatrix}.
 *
 * <p>Columns are made better by small records, each fitted by itself: {@link io.dl4k.kaggle.features.GroupMedian} for what is missing,
 * {@link io.dl4k.kaggle.features.QuantileScale} and {@link io.dl4k.kaggle.features.PiecewiseScale} for numbers that are skewed or bend,
 * {@link io.dl4k.kaggle.features.Grades}, {@link io.dl4k.kaggle.features.TargetEncoding} and {@link io.dl4k.kaggle.features.GroupRate} for categories.
 *
 * <p>Whatever is learned from data (medians, scales, category levels, group rates) is learned from the fitted rows alone and kept in a small record that is
 * saved beside the network. Knows nothing of networks, competitions or files.
 */
package io.dl4k.kaggle.features;
