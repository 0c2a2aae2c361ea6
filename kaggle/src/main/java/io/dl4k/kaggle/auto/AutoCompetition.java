package io.dl4k.kaggle.auto;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import io.dl4k.kaggle.competition.Answer;
import io.dl4k.kaggle.competition.Candidate;
import io.dl4k.kaggle.competition.ClassTargets;
import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.competition.Link;
import io.dl4k.kaggle.competition.NumberTargets;
import io.dl4k.kaggle.competition.Targets;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.RecipeWriter;
import io.dl4k.kaggle.recipe.SplitSpec;
import io.dl4k.kaggle.recipe.Task;
import io.dl4k.kaggle.recipe.Written;
import io.dl4k.kaggle.submission.SampleSubmission;
import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import io.dl4k.training.Fold;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A competition made from a recipe alone. */
final class AutoCompetition implements Competition {
    /** What it is called where a slug is wanted. */
    static final String SLUG = "auto";

    private final Recipe recipe;
    private final Info info;
    private final List<Candidate> candidates;

    /** @throws DataException if the recipe leaves something open, or says what does not go together */
    AutoCompetition(Recipe recipe) {
        if (!recipe.open().isEmpty()) {
            throw DataException.in("recipe", "it leaves open: " + String.join(", ", recipe.open()) + ". Without data nothing can be found.");
        }
        this.recipe = recipe;
        Metric metric = Metrics.named(recipe.metric().orElseThrow()).orElseThrow();
        requireFit(recipe, metric);
        info = new Info(SLUG, List.of(), recipe.title().orElse("Found from the data"),
                recipe.task().orElseThrow() == Task.TOTAL ? List.of(String.join(" + ", recipe.targets())) : recipe.targets(), metric, recipe.folds().orElseThrow(), recipe.ensemble().orElseThrow());
        FoundCrosses found = new FoundCrosses();
        candidates = recipe.candidates().stream().map(spec -> Networks.candidate(spec, recipe, found)).toList();
    }

    /** A metric of probabilities cannot score prices. */
    private static void requireFit(Recipe recipe, Metric metric) {
        Task task = recipe.task().orElseThrow();
        boolean fits = switch (metric.name()) {
            case "accuracy", "log_loss", "macro_f1", "quadratic_kappa" -> task.ofClasses();
            case "auc", "f1" -> task == Task.BINARY;
            default -> !task.ofClasses();
        };
        if (!fits) {
            throw DataException.in("recipe", "the metric " + metric.name() + " cannot score the task " + task.word() + ". Choose another with --metric or in the recipe: "
                    + (task.ofClasses() ? "accuracy, log_loss, macro_f1, quadratic_kappa" + (task == Task.BINARY ? ", auc, f1" : "") : "rmse, rmsle, mae, r2") + ".");
        }
    }

    /** Whether a metric is best served by the mean, which the mean of logarithms falls short of. */
    static boolean ofMeans(String metric) {
        return metric.equals("rmse") || metric.equals("r2");
    }

    @Override
    public Info info() {
        return info;
    }

    @Override
    public Optional<String> definition() {
        return Optional.of(RecipeWriter.write(recipe, List.of()));
    }

    @Override
    public List<Candidate> candidates() {
        return candidates;
    }

    @Override
    public Table read(CsvSource csv) {
        List<String> texts = new ArrayList<>();
        texts.add(recipe.id().orElseThrow());
        for (Map.Entry<String, ColumnKind> column : recipe.columns().entrySet()) {
            if (column.getValue() != ColumnKind.NUMBER && column.getValue() != ColumnKind.LEVEL) {
                texts.add(column.getKey());
            }
        }
        Table table = Table.read(csv, TableOptions.DEFAULT.withAsText(texts.stream().distinct().toArray(String[]::new)));
        recipe.columns().forEach((name, kind) -> {
            if (kind == ColumnKind.NUMBER || kind == ColumnKind.LEVEL) {
                table.numbers(name);
            } else if (kind == ColumnKind.MEASURE) {
                Measures.require(table, name);
            } else if (kind != ColumnKind.IGNORE) {
                table.column(name);
            }
        });
        recipe.images().ifPresent(images -> Images.columns(images, table.columnNames(), table.name()));
        return table;
    }

    @Override
    public Table learned(Table train) {
        return Answered.of(train, recipe.targets());
    }

    @Override
    public Targets targets(Table train) {
        if (recipe.task().orElseThrow().ofClasses()) {
            return ClassTargets.of(train, recipe.targets().get(0));
        }
        Task task = recipe.task().orElseThrow();
        return NumberTargets.of(train, recipe.targets(), task == Task.REGRESSION || ofMeans(info.metric().name()) ? Link.IDENTITY : Link.LOG1P,
                task == Task.TOTAL ? NumberTargets.Joined.SUM : NumberTargets.Joined.EACH);
    }

    @Override
    public Answer answer(Targets targets, SampleSubmission sample) {
        if (targets instanceof NumberTargets numbers) {
            int expected = recipe.task().orElseThrow() == Task.TOTAL ? 1 : numbers.outputs();
            if (sample.targetColumns().size() != expected) {
                throw DataException.at(sample.source(), 1, null, "it has " + sample.targetColumns().size() + " target columns, expected " + expected + ".");
            }
            return numbers.answer();
        }
        ClassTargets classes = (ClassTargets) targets;
        boolean labels = recipe.written().orElseThrow() == Written.LABELS;
        if (labels && sample.targetColumns().size() != 1) {
            throw DataException.at(sample.source(), 1, null, "it has " + sample.targetColumns().size() + " target columns, expected one for labels. Say 'submission: probabilities'.");
        }
        return Answer.ofClasses(classes.labels(), labels, sample);
    }

    @Override
    public boolean trainedAnew() {
        return recipe.split().orElseThrow().kind() == SplitSpec.Kind.LATER;
    }

    @Override
    public List<Fold> split(Table train, Targets targets, int folds, long seed) {
        SplitSpec split = recipe.split().orElseThrow();
        return Folds.of(split, train, targets, folds, seed);
    }
}
