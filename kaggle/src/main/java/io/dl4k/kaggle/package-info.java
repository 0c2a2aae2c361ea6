/** Kaggle competitions end to end. */
package io.dl4k.kaggle;
