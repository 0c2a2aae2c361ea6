package io.dl4k.kaggle.cli;

import io.dl4k.data.Names;
import io.dl4k.kaggle.auto.Recipes;
import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.competition.Competitions;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.RecipeReader;
import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * What the user wants to be solved.
 *
 * @param said about it, in a recipe or by options
 * @param known the competition, where it needs no look at the data
 */
record Subject(Recipe said, Optional<Competition> known) {
    /** The word for a competition that is found from its data. */
    static final String AUTO = "auto";

    /**
     * Reads a competition's name.
     *
     * @param name slug, auto, or a recipe's file; null: the embedded sample
     * @param metric that replaces the competition's; null: none does
     * @throws ParameterException if there is no such competition or metric
     * @throws IOException if a recipe's file cannot be read
     */
    static Subject of(CommandLine command, String name, String metric) throws IOException {
        if (metric != null && Metrics.named(metric).isEmpty()) {
            throw new ParameterException(command, "there is no metric '" + metric + "', only " + Metrics.all().stream().map(Metric::name).collect(Collectors.joining(", ")));
        }
        Recipe said = said(command, name);
        Recipe all = metric == null ? said : said.withMetric(metric);
        if (all.competition().isEmpty()) {
            return new Subject(all, Optional.empty());
        }
        Recipe untouched = Recipe.OPEN.withCompetition(all.competition().get());
        return new Subject(all, Optional.of(all.equals(untouched) ? Competitions.find(all.competition().get()).orElseThrow() : Recipes.competition(all)));
    }

    private static Recipe said(CommandLine command, String name) throws IOException {
        if (name == null) {
            return Recipe.OPEN.withCompetition(Competitions.sample().info().slug());
        }
        String small = name.toLowerCase(Locale.ROOT);
        if (small.equals(AUTO)) {
            return Recipe.OPEN;
        }
        if (small.endsWith(".yaml") || small.endsWith(".yml")) {
            return RecipeReader.read(Path.of(name));
        }
        Competition known = Competitions.find(name).orElseThrow(() -> new ParameterException(command, unknown(name)));
        return Recipe.OPEN.withCompetition(known.info().slug());
    }

    private static String unknown(String name) {
        List<String> names = Competitions.all().stream().map(Competition::info).flatMap(info -> Stream.concat(Stream.of(info.slug()), info.aliases().stream())).toList();
        String nearest = Names.nearest(name, names);
        return "there is no competition '" + name + "' here." + (nearest == null ? "" : " Did you mean '" + nearest + "'?")
                + " './dl4k competitions' lists those that are; 'auto' takes any other.";
    }
}
