package io.dl4k.kaggle.recipe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * What is to be done for a competition, as a file says it. What it leaves open is found by looking at the data, or taken from the built-in competition below
 * it.
 *
 * @param competition slug of the built-in competition it changes; empty: one found from the data
 * @param title for people
 * @param id column of the submission
 * @param targets columns of the training table, in the submission's order; empty: open
 * @param task what is predicted
 * @param metric name of the metric
 * @param written what the submission holds
 * @param columns what the columns of the tables hold, by name, in the file's order; those it does not name are open
 * @param images the columns that are pixels
 * @param split of the cross-validation
 * @param folds of the cross-validation, at least 1; 1 holds out a tenth
 * @param ensemble networks a fold, at least 1
 * @param candidates what is tried; empty: open
 */
public record Recipe(Optional<String> competition, Optional<String> title, Optional<String> id, List<String> targets, Optional<Task> task, Optional<String> metric,
        Optional<Written> written, Map<String, ColumnKind> columns, Optional<ImageSpec> images, Optional<SplitSpec> split, OptionalInt folds, OptionalInt ensemble,
        List<CandidateSpec> candidates) {
    /** Says nothing. */
    public static final Recipe OPEN = new Recipe(Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of(),
            Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), List.of());

    /** @throws IllegalArgumentException if two candidates have one name, or a number is out of its range */
    public Recipe {
        targets = List.copyOf(targets);
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        candidates = List.copyOf(candidates);
        if (folds.orElse(1) < 1 || ensemble.orElse(1) < 1) {
            throw new IllegalArgumentException("folds and ensemble must be at least 1");
        }
        Set<String> names = new HashSet<>();
        for (CandidateSpec candidate : candidates) {
            if (!names.add(candidate.name())) {
                throw new IllegalArgumentException("there are two candidates '" + candidate.name() + "'");
            }
        }
    }

    /** This recipe where it says something, else the one below; columns one by one, candidates all or none. */
    public Recipe over(Recipe below) {
        Map<String, ColumnKind> kinds = new LinkedHashMap<>(below.columns);
        kinds.putAll(columns);
        return new Recipe(competition.or(below::competition), title.or(below::title), id.or(below::id), targets.isEmpty() ? below.targets : targets, task.or(below::task),
                metric.or(below::metric), written.or(below::written), kinds, images.or(below::images), split.or(below::split), folds.isPresent() ? folds : below.folds,
                ensemble.isPresent() ? ensemble : below.ensemble, candidates.isEmpty() ? below.candidates : candidates);
    }

    /** The same over a built-in competition. */
    public Recipe withCompetition(String slug) {
        return new Recipe(Optional.of(slug), title, id, targets, task, metric, written, columns, images, split, folds, ensemble, candidates);
    }

    /** The same with another metric. */
    public Recipe withMetric(String name) {
        return new Recipe(competition, title, id, targets, task, Optional.of(name), written, columns, images, split, folds, ensemble, candidates);
    }

    /** The same with other numbers of folds and networks; what is empty stays. */
    public Recipe withFolds(OptionalInt k, OptionalInt networks) {
        return new Recipe(competition, title, id, targets, task, metric, written, columns, images, split, k.isPresent() ? k : folds, networks.isPresent() ? networks : ensemble,
                candidates);
    }

    /** The same with other candidates. */
    public Recipe withCandidates(List<CandidateSpec> others) {
        return new Recipe(competition, title, id, targets, task, metric, written, columns, images, split, folds, ensemble, others);
    }

    /** {@return the columns of a kind, in the recipe's order} */
    public List<String> columns(ColumnKind kind) {
        return columns.entrySet().stream().filter(e -> e.getValue() == kind).map(Map.Entry::getKey).toList();
    }

    /** {@return what is still open, as the recipe's keys; empty if a competition can be made of it without looking at data} */
    public List<String> open() {
        List<String> open = new ArrayList<>();
        Map<String, Function<Recipe, Boolean>> keys = new LinkedHashMap<>();
        keys.put("id", r -> r.id.isEmpty());
        keys.put("target", r -> r.targets.isEmpty());
        keys.put("task", r -> r.task.isEmpty());
        keys.put("metric", r -> r.metric.isEmpty());
        keys.put("submission", r -> r.written.isEmpty());
        keys.put("columns", r -> r.columns.isEmpty() && r.images.isEmpty());
        keys.put("split", r -> r.split.isEmpty());
        keys.put("folds", r -> r.folds.isEmpty());
        keys.put("ensemble", r -> r.ensemble.isEmpty());
        keys.put("candidates", r -> r.candidates.isEmpty());
        keys.forEach((key, isOpen) -> {
            if (isOpen.apply(this)) {
                open.add(key);
            }
        });
        return open;
    }
}
