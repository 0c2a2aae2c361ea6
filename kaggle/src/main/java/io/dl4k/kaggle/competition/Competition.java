package io.dl4k.kaggle.competition;

import io.dl4k.data.CsvSource;
import io.dl4k.data.Table;
import io.dl4k.kaggle.report.Outlook;
import io.dl4k.kaggle.submission.SampleSubmission;
import io.dl4k.kaggle.submission.ValueKind;
import io.dl4k.metrics.Metric;
import io.dl4k.training.Fold;
import io.dl4k.training.Splits;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A competition that DL4K knows: how to read it, what to try, how to score it. */
public interface Competition {
    /**
     * What a competition is, for people.
     *
     * @param slug its name in Kaggle's addresses
     * @param aliases shorter names
     * @param title its name
     * @param targetColumns that a submission holds, as the training table names them
     * @param metric Kaggle scores it by
     * @param defaultFolds folds of the cross-validation; 1 holds out a tenth of the rows instead
     * @param defaultEnsemble networks trained a fold
     */
    record Info(String slug, List<String> aliases, String title, List<String> targetColumns, Metric metric, int defaultFolds, int defaultEnsemble) {
        public Info {
            aliases = List.copyOf(aliases);
            targetColumns = List.copyOf(targetColumns);
        }
    }

    /** What it is. */
    Info info();

    /**
     * What a model file must hold to make this competition again, where its slug does not say it all.
     *
     * @return empty for the competitions that {@link Competitions} knows
     */
    default Optional<String> definition() {
        return Optional.empty();
    }

    /** Why the score on Kaggle's test rows may be worse than the cross-validated one; empty: no reason is known. */
    default Optional<Outlook> outlook() {
        return Optional.empty();
    }

    /** What is tried, the same objects at every call; the first wins where scores tie. */
    List<Candidate> candidates();

    /**
     * Reads training or test rows and checks that every column the candidates need is there and of its kind.
     *
     * @throws io.dl4k.data.DataException naming file, line and column
     */
    Table read(CsvSource csv);

    /**
     * The training rows that can be learned from, asked once before the targets are read: all of them unless a competition says otherwise.
     *
     * @param train as {@link #read} gave it
     */
    default Table learned(Table train) {
        return train;
    }

    /**
     * Reads what is to be predicted off the training rows.
     *
     * @throws io.dl4k.data.DataException if a row's target is missing or wrong
     */
    default Targets targets(Table train) {
        return ClassTargets.of(train, info().targetColumns().get(0));
    }

    /**
     * How predictions are written: class labels where the sample submission shows them or the metric counts them, else probabilities; numbers as they are.
     *
     * @throws io.dl4k.data.DataException if the sample asks for something else
     */
    default Answer answer(Targets targets, SampleSubmission sample) {
        if (targets instanceof NumberTargets numbers) {
            sample.requireTargets(info().targetColumns());
            return numbers.answer();
        }
        ClassTargets classes = (ClassTargets) targets;
        boolean asLabels = sample.targetColumns().size() == 1
                && (info().metric().ofLabels() || ValueKind.of(sample.values().get(0), Set.copyOf(classes.labels())) instanceof ValueKind.Label);
        if (asLabels) {
            sample.requireTargets(info().targetColumns());
        }
        return Answer.ofClasses(classes.labels(), asLabels, sample);
    }

    /**
     * The folds of the cross-validation, parted as Kaggle parted its training rows from its test rows, so that the score foretells Kaggle's.
     *
     * @param folds at least 2, or 1 to hold out a tenth of the rows
     */
    default List<Fold> split(Table train, Targets targets, int folds, long seed) {
        // One fold of a ten-fold split is a hold-out.
        int k = folds == 1 ? Math.min(HOLD_OUT_PART, targets.rows()) : folds;
        List<Fold> all = targets instanceof ClassTargets classes ? Splits.stratified(classes.classes(), k, seed) : Splits.kFold(targets.rows(), k, seed);
        return folds == 1 ? all.subList(0, 1) : all;
    }

    /**
     * Whether networks are trained anew on all rows once the folds have told which are good, and those predict: where all folds lack the latest rows, their networks know less than
     * can be known, and some far less.
     */
    default boolean trainedAnew() {
        return false;
    }

    /** Share of the rows held out where there is one fold: one in so many. */
    int HOLD_OUT_PART = 10;

    /** The families tried, in order, each once. */
    default List<Family> families() {
        return candidates().stream().map(Candidate::family).distinct().toList();
    }
}
