package io.dl4k.kaggle.competition;

import io.dl4k.training.TrainingResult;
import java.util.Optional;

/**
 * How one network did.
 *
 * @param fold it was validated on, from 0
 * @param member number within the fold's ensemble, from 0
 * @param parameters of the network
 * @param score on its validation rows
 * @param training how its training went; empty where it was read from a checkpoint
 */
public record NetworkScore(int fold, int member, long parameters, double score, Optional<TrainingResult> training) {
}
