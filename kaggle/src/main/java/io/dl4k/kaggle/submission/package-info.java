/**
 * What Kaggle wants back: the sample submission read as a specification, the writer that follows it, and the check that says whether
 * Kaggle would accept a file. Start at {@link io.dl4k.kaggle.submission.SampleSubmission}.
 *
 * <p>Knows nothing of networks, features or particular competitions.
 */
package io.dl4k.kaggle.submission;
