package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.RecipeReader;
import io.dl4k.kaggle.recipe.SplitSpec;
import io.dl4k.kaggle.recipe.Task;
import io.dl4k.kaggle.recipe.Written;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InspectorTest {
    private static String rows(String header, int from, int n, IntFunction<String> row) {
        return header + "\n" + IntStream.range(from, from + n).mapToObj(row).collect(Collectors.joining("\n")) + "\n";
    }

    private static CsvSource csv(String name, String text) {
        return CsvSource.of(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Recipe found(String train, String test, String sample, String said) {
        return Inspector.inspect(Table.read(csv("train.csv", train)), Table.read(csv("test.csv", test)), SampleSubmission.read(csv("sample_submission.csv", sample)),
                RecipeReader.parse("my.yaml", said)).recipe();
    }

    /** Rows whose target depends on nothing much: what they look like is all that counts here. */
    private static Recipe target(IntFunction<String> target, String sampleHeader, String sampleValue, String said) {
        Random random = new Random(1);
        return found(rows("id,x,y", 0, 200, i -> i + "," + random.nextInt(1000) / 7.0 + "," + target.apply(i)), rows("id,x", 200, 50, i -> i + "," + random.nextInt(1000) / 7.0),
                rows(sampleHeader, 200, 50, i -> i + "," + sampleValue), said);
    }

    @Test
    void inspect_targets_haveTheirTask() {
        Recipe labels = target(i -> "" + i % 2, "id,y", "0", "");
        assertEquals(List.of(Optional.of(Task.BINARY), Optional.of(Written.LABELS), Optional.of("accuracy")), List.of(labels.task(), labels.written(), labels.metric()));
        Recipe probabilities = target(i -> "" + i % 2, "id,y", "0.5", "");
        assertEquals(List.of(Optional.of(Task.BINARY), Optional.of(Written.PROBABILITIES), Optional.of("auc")),
                List.of(probabilities.task(), probabilities.written(), probabilities.metric()));
        Recipe text = target(i -> i % 2 == 0 ? "True" : "False", "id,y", "False", "");
        assertEquals(List.of(Optional.of(Task.BINARY), Optional.of(Written.LABELS), Optional.of("accuracy")), List.of(text.task(), text.written(), text.metric()));
        Recipe scored = target(i -> "" + i % 2, "id,y", "0", "metric: auc");
        assertEquals(Optional.of(Written.PROBABILITIES), scored.written());
        Recipe many = target(i -> List.of("C", "CL", "D").get(i % 3), "id,y_C,y_CL,y_D", "0.3,0.3,0.4", "");
        assertEquals(List.of(Optional.of(Task.CLASSES), Optional.of(Written.PROBABILITIES), Optional.of("log_loss"), List.of("y")),
                List.of(many.task(), many.written(), many.metric(), many.targets()));
        Recipe stars = target(i -> "" + (1 + i % 5), "id,y", "3", "");
        assertEquals(List.of(Optional.of(Task.CLASSES), Optional.of("accuracy")), List.of(stars.task(), stars.metric()));
        Recipe points = target(i -> "" + List.of(1, 2, 2, 3, 3, 3, 3, 4, 4, 5).get(i % 10), "id,points", "3", "target: y");
        assertEquals(List.of(Optional.of(Task.CLASSES), Optional.of(Written.LABELS), Optional.of("quadratic_kappa")), List.of(points.task(), points.written(), points.metric()));
        Recipe gap = target(i -> "" + List.of(1, 2, 2, 3, 3, 3, 3, 5, 5, 6).get(i % 10), "id,y", "3", "");
        assertEquals(Optional.of("accuracy"), gap.metric());
        Recipe number = target(i -> "" + (i % 97 - 40.5), "id,y", "0", "");
        assertEquals(List.of(Optional.of(Task.REGRESSION), Optional.of("rmse")), List.of(number.task(), number.metric()));
        Recipe skewed = target(i -> "" + Math.round(Math.exp(i / 20.0)), "id,y", "0", "");
        assertEquals(List.of(Optional.of(Task.COUNTS), Optional.of("rmsle")), List.of(skewed.task(), skewed.metric()));
        Recipe renamed = target(i -> "" + i % 2, "id,Prediction", "0", "");
        assertEquals(List.of("y"), renamed.targets());
    }

    @Test
    void inspect_severalNumbers_areAllTargets() {
        Recipe several = found(rows("id,x,a,b", 0, 100, i -> i + "," + i * 0.3 + "," + i * 0.7 + "," + -i * 0.1), rows("id,x", 100, 20, i -> i + "," + i * 0.3),
                rows("id,a,b", 100, 20, i -> i + ",0,0"), "");
        assertEquals(List.of("a", "b"), several.targets());
        assertEquals(Optional.of(Task.REGRESSION), several.task());
    }

    @Test
    void inspect_columnsThatOnlyTrainingHasAndAddUp_areTheTargets() {
        IntFunction<String> parts = i -> i * i % 400 + "," + i * i * i % 900;
        IntFunction<String> sum = i -> "" + (i * i % 400 + i * i * i % 900 + (i % 50 == 0 ? 9000 : 0));
        Recipe total = found(rows("id,x,a,b,y", 1, 300, i -> i + "," + i * 0.3 + "," + (i * i % 400 + (i % 50 == 0 ? 9000 : 0)) + "," + i * i * i % 900 + "," + sum.apply(i)),
                rows("id,x", 301, 20, i -> i + "," + i * 0.3), rows("id,y", 301, 20, i -> i + ",0"), "");
        assertEquals(List.of(List.of("a", "b"), Optional.of(Task.TOTAL), Optional.of("rmsle")), List.of(total.targets(), total.task(), total.metric()));
        Recipe alone = found(rows("id,x,a,b,y", 1, 300, i -> i + "," + i * 0.3 + "," + parts.apply(i) + "," + sum.apply(i)), rows("id,x", 301, 20, i -> i + "," + i * 0.3),
                rows("id,y", 301, 20, i -> i + ",0"), "");
        assertEquals(List.of("y"), alone.targets());
        assertEquals(Optional.of(Task.COUNTS), alone.task());
    }

    @Test
    void inspect_columns_haveTheirKind() {
        Random random = new Random(2);
        List<String> words = List.of("fire", "rain", "sun", "storm", "wind", "flood", "heat", "snow");
        IntFunction<String> features = i -> String.join(",", "" + random.nextGaussian(), "" + random.nextInt(5), List.of("red", "green", "blue").get(random.nextInt(3)),
                "2021-0" + (1 + random.nextInt(9)) + "-1" + random.nextInt(10), "\"" + random.ints(6, 0, 8).mapToObj(words::get).collect(Collectors.joining(" ")) + " " + i + "\"",
                "C" + random.nextInt(5000), "same", "" + i);
        String header = "id,number,level,category,date,text,code,constant,counter";
        Recipe found = found(rows(header + ",leak,twin,y", 0, 300, i -> i + "," + features.apply(i) + "," + i % 2 + "," + i % 2 + "," + i % 2),
                rows(header + ",twin", 300, 100, i -> i + "," + features.apply(i) + ",0"), rows("id,y", 300, 100, i -> i + "," + i % 2), "");
        assertEquals(Map.of("id", ColumnKind.IGNORE, "number", ColumnKind.NUMBER, "level", ColumnKind.LEVEL, "category", ColumnKind.CATEGORY, "date", ColumnKind.DATE, "text",
                ColumnKind.TEXT, "code", ColumnKind.CODE, "constant", ColumnKind.IGNORE, "counter", ColumnKind.IGNORE, "twin", ColumnKind.IGNORE), found.columns());
        assertEquals(SplitSpec.of(SplitSpec.Kind.STRATIFIED), found.split().orElseThrow());
    }

    @Test
    void inspect_testRowsAfterTraining_splitsByTime() {
        IntFunction<String> day = i -> java.time.LocalDate.of(2020, 1, 1).plusDays(i) + "," + i % 7 * 1.5;
        Recipe later = found(rows("day,x,y", 0, 300, i -> day.apply(i) + "," + i * 0.1), rows("day,x", 300, 60, day), rows("day,y", 300, 60, i -> day.apply(i).split(",")[0] + ",0.0"), "");
        assertEquals(SplitSpec.byTime(SplitSpec.Kind.LATER, "day", 60), later.split().orElseThrow());
        assertEquals(3, later.folds().orElseThrow(), "ten would hold out more than two thirds of the 299 days");
        assertEquals(ColumnKind.DATE, later.columns().get("day"));
    }

    @Test
    void inspect_groupsNewInTest_splitsByGroup() {
        IntFunction<String> row = i -> String.format("%04d_%02d,%s", i / 3, i % 3 + 1, i * 0.37);
        Recipe grouped = found(rows("Id,x,y", 0, 300, i -> row.apply(i) + "," + (i % 2 == 0 ? "True" : "False")), rows("Id,x", 300, 90, row),
                rows("Id,y", 300, 90, i -> row.apply(i).split(",")[0] + ",False"), "");
        assertEquals(SplitSpec.by(SplitSpec.Kind.GROUPED, "Id"), grouped.split().orElseThrow());
    }

    @Test
    void inspect_pixels_areFoundUnderAnyName() {
        String header = IntStream.range(0, 64).mapToObj(i -> "q" + (char) ('a' + i % 26) + i * 7).collect(Collectors.joining(","));
        // A bright bar somewhere: what is above it is as bright.
        IntFunction<String> image = i -> IntStream.range(0, 64).mapToObj(p -> "" + (p % 8 == i % 7 ? 200 + p / 8 : p / 8)).collect(Collectors.joining(","));
        Recipe found = found(rows("y," + header, 0, 100, i -> i % 7 + "," + image.apply(i)), rows(header, 0, 50, image), rows("n,y", 1, 50, i -> i + ",0"), "");
        assertEquals(List.of(8, 8, 1), List.of(found.images().orElseThrow().height(), found.images().orElseThrow().width(), found.images().orElseThrow().channels()));
        Random random = new Random(3);
        IntFunction<String> noise = i -> random.ints(64, 0, 256).mapToObj(String::valueOf).collect(Collectors.joining(","));
        Recipe table = found(rows("y," + header, 0, 100, i -> i % 7 + "," + noise.apply(i)), rows(header, 0, 50, noise), rows("n,y", 1, 50, i -> i + ",0"), "");
        assertEquals(Optional.empty(), table.images());
    }

    @Test
    void inspect_whatIsSaid_isNotQuestioned() {
        Recipe said = target(i -> "" + (1 + i % 5), "id,y", "3", "task: regression\nmetric: mae\nfolds: 3\ncolumns: {x: category}\nsplit: shuffled");
        assertEquals(List.of(Optional.of(Task.REGRESSION), Optional.of("mae"), ColumnKind.CATEGORY, SplitSpec.of(SplitSpec.Kind.SHUFFLED), 3),
                List.of(said.task(), said.metric(), said.columns().get("x"), said.split().orElseThrow(), said.folds().getAsInt()));
    }

    @Test
    void inspect_noTarget_saysWhatToDo() {
        var e = assertThrows(DataException.class, () -> found("id,x,a,b\n1,2,3,4\n2,3,4,5\n", "id,x\n3,4\n", "id,z\n3,0\n", ""));
        assertEquals("sample_submission.csv, line 1, column 'z': there is no such column in train.csv, and no telling which of its columns is meant: the test set lacks a, b. "
                + "Say it in a recipe: 'target: COLUMN'.", e.getMessage());
        e = assertThrows(DataException.class, () -> found("id,x,y\n1,2,3\n2,2,4\n", "id,x\n3,4\n", "id,y\n3,0\n", ""));
        assertTrue(e.getMessage().startsWith("train.csv: there is no column to predict from: 'id' is left out, "), e.getMessage());
    }

    @Test
    void inspect_smallCounts_areNoClasses() {
        Random random = new Random(4);
        IntFunction<String> poisson = i -> {
            int count = 0;
            for (double left = 2 + Math.log(random.nextDouble()); left > 0; left += Math.log(random.nextDouble())) {
                count++;
            }
            return "" + count;
        };
        Recipe counts = target(poisson, "id,y", "0", "");
        assertEquals(List.of(Optional.of(Task.COUNTS), Optional.of("rmse"), Optional.of(Written.NUMBERS)), List.of(counts.task(), counts.metric(), counts.written()));
        Recipe said = target(poisson, "id,y", "0", "metric: accuracy");
        assertEquals(Optional.of(Task.CLASSES), said.task());
        Recipe even = target(i -> "" + i % 7, "id,y", "0", "");
        assertEquals(Optional.of(Task.CLASSES), even.task());
        // A rare class may have any number.
        Recipe uneven = target(i -> "" + List.of(0, 0, 0, 1, 2, 2, 2, 2, 3, 4, 5, 5, 5, 6).get(i % 14), "id,y", "0", "");
        assertEquals(Optional.of(Task.CLASSES), uneven.task());
    }

    @Test
    void inspect_numbersWrittenForPeople_areMeasures() {
        Random random = new Random(5);
        IntFunction<String> row = i -> String.join(",", "\"$" + String.format(java.util.Locale.ROOT, "%,.2f", 900 + 1000 * random.nextDouble()) + "\"", 100 * random.nextDouble() + "%",
                i % 40 == 0 ? "unknown" : "" + random.nextInt(90), 50 + random.nextInt(200) + " bhp", "0" + random.nextInt(10_000), "B" + random.nextInt(900));
        String header = "price,share,age,power,zip,cabin";
        Recipe found = found(rows(header + ",y", 0, 300, i -> row.apply(i) + "," + i * 0.1), rows(header, 300, 100, row), rows("n,y", 1, 100, i -> i + ",0.0"), "");
        assertEquals(Map.of("price", ColumnKind.MEASURE, "share", ColumnKind.MEASURE, "age", ColumnKind.MEASURE, "power", ColumnKind.MEASURE, "zip", ColumnKind.CODE, "cabin",
                ColumnKind.CODE), found.columns());
    }

    @Test
    void inspect_testRowsInBlocks_splitsIntoBlocksAsLong() {
        // Days 1 to 20 of each month to learn from, the others to predict.
        java.time.LocalDate first = java.time.LocalDate.of(2020, 1, 1);
        List<java.time.LocalDate> days = IntStream.range(0, 366).mapToObj(first::plusDays).toList();
        List<String> known = days.stream().filter(d -> d.getDayOfMonth() <= 20).map(d -> d + "," + d.getDayOfYear() * 0.7).toList();
        List<String> asked = days.stream().filter(d -> d.getDayOfMonth() > 20).map(d -> d + "," + d.getDayOfYear() * 0.7).toList();
        Recipe blocks = found(rows("day,x,y", 0, known.size(), i -> known.get(i) + "," + i * 0.1), rows("day,x", 0, asked.size(), asked::get),
                rows("day,y", 0, asked.size(), i -> asked.get(i).split(",")[0] + ",0.0"), "");
        assertEquals(SplitSpec.byTime(SplitSpec.Kind.BLOCKS, "day", 10), blocks.split().orElseThrow());
    }

    @Test
    void inspect_groupsNewInTest_theirCodeIsIgnored() {
        IntFunction<String> row = i -> "P" + (1000 + i / 5 * 37) + "," + i * 0.37;
        Recipe grouped = found(rows("person,x,y", 0, 300, i -> row.apply(i) + "," + (i % 2 == 0 ? "True" : "False")), rows("person,x", 300, 150, row),
                rows("n,y", 0, 150, i -> i + ",False"), "");
        assertEquals(SplitSpec.by(SplitSpec.Kind.GROUPED, "person"), grouped.split().orElseThrow());
        assertEquals(ColumnKind.IGNORE, grouped.columns().get("person"));
    }

    @Test
    void inspect_pixelsByName_areFoundInNoise() {
        Random random = new Random(6);
        String header = IntStream.range(0, 81).mapToObj(i -> "pixel" + i).collect(Collectors.joining(","));
        IntFunction<String> noise = i -> random.ints(81, 0, 256).mapToObj(String::valueOf).collect(Collectors.joining(","));
        Recipe found = found(rows("y," + header, 0, 60, i -> i % 3 + "," + noise.apply(i)), rows(header, 0, 20, noise), rows("n,y", 1, 20, i -> i + ",0"), "");
        assertEquals(9, found.images().orElseThrow().width());
    }
}
