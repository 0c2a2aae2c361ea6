package io.dl4k.kaggle.recipe;

/** What a column holds, and so what a network is given of it. */
public enum ColumnKind implements Word {
    /** Numbers that measure. */
    NUMBER("number"),
    /** Numbers written for people, with money signs, units, or words where there is none; otherwise as {@link #NUMBER}. */
    MEASURE("measure"),
    /** Whole numbers with few values, given both as a number and as categories: stars, classes, months. */
    LEVEL("level"),
    /** One of a set of texts. */
    CATEGORY("category"),
    /** Dates, with or without a time of day: given as parts (year, month, weekday, hour) and as time that passes. */
    DATE("date"),
    /** Words. */
    TEXT("text"),
    /** Texts with an inner structure such as {@code C123} or {@code B/0/P}: given as their parts. */
    CODE("code"),
    /** Not given to any network. */
    IGNORE("ignore");

    private final String word;

    ColumnKind(String word) {
        this.word = word;
    }

    @Override
    public String word() {
        return word;
    }

    /** {@return whether its values are measures and nothing else} */
    public boolean measured() {
        return this == NUMBER || this == MEASURE;
    }
}
