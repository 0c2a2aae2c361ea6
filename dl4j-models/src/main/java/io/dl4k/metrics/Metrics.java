package io.dl4k.metrics;

import java.util.List;
import java.util.Optional;

/**
 * The metrics of Kaggle's getting-started and playground competitions.
 *
 * <p>In the formulas {@code n} is the number of rows, {@code y} a target, {@code p} a prediction. The predicted class of a row is
 * its first largest column; with one column (two classes, the probability of class 1) it is 1 if the value exceeds 0.5, else 0.
 */
public final class Metrics {

    /** Share of rows whose predicted class is the true one, in [0, 1]: {@code #(class(p) = class(y)) / n}. */
    public static final Metric ACCURACY = new Scored("accuracy", true, true, Accuracy::score);

    /**
     * Cross-entropy of predicted probabilities, in [0, 34.54]: {@code -1/n sum_i ln p_i}, where {@code p_i} is the probability given
     * to row i's true class. As Kaggle does it: the probabilities of a row with several columns are divided by their sum first, and
     * each is then clipped to [1e-15, 1 - 1e-15], so one wrong certainty costs 34.54 and not infinity.
     */
    public static final Metric LOG_LOSS = new Scored("log_loss", false, false, LogLoss::score);

    /**
     * Area under the ROC curve of two classes, in [0, 1], 0.5 for guessing: the probability that a row of class 1 gets a higher
     * prediction than one of class 0, ties counting half. By ranks: {@code (R1 - n1 (n1 + 1) / 2) / (n1 n0)} with {@code R1} the sum
     * of the ranks of class 1's rows, equal predictions sharing the mean of their ranks. Of two columns the second counts. Refuses
     * rows of only one class, for which it is not defined.
     */
    public static final Metric AUC = new Scored("auc", true, false, Auc::score);

    /**
     * Harmonic mean of precision and recall of class 1 of two, in [0, 1]: {@code 2 TP / (2 TP + FP + FN)}; 0 if there is neither a
     * row of class 1 nor a prediction of it. The threshold is 0.5.
     */
    public static final Metric F1 = new Scored("f1", true, true, F1Score::score);

    /**
     * Mean over classes of each class's F1, all classes counting the same, in [0, 1]: {@code 1/k sum_c 2 TP_c / (2 TP_c + FP_c +
     * FN_c)} over the {@code k} classes that occur in the targets or in the predictions.
     */
    public static final Metric MACRO_F1 = new Scored("macro_f1", true, true, MacroF1::score);

    /** Root of the mean squared error over all rows and columns, at least 0: {@code sqrt(1/n sum (p - y)^2)}. */
    public static final Metric RMSE = new Scored("rmse", false, false, Rmse::score);

    /**
     * Root of the mean squared logarithmic error over all rows and columns, at least 0: {@code sqrt(1/n sum (ln(1 + p) - ln(1 +
     * y))^2)}. Predictions below 0 count as 0, as they would be written; targets below 0 are refused.
     */
    public static final Metric RMSLE = new Scored("rmsle", false, false, Rmsle::score);

    /** Mean absolute error over all rows and columns, at least 0: {@code 1/n sum |p - y|}. */
    public static final Metric MAE = new Scored("mae", false, false, Mae::score);

    /**
     * Coefficient of determination, at most 1, 0 for predicting the mean: {@code 1 - sum (p - y)^2 / sum (y - mean(y))^2}, the mean
     * over the columns of each column's own. A column whose targets are all equal counts 1 if predicted exactly, else 0. Refuses a
     * single row, for which it is not defined.
     */
    public static final Metric R2 = new Scored("r2", true, false, Determination::score);

    /**
     * Agreement of ordered classes beyond chance, in [-1, 1]: {@code 1 - sum_ij w_ij O_ij / sum_ij w_ij E_ij} with weights {@code
     * w_ij = (i - j)^2}, {@code O} the counts of (true class i, predicted class j) and {@code E} the counts that the same marginals
     * would give by chance. Several columns are classes in their order. One column is the rating itself: targets are integers, and
     * predictions are rounded (halves up) into the range of the targets. 1 where everything is the same class.
     */
    public static final Metric QUADRATIC_KAPPA = new Scored("quadratic_kappa", true, true, QuadraticKappa::score);

    private static final List<Metric> ALL =
            List.of(ACCURACY, LOG_LOSS, AUC, F1, MACRO_F1, RMSE, RMSLE, MAE, R2, QUADRATIC_KAPPA);

    private Metrics() {}

    /** {@return all metrics of this class, unmodifiable} */
    public static List<Metric> all() {
        return ALL;
    }

    /** {@return the metric of this {@link Metric#name() name}, or nothing if there is none} */
    public static Optional<Metric> named(String name) {
        return ALL.stream().filter(metric -> metric.name().equals(name)).findFirst();
    }
}
