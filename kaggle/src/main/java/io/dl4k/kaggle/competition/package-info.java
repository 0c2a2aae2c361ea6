/**
 * Competitions, and the run that takes one from its files to predictions. A {@link io.dl4k.kaggle.competition.Competition} says how its tables are read,
 * which candidates (features + network + recipe) are tried and what a prediction looks like; {@link io.dl4k.kaggle.competition.CompetitionRun}
 * cross-validates the candidates, keeps the best and predicts the test rows; {@link io.dl4k.kaggle.competition.EnsembleFile} saves what was trained.
 *
 * <p>Knows nothing of the command line.
 */
package io.dl4k.kaggle.competition;
