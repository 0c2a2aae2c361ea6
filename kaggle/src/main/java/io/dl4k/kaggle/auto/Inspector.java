package io.dl4k.kaggle.auto;

import io.dl4k.data.Column;
import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.ImageSpec;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.SplitSpec;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Looks at the three tables of a competition that nobody prepared, and finds what a recipe would say. Looks, and trains nothing. */
public final class Inspector {
    private static final int MOST_NAMES = 8;
    private static final int DEFAULT_FOLDS = 5;
    /** From this many rows on a fold less is as good, since each is large. */
    private static final int MANY_ROWS = 100_000;
    /** Below this many rows each one less to train on is missed: more folds, larger training parts, and more networks that vote. */
    private static final int FEW_ROWS = 3_000;
    private static final int FOLDS_OF_FEW = 10;
    /** Free text that a metric may be chosen by: sentences, not names. */
    private static final double SENTENCE = 8;

    private final Table train;
    private final Table test;
    private final SampleSubmission sample;
    private final Recipe said;
    private final List<String> lines = new ArrayList<>();

    private Inspector(Table train, Table test, SampleSubmission sample, Recipe said) {
        this.train = train;
        this.test = test;
        this.sample = sample;
        this.said = said;
    }

    /**
     * Finds what a recipe leaves open.
     *
     * @param train training rows, read as they are
     * @param test rows to predict, read as they are
     * @param sample what the submission must look like
     * @param said what the user has decided; it is not questioned, and all else follows from it
     * @throws DataException if there is no telling what is to be predicted, or a column that was named is not there
     */
    public static Findings inspect(Table train, Table test, SampleSubmission sample, Recipe said) {
        return new Inspector(train, test, sample, said).inspect();
    }

    private Findings inspect() {
        String id = said.id().orElse(sample.idColumn());
        List<String> targets = TargetLook.columns(train, test, sample, said);
        Set<String> others = new HashSet<>(targets);
        others.add(id);
        Optional<ImageSpec> images = said.images().or(() -> PixelLook.at(train, test, others));
        Set<String> pixels = images.map(this::pixels).orElse(Set.of());
        Map<String, String> ignored = new LinkedHashMap<>();
        Map<String, ColumnKind> columns = columns(id, targets, pixels, ignored);
        boolean wordy = columns.entrySet().stream().anyMatch(c -> c.getValue() == ColumnKind.TEXT && Look.words(train.column(c.getKey())) >= SENTENCE);
        TargetLook target = TargetLook.at(train, test, sample, said, wordy);
        SplitLook split = said.split().map(s -> new SplitLook(s, "as the recipe says")).orElseGet(() -> SplitLook.at(train, test, columns, new HashSet<>(targets), target.task()));
        split.split().column().filter(c -> split.split().kind() == SplitSpec.Kind.GROUPED && said.columns().get(c) == null
                && (columns.get(c) == ColumnKind.CATEGORY || columns.get(c) == ColumnKind.CODE && Grouping.byWhole(train.column(c)))).ifPresent(c -> {
            columns.put(c, ColumnKind.IGNORE);
            ignored.put(c, "its values in the test set are new");
        });
        if (images.isEmpty() && columns.values().stream().allMatch(kind -> kind == ColumnKind.IGNORE)) {
            throw DataException.in(train.name(), "there is no column to predict from: " + ignored.entrySet().stream().map(e -> "'" + e.getKey() + "' is left out, "
                    + e.getValue()).collect(Collectors.joining("; ")) + ".");
        }
        int usual = images.isPresent() || train.rows() >= MANY_ROWS ? 1 : Math.min(train.rows() < FEW_ROWS ? FOLDS_OF_FEW : DEFAULT_FOLDS, train.rows());
        int folds = said.folds().orElseGet(() -> Math.min(usual, Folds.most(split.split(), train)));
        int ensemble = said.ensemble().orElse(train.rows() < MANY_ROWS ? 3 : 2);
        Recipe found = new Recipe(Optional.empty(), Optional.of(said.title().orElse("Found from the data")), Optional.of(id), targets, Optional.of(target.task()),
                Optional.of(target.metric()), Optional.of(target.written()), columns, images, Optional.of(split.split()), OptionalInt.of(folds), OptionalInt.of(ensemble),
                said.candidates());
        describe(found, target, split, pixels.size(), ignored);
        return new Findings(found, lines);
    }

    private Set<String> pixels(ImageSpec images) {
        List<String> names = train.columnNames();
        List<String> found = Images.columns(images, names, train.name());
        return new HashSet<>(found);
    }

    private Map<String, ColumnKind> columns(String id, List<String> targets, Set<String> pixels, Map<String, String> ignored) {
        for (String name : said.columns().keySet()) {
            train.column(name);
        }
        Map<String, ColumnKind> columns = new LinkedHashMap<>();
        List<Column> answers = targets.stream().map(train::column).toList();
        for (String name : train.columnNames()) {
            if (pixels.contains(name) || targets.contains(name)) {
                continue;
            }
            if (!test.has(name)) {
                if (!name.equals(id)) {
                    ignored.put(name, "the test set has no such column");
                }
                continue;
            }
            ColumnKind kind = said.columns().get(name);
            if (kind == null) {
                if (!name.equals(id)) {
                    AlmostNumbers.requireNone(train, test, name);
                }
                Look look = Look.at(train.column(name), test.column(name));
                boolean same = answers.stream().anyMatch(answer -> same(answer, train.column(name)));
                boolean dull = name.equals(id) && look.kind() != ColumnKind.DATE && look.kind() != ColumnKind.IGNORE;
                Look judged = same ? new Look(ColumnKind.IGNORE, "it is the target under another name") : dull ? new Look(ColumnKind.IGNORE, "it is the id") : look;
                kind = judged.kind();
                if (kind == ColumnKind.IGNORE) {
                    ignored.put(name, judged.reason());
                }
            } else if (kind == ColumnKind.IGNORE) {
                ignored.put(name, "the recipe says so");
            }
            columns.put(name, kind);
        }
        return columns;
    }

    private static boolean same(Column a, Column b) {
        return IntStream.range(0, a.size()).allMatch(row -> Objects.equals(a.text(row), b.text(row)));
    }

    private void describe(Recipe found, TargetLook target, SplitLook split, int pixels, Map<String, String> ignored) {
        String id = found.id().orElseThrow();
        lines.add(String.format(Locale.ROOT, "rows:    %,d to learn from, %,d to predict; id '%s'%s", train.rows(), test.rows(), id,
                test.has(id) ? "" : " counts the test rows"));
        lines.add("target:  " + names(target.columns()) + ", " + switch (target.task()) {
            case BINARY -> "one of two classes";
            case CLASSES -> "one of " + target.classes() + " classes";
            case REGRESSION -> target.columns().size() == 1 ? "a number" : "numbers";
            case TOTAL -> "which only the training set has: their sum is asked for, each is learned " + (AutoCompetition.ofMeans(target.metric()) ? "as it is" : "by the logarithm");
            case COUNTS -> AutoCompetition.ofMeans(target.metric()) ? (target.columns().size() == 1 ? "a count" : "counts") + ", learned as they are: " + target.metric() + " asks for the mean"
                    : (target.columns().size() == 1 ? "a skewed number" : "skewed numbers") + " of at least 0, learned by the logarithm";
        } + switch (target.written()) {
            case LABELS -> ", written as labels";
            case PROBABILITIES -> ", written as probabilities";
            case NUMBERS -> "";
        });
        lines.add("metric:  " + target.metric() + (said.metric().isPresent() ? ", as you said" : " by the look of the target and the sample; --metric takes another"));
        if (pixels > 0) {
            ImageSpec images = found.images().orElseThrow();
            lines.add(String.format(Locale.ROOT, "pixels:  %d columns '%s' to '%s', images of %dx%d in %s", pixels, images.first(), images.last(), images.height(), images.width(),
                    images.channels() == 1 ? "grey" : "colour"));
        }
        Map<ColumnKind, List<String>> kinds = new TreeMap<>();
        found.columns().forEach((name, kind) -> kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(name));
        kinds.forEach((kind, names) -> {
            if (kind != ColumnKind.IGNORE) {
                lines.add(String.format(Locale.ROOT, "columns: %d %s: %s", names.size(), kind.word(), names(names)));
            }
        });
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        ignored.forEach((name, reason) -> reasons.computeIfAbsent(reason, r -> new ArrayList<>()).add(name));
        reasons.forEach((reason, names) -> lines.add("ignored: " + names(names) + ": " + reason));
        int folds = found.folds().orElse(1);
        SplitSpec.Kind kind = split.split().kind();
        String held = folds > 1 ? folds + " " + kind.word() : kind == SplitSpec.Kind.LATER ? "the latest rows held out" : "a tenth held out";
        lines.add("folds:   " + held + ": " + split.reason());
    }

    private static String names(List<String> names) {
        String shown = names.stream().limit(MOST_NAMES).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        return names.size() > MOST_NAMES ? shown + " and " + (names.size() - MOST_NAMES) + " more" : shown;
    }
}
