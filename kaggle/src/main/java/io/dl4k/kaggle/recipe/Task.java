package io.dl4k.kaggle.recipe;

/** What kind of thing is predicted. */
public enum Task implements Word {
    /** One of two classes. */
    BINARY("binary"),
    /** One of several classes. */
    CLASSES("classes"),
    /** Numbers, one or several; networks learn them as they are, standardised. */
    REGRESSION("regression"),
    /** Numbers of at least 0 whose ratios matter, such as counts and prices; networks learn {@code ln(1 + y)}, or {@code y} where the metric asks for its mean. */
    COUNTS("counts"),
    /** Several such numbers whose sum is the submission's one. */
    TOTAL("total");

    private final String word;

    Task(String word) {
        this.word = word;
    }

    @Override
    public String word() {
        return word;
    }

    /** {@return whether rows have a class, not a number} */
    public boolean ofClasses() {
        return this == BINARY || this == CLASSES;
    }
}
