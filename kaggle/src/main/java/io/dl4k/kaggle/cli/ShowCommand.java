package io.dl4k.kaggle.cli;

import io.dl4k.data.DataFiles;
import io.dl4k.kaggle.auto.Findings;
import io.dl4k.kaggle.auto.Recipes;
import io.dl4k.kaggle.competition.CompetitionFiles;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.RecipeWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "show", description = "Prints a competition's recipe, to be changed and trained.")
final class ShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Kaggle slug, auto, or a recipe's file.")
    private String name;

    @Option(names = "--data", paramLabel = "DIR|ZIP", description = "With auto or a recipe: the files to look at.")
    private Path data;

    @Option(names = "--metric", paramLabel = "NAME", description = "Score by this.")
    private String metric;

    @Override
    public Integer call() throws IOException {
        Subject subject = Subject.of(spec.commandLine(), name, metric);
        List<String> comments = new ArrayList<>();
        Recipe recipe;
        if (subject.known().isPresent()) {
            recipe = subject.said().over(Recipes.of(subject.known().get()));
            comments.add("A recipe: ./dl4k train THIS.yaml --data ZIP");
            comments.add("What every key may say: docs/recipes.md");
        } else if (data == null) {
            throw new ParameterException(spec.commandLine(), "'" + name + "' is found from its files: --data ZIP");
        } else {
            try (DataFiles files = DataFiles.open(data)) {
                Findings findings = Recipes.find(CompetitionFiles.of(files), subject.said());
                recipe = findings.recipe();
                comments.add("Found in " + data.getFileName() + ". ./dl4k train THIS.yaml --data ZIP");
                comments.add("trains every candidate below; without candidates the best are searched for.");
                comments.add("What every key may say: docs/recipes.md");
                comments.addAll(findings.lines());
            }
        }
        spec.commandLine().getOut().print(RecipeWriter.write(recipe, comments));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
