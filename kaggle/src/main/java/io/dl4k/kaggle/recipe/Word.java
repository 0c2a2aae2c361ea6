package io.dl4k.kaggle.recipe;

/** A choice that a recipe spells as one word. */
interface Word {
    /** {@return how it is written} */
    String word();
}
