package io.dl4k.kaggle.competition;

/** The kind of network a candidate is. */
public enum Family {
    /** Multilayer perceptron. */
    MLP,
    /** Convolutional network. */
    CNN,
    /** Long short-term memory, a recurrent network. */
    LSTM
}
