package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Targets;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.Task;
import io.dl4k.kaggle.recipe.Written;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is to be predicted, at a look.
 *
 * @param columns of the training table
 * @param task what they hold
 * @param written what the submission holds
 * @param metric name of the metric
 * @param classes number of classes; 0 for numbers
 */
record TargetLook(List<String> columns, Task task, Written written, String metric, int classes) {
    /** Whole numbers with no more values than this are classes. */
    private static final int MOST_CLASSES_OF_NUMBERS = 20;
    /** Columns that a target is the sum of. */
    private static final int MOST_PARTS = 8;
    /** More classes than this, and there is not enough of each. */
    private static final int MOST_CLASSES = 1000;

    /**
     * @param said what the user has decided
     * @param wordy whether a feature is free text
     * @throws DataException if there is no telling what is to be predicted
     */
    static TargetLook at(Table train, Table test, SampleSubmission sample, Recipe said, boolean wordy) {
        List<String> columns = columns(train, test, sample, said);
        Task task = said.task().orElseGet(() -> columns.size() > 1 && sample.targetColumns().size() == 1 ? Task.TOTAL : task(train, columns, sample, said));
        if (!task.ofClasses()) {
            return new TargetLook(columns, task, Written.NUMBERS, said.metric().orElseGet(() -> task == Task.REGRESSION || smallCounts(train, columns) ? "rmse" : "rmsle"), 0);
        }
        if (columns.size() > 1) {
            throw DataException.at(train.name(), 1, columns.get(1), "several targets of classes are not supported. Name one target in a recipe, or make them numbers.");
        }
        Set<String> labels = labels(train, columns.get(0));
        Written written = said.written().orElseGet(() -> written(sample, labels, said));
        String metric = said.metric().orElseGet(() -> {
            if (written == Written.PROBABILITIES) {
                return labels.size() == 2 ? "auc" : "log_loss";
            }
            if (train.column(columns.get(0)) instanceof NumberColumn numbers && Grades.look(columns.get(0), numbers)) {
                return "quadratic_kappa";
            }
            return labels.size() == 2 && wordy ? "f1" : "accuracy";
        });
        return new TargetLook(columns, labels.size() == 2 ? Task.BINARY : Task.CLASSES, written, metric, labels.size());
    }

    /** The columns of the training table that the sample submission asks for: by name, in any case, else the one column that the test table lacks. */
    static List<String> columns(Table train, Table test, SampleSubmission sample, Recipe said) {
        if (!said.targets().isEmpty()) {
            said.targets().forEach(train::column);
            return said.targets();
        }
        List<String> named = new ArrayList<>();
        for (String wanted : sample.targetColumns()) {
            train.columnNames().stream().filter(name -> name.equals(wanted)).findFirst()
                    .or(() -> train.columnNames().stream().filter(name -> name.equalsIgnoreCase(wanted)).findFirst()).ifPresent(named::add);
        }
        if (named.size() == sample.targetColumns().size()) {
            boolean open = said.task().map(task -> task == Task.TOTAL).orElse(true) && !said.metric().filter(Set.of("rmse", "mae", "r2")::contains).isPresent();
            return named.size() == 1 && open ? parts(train, test, named.get(0)).orElse(named) : named;
        }
        List<String> lacking = train.columnNames().stream().filter(name -> !test.has(name) && !name.equalsIgnoreCase(sample.idColumn())).toList();
        if (sample.targetColumns().size() > 1) {
            // A column for the probability of each class: Status_C, Status_CL, Status_D for the target Status.
            Optional<String> classes = lacking.stream().filter(name -> labels(train, name).stream().allMatch(label -> sample.targetColumns().stream()
                    .anyMatch(column -> column.toLowerCase(Locale.ROOT).endsWith(label.toLowerCase(Locale.ROOT))))).findFirst();
            if (classes.isPresent()) {
                return List.of(classes.get());
            }
        } else if (lacking.size() == 1) {
            return lacking;
        }
        String missing = sample.targetColumns().stream().filter(c -> train.columnNames().stream().noneMatch(c::equalsIgnoreCase)).findFirst().orElseThrow();
        throw DataException.at(sample.source(), 1, missing, "there is no such column in " + train.name() + ", and no telling which of its columns is meant: "
                + (lacking.isEmpty() ? "the test set has them all" : "the test set lacks " + String.join(", ", lacking)) + ". Say it in a recipe: 'target: COLUMN'.");
    }

    /** Columns of skewed numbers that only the training table has and that add up to the target: parts are more regular than what they make together. */
    private static Optional<List<String>> parts(Table train, Table test, String target) {
        if (!(train.column(target) instanceof NumberColumn whole) || !skewed(whole)) {
            return Optional.empty();
        }
        List<String> parts = train.columnNames().stream().filter(name -> !name.equals(target) && !test.has(name) && train.column(name) instanceof NumberColumn part
                && part.missing() == 0 && Arrays.stream(part.toArray()).allMatch(x -> x >= 0)).toList();
        if (parts.size() < 2 || parts.size() > MOST_PARTS) {
            return Optional.empty();
        }
        for (int row = 0; row < train.rows(); row++) {
            double sum = 0;
            for (String part : parts) {
                sum += train.numbers(part).value(row);
            }
            if (!(Math.abs(sum - whole.value(row)) <= 1e-6 * Math.max(1, Math.abs(sum)))) {
                return Optional.empty();
            }
        }
        return Optional.of(parts);
    }

    /** Distinct texts, or more than enough of them to know that they are no classes. */
    private static Set<String> labels(Table train, String name) {
        Column column = train.column(name);
        Set<String> labels = new TreeSet<>();
        for (int row = 0; row < column.size() && labels.size() <= MOST_CLASSES; row++) {
            if (!column.isMissing(row)) {
                labels.add(column.text(row));
            }
        }
        return labels;
    }

    private static Task task(Table train, List<String> columns, SampleSubmission sample, Recipe said) {
        for (String name : columns) {
            Column column = train.column(name);
            Set<String> labels = labels(train, name);
            if (labels.size() == 1 && column.missing() == 0) {
                throw Targets.nothingToLearn(train, name, column.text(0));
            }
            AlmostNumbers.requireNone(train, name);
            boolean text = !(column instanceof NumberColumn);
            if (text && labels.size() > Math.min(MOST_CLASSES, train.rows() / 2)) {
                throw DataException.at(train.name(), 0, name, "the target has " + (labels.size() > MOST_CLASSES ? "more than " + MOST_CLASSES : labels.size())
                        + " different texts in " + train.rows() + " rows. There are too few rows of each to learn from.");
            }
            if (columns.size() == 1 && !text && said.metric().isEmpty() && said.written().isEmpty() && sample.targetColumns().size() == 1 && smallCounts(train, columns)) {
                return Task.COUNTS;
            }
            if (columns.size() == 1 && (text || labels.size() == 2 && !numbersByMetric(said) || classesByLook((NumberColumn) column, labels, sample, said))) {
                return labels.size() == 2 ? Task.BINARY : Task.CLASSES;
            }
        }
        boolean logarithm = columns.stream().allMatch(name -> skewed(train.numbers(name)));
        // The median, which the mean absolute error asks for, is the same on any scale.
        boolean scored = said.metric().map(m -> m.equals("rmsle") || m.equals("mae") && logarithm).orElse(logarithm);
        return scored ? Task.COUNTS : Task.REGRESSION;
    }

    /** Their ratios say little, with 0 and 1 the commonest: it is how many to expect that is asked for. */
    private static boolean smallCounts(Table train, List<String> columns) {
        return columns.size() == 1 && train.column(columns.get(0)) instanceof NumberColumn column && CountLook.at(column);
    }

    private static boolean numbersByMetric(Recipe said) {
        return said.metric().filter(Set.of("rmse", "rmsle", "mae", "r2")::contains).isPresent();
    }

    /** Whole numbers, few, and the sample submission shows one of them, or a column for each. */
    private static boolean classesByLook(NumberColumn column, Set<String> labels, SampleSubmission sample, Recipe said) {
        if (!column.isWhole() || numbersByMetric(said) || labels.size() > MOST_CLASSES) {
            return false;
        }
        boolean byMetric = said.metric().isPresent();
        boolean few = labels.size() <= MOST_CLASSES_OF_NUMBERS && column.size() >= 2 * labels.size();
        boolean shown = sample.targetColumns().size() > 1 || labels.containsAll(new HashSet<>(sample.values().get(0)));
        return byMetric || few && shown;
    }

    private static boolean skewed(NumberColumn column) {
        return Skew.byLogarithm(Arrays.stream(column.toArray()).filter(x -> !Double.isNaN(x)).toArray());
    }

    /** Labels where the sample shows labels; of two classes, a metric of probabilities outweighs a sample of nothing but the same label. */
    private static Written written(SampleSubmission sample, Set<String> labels, Recipe said) {
        Set<String> shown = new HashSet<>(sample.values().get(0));
        boolean probabilities = said.metric().filter(Set.of("auc", "log_loss")::contains).isPresent() && labels.size() == 2 && shown.size() == 1;
        boolean text = shown.stream().anyMatch(v -> !v.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?"));
        return sample.targetColumns().size() == 1 && !probabilities && (labels.containsAll(shown) || text || labels.size() > 2) ? Written.LABELS : Written.PROBABILITIES;
    }
}
