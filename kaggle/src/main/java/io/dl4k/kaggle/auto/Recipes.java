package io.dl4k.kaggle.auto;

import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.competition.CompetitionFiles;
import io.dl4k.kaggle.competition.Competitions;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.RecipeReader;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.util.stream.Collectors;

/** Competitions made from recipes, and recipes made from competitions. */
public final class Recipes {
    private Recipes() {
    }

    /**
     * The competition that a recipe describes: a built-in one with changes, or one of its own, which must leave nothing open.
     *
     * @throws DataException if the recipe leaves something open, or says what does not go together
     */
    public static Competition competition(Recipe recipe) {
        if (recipe.competition().isEmpty()) {
            return new AutoCompetition(recipe);
        }
        String slug = recipe.competition().get();
        Competition base = Competitions.find(slug).orElseThrow(() -> DataException.in("recipe", "there is no competition '" + slug + "', only auto, "
                + Competitions.all().stream().map(c -> c.info().slug()).collect(Collectors.joining(", ")) + "."));
        return new ChangedCompetition(base, recipe);
    }

    /** The competition of a saved model that holds its recipe. @throws DataException if it is none */
    public static Competition competition(String definition) {
        return competition(RecipeReader.parse("the model's recipe", definition));
    }

    /** What a built-in competition does, as far as a recipe can say it. */
    public static Recipe of(Competition builtIn) {
        return ChangedCompetition.describe(builtIn);
    }

    /**
     * Looks at a competition's files and finds what a recipe leaves open, candidates included.
     *
     * @throws DataException if the files are no three CSVs of one competition
     */
    public static Findings find(CompetitionFiles files, Recipe said) {
        Table all = Table.read(files.train());
        Table test = Table.read(files.test());
        SampleSubmission sample = SampleSubmission.read(files.sample());
        Table train = Answered.of(all, TargetLook.columns(all, test, sample, said));
        Findings findings = Inspector.inspect(train, test, sample, said).over(all.rows() - train.rows());
        Recipe recipe = findings.recipe();
        return recipe.candidates().isEmpty() ? new Findings(recipe.withCandidates(Candidates.of(recipe, train)), findings.lines()) : findings;
    }
}
