/**
 * What is to be done for a competition, as a YAML file says it: read with line and column in every message, written so that it reads back the same. Start at
 * {@link io.dl4k.kaggle.recipe.Recipe}; docs/recipes.md is the format for people.
 *
 * <p>Records only: knows nothing of tables, networks or the command line.
 */
package io.dl4k.kaggle.recipe;
