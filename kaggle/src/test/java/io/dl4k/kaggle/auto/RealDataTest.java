package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.data.DataFiles;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.CompetitionFiles;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.SplitSpec;
import io.dl4k.kaggle.recipe.Task;
import io.dl4k.kaggle.recipe.Written;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The competitions themselves, where they are on this machine. */
class RealDataTest {
    private static Recipe found(String slug) {
        Path zip = Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent).map(folder -> folder.resolve("shared/data").resolve(slug + ".zip"))
                .filter(Files::exists).findFirst().orElse(null);
        assumeTrue(zip != null, "shared/data/" + slug + ".zip is not here: Kaggle's own rows are not looked at");
        try (DataFiles data = DataFiles.open(zip)) {
            CompetitionFiles files = CompetitionFiles.of(data);
            return Inspector.inspect(Table.read(files.train()), Table.read(files.test()), SampleSubmission.read(files.sample()), Recipe.OPEN).recipe();
        }
    }

    private static void assertFound(Task task, Written written, String metric, SplitSpec split, Recipe found) {
        assertEquals(List.of(task, written, metric, split), List.of(found.task().orElseThrow(), found.written().orElseThrow(), found.metric().orElseThrow(), found.split().orElseThrow()));
    }

    @Test
    void titanic() {
        Recipe found = found("titanic");
        assertFound(Task.BINARY, Written.LABELS, "accuracy", SplitSpec.of(SplitSpec.Kind.STRATIFIED), found);
        assertEquals(ColumnKind.TEXT, found.columns().get("Name"));
        assertEquals(ColumnKind.CODE, found.columns().get("Cabin"));
        assertEquals(ColumnKind.CODE, found.columns().get("Ticket"));
        assertEquals(ColumnKind.LEVEL, found.columns().get("Pclass"));
    }

    @Test
    void housePrices() {
        assertFound(Task.COUNTS, Written.NUMBERS, "rmsle", SplitSpec.of(SplitSpec.Kind.STRATIFIED), found("house-prices-advanced-regression-techniques"));
    }

    @Test
    void digits() {
        Recipe found = found("digit-recognizer");
        assertFound(Task.CLASSES, Written.LABELS, "accuracy", SplitSpec.of(SplitSpec.Kind.STRATIFIED), found);
        assertEquals(28, found.images().orElseThrow().height());
    }

    @Test
    void disasters() {
        Recipe found = found("nlp-getting-started");
        assertFound(Task.BINARY, Written.LABELS, "f1", SplitSpec.by(SplitSpec.Kind.GROUPED, "text"), found);
        assertEquals(ColumnKind.CATEGORY, found.columns().get("keyword"));
    }

    @Test
    void bikes() {
        Recipe found = found("bike-sharing-demand");
        assertFound(Task.TOTAL, Written.NUMBERS, "rmsle", SplitSpec.byTime(SplitSpec.Kind.BLOCKS, "datetime", 11.96), found);
        assertEquals(List.of("casual", "registered"), found.targets());
        assertEquals(ColumnKind.DATE, found.columns().get("datetime"));
    }
}
