/** Tests of the competitions on rows made up here, and on Kaggle's own where the folder {@code shared/data} is there. Start at {@link Rows}. */
package io.dl4k.kaggle.competition;
