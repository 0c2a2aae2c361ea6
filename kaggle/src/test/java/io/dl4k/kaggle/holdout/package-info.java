/** Made-up second rounds of Kaggle's competitions: test rows whose answers are known, so that a submission is scored as Kaggle would. */
package io.dl4k.kaggle.holdout;
