package io.dl4k.kaggle.auto;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Answer;
import io.dl4k.kaggle.competition.Candidate;
import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.competition.Family;
import io.dl4k.kaggle.competition.Targets;
import io.dl4k.kaggle.recipe.CandidateSpec;
import io.dl4k.kaggle.recipe.NetworkSpec;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.RecipeWriter;
import io.dl4k.kaggle.submission.SampleSubmission;
import io.dl4k.metrics.Metrics;
import io.dl4k.training.Fold;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A built-in competition of which a recipe changes metric, split, folds, or how its candidates are trained. */
final class ChangedCompetition implements Competition {
    private final Competition base;
    private final Recipe recipe;
    private final Info info;
    private final List<Candidate> candidates;

    /** @throws DataException if the recipe would change what a built-in competition does not let go of */
    ChangedCompetition(Competition base, Recipe recipe) {
        this.base = base;
        this.recipe = recipe;
        Map<String, Boolean> fixed = new LinkedHashMap<>();
        fixed.put("id", recipe.id().isPresent());
        fixed.put("target", !recipe.targets().isEmpty());
        fixed.put("task", recipe.task().isPresent());
        fixed.put("submission", recipe.written().isPresent());
        fixed.put("columns", !recipe.columns().isEmpty());
        fixed.put("images", recipe.images().isPresent());
        List<String> refused = fixed.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
        if (!refused.isEmpty()) {
            throw DataException.in("recipe", "it says " + String.join(", ", refused) + ", but '" + base.info().slug() + "' is built in, with columns of its own. Say 'competition: auto' to decide these.");
        }
        Info old = base.info();
        info = new Info(old.slug(), List.of(), recipe.title().orElse(old.title()), old.targetColumns(), recipe.metric().flatMap(Metrics::named).orElse(old.metric()),
                recipe.folds().orElse(old.defaultFolds()), recipe.ensemble().orElse(old.defaultEnsemble()));
        candidates = recipe.candidates().isEmpty() ? base.candidates() : recipe.candidates().stream().map(this::candidate).toList();
    }

    private Candidate candidate(CandidateSpec spec) {
        Candidate old = base.candidates().stream().filter(c -> c.name().equals(spec.name())).findFirst().orElseThrow(() -> DataException.in("recipe", "'" + base.info().slug()
                + "' has no candidate '" + spec.name() + "', only " + base.candidates().stream().map(Candidate::name).collect(Collectors.joining(", ")) + "."));
        if (spec.features().isPresent()) {
            throw DataException.in("recipe", "candidate '" + spec.name() + "' is built in, with features of its own. Leave out 'features'.");
        }
        Candidate.Recipe training = new Candidate.Recipe(spec.epochs().orElse(old.recipe().epochs()), spec.batch().orElse(old.recipe().batchSize()),
                spec.learningRate().orElse(old.recipe().learningRate()), old.recipe().averaging());
        if (spec.network().isEmpty()) {
            return new Candidate(old.name(), old.family(), old.preparation(), old.architecture(), training);
        }
        if (!(spec.network().get() instanceof NetworkSpec.Mlp mlp) || old.family() != Family.MLP) {
            throw DataException.in("recipe", "candidate '" + spec.name() + "' is a built-in " + old.family() + "; only the layers of an MLP can be changed. Leave out 'network' or say "
                    + "'competition: auto'.");
        }
        return new Candidate(old.name(), old.family(), old.preparation(), (encoder, outputs, seed) -> Networks.mlp(mlp, encoder, outputs, ofClasses(info), Networks.loss(info.metric().name(), ofClasses(info), mlp),
                seed), training);
    }

    private static boolean ofClasses(Info info) {
        return !java.util.Set.of("rmse", "rmsle", "mae", "r2").contains(info.metric().name());
    }

    /** What a built-in competition does, as far as a recipe can say it. */
    static Recipe describe(Competition base) {
        List<CandidateSpec> candidates = base.candidates().stream().map(c -> new CandidateSpec(c.name(), Optional.empty(), Optional.empty(), OptionalInt.of(c.recipe().epochs()),
                OptionalInt.of(c.recipe().batchSize()), OptionalDouble.of(c.recipe().learningRate()))).toList();
        Info info = base.info();
        return new Recipe(Optional.of(info.slug()), Optional.of(info.title()), Optional.empty(), List.of(), Optional.empty(), Optional.of(info.metric().name()), Optional.empty(), Map.of(),
                Optional.empty(), Optional.empty(), OptionalInt.of(info.defaultFolds()), OptionalInt.of(info.defaultEnsemble()), candidates);
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
        return base.read(csv);
    }

    @Override
    public Targets targets(Table train) {
        return base.targets(train);
    }

    @Override
    public Answer answer(Targets targets, SampleSubmission sample) {
        return base.answer(targets, sample);
    }

    @Override
    public List<Fold> split(Table train, Targets targets, int folds, long seed) {
        return recipe.split().isPresent() ? Folds.of(recipe.split().get(), train, targets, folds, seed) : base.split(train, targets, folds, seed);
    }
}
