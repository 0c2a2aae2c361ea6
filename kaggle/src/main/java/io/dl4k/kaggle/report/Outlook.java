package io.dl4k.kaggle.report;

/**
 * Why the score on Kaggle's test rows may be worse than the cross-validated one, where a competition is known for it.
 *
 * @param why whole sentences for people
 * @param worse how many times as large the error may be there, at least 1; of a metric that is better when higher the error is what it lacks of 1
 */
public record Outlook(String why, double worse) {
    public Outlook {
        if (!(worse >= 1 && worse < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("worse must be at least 1 and finite, got " + worse);
        }
    }
}
