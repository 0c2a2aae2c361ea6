/**
 * A competition that nobody prepared: {@link io.dl4k.kaggle.auto.Inspector} looks at its three tables and finds what a recipe would say, and a recipe becomes a
 * {@link io.dl4k.kaggle.competition.Competition}.
 *
 * <p>What is found is a matter of judgement; each rule says its threshold, and a recipe overrules any of it.
 */
package io.dl4k.kaggle.auto;
