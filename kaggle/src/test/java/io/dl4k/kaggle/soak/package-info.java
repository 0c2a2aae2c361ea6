/** Training and predicting in one JVM for as long as one likes, and what must stay as it is meanwhile. */
package io.dl4k.kaggle.soak;
