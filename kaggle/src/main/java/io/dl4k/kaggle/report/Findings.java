package io.dl4k.kaggle.report;

import java.util.List;
import java.util.Optional;

/**
 * What the predictions of held-out rows show beyond their score. What makes no sense for a competition is empty.
 *
 * @param confusion of the classes
 * @param roc of the second of two classes
 * @param calibration of the probabilities
 * @param residuals one a predicted number
 * @param importance of the inputs
 * @param worst errors
 */
public record Findings(Optional<Confusion> confusion, Optional<Roc> roc, Optional<Calibration> calibration, List<Residuals> residuals, Optional<Importance> importance,
        Optional<WorstErrors> worst) {
    public Findings {
        residuals = List.copyOf(residuals);
    }

    /** Nothing but a confusion matrix. */
    static Findings of(Optional<Confusion> confusion) {
        return new Findings(confusion, Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty());
    }
}
