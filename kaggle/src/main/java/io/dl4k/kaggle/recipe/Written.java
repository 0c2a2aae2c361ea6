package io.dl4k.kaggle.recipe;

/** What a submission holds for classes. */
public enum Written implements Word {
    /** The label of the most probable class. */
    LABELS("labels"),
    /** The probability of the second of two classes, or of every class whose column the sample submission has. */
    PROBABILITIES("probabilities"),
    /** Numbers, where the task is none of classes. */
    NUMBERS("numbers");

    private final String word;

    Written(String word) {
        this.word = word;
    }

    @Override
    public String word() {
        return word;
    }
}
