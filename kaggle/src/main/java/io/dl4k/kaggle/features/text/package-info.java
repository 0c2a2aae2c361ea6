/**
 * From free text to what a network reads. Start at {@link io.dl4k.kaggle.features.text.TweetTokenizer}, which cleans a text and parts it into tokens. Then
 * {@link io.dl4k.kaggle.features.text.Vocabulary} numbers them for a recurrent network, or {@link io.dl4k.kaggle.features.text.Terms} and
 * {@link io.dl4k.kaggle.features.text.TermWeights} make rows of weighted words, pairs and parts of words for a dense one.
 * {@link io.dl4k.kaggle.features.text.TextGroups} finds copies, which must not lie on both sides of a split, and settles their contradicting labels.
 *
 * <p>Vocabularies and weights are learned from the training rows of a fold alone and kept in records that are saved beside the network. Knows nothing of
 * networks, competitions or files. Made for short texts in languages that put spaces between words.
 */
package io.dl4k.kaggle.features.text;
