package io.dl4k.kaggle.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeReaderTest {
    private static Recipe full() {
        Map<String, ColumnKind> columns = new LinkedHashMap<>();
        columns.put("Age", ColumnKind.NUMBER);
        columns.put("1st \"floor\": m²", ColumnKind.LEVEL);
        columns.put("no", ColumnKind.IGNORE);
        columns.put(" spaced\tout ", ColumnKind.CODE);
        columns.put("🚢", ColumnKind.TEXT);
        columns.put("when", ColumnKind.DATE);
        columns.put("#", ColumnKind.CATEGORY);
        columns.put("price", ColumnKind.MEASURE);
        List<CandidateSpec> candidates = List.of(
                CandidateSpec.of("mlp", new NetworkSpec.Mlp(List.of(64, 32), NetworkSpec.Bend.GELU, 0.2, 0.1, true, 1e-4, 1e-3, true), new FeatureSpec(true, false, 20, 40, 3, 6, 12), 30, 64, 3e-3),
                CandidateSpec.of("cnn", new NetworkSpec.Cnn(List.of(List.of(32), List.of(64, 64)), 3, true, 256, 0.4, 2, 10, 0.1), FeatureSpec.DEFAULT, 14, 64, 2e-3),
                CandidateSpec.of("lstm", new NetworkSpec.Lstm(64, 48, true, NetworkSpec.Pool.MEAN, 0.3, 40), FeatureSpec.DEFAULT, 6, 32, 1e-5),
                CandidateSpec.of("series", new NetworkSpec.Series("when", 25, 48, 0.2, 1e-4), FeatureSpec.DEFAULT, 7, 64, 3e-3),
                new CandidateSpec("other", Optional.empty(), Optional.empty(), OptionalInt.of(3), OptionalInt.empty(), OptionalDouble.empty()));
        return new Recipe(Optional.of("titanic"), Optional.of("A ship: sunk"), Optional.of("Id"), List.of("a", "b"), Optional.of(Task.COUNTS), Optional.of("rmsle"),
                Optional.of(Written.NUMBERS), columns, Optional.of(new ImageSpec("p0", "p3", 2, 2, 1, 255, false)), Optional.of(SplitSpec.byTime(SplitSpec.Kind.BLOCKS, "when", 11.96)),
                OptionalInt.of(5), OptionalInt.of(2), candidates);
    }

    @Test
    void write_whatEveryKeyCanSay_readsBackTheSame() {
        String yaml = RecipeWriter.write(full(), List.of("two\nlines"));
        assertEquals(full(), RecipeReader.parse("my.yaml", yaml), yaml);
        assertTrue(yaml.startsWith("# two lines\n"), yaml);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "---\n", "competition: auto\n"})
    void parse_nothing_isOpen(String yaml) {
        assertEquals(Recipe.OPEN, RecipeReader.parse("my.yaml", yaml));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "metrik: auc|my.yaml, line 1, column 1: there is no key 'metrik' here. Did you mean 'metric'?",
        "~id: x\nmetric:  acuracy~|my.yaml, line 2, column 10: expected one of accuracy, ",
        "folds: many|my.yaml, line 1, column 8: expected a whole number, found 'many'.",
        "folds: 0|my.yaml, line 1, column 1: folds and ensemble must be at least 1.",
        "~folds: 2\nfolds: 3~|my.yaml, line 2, column 1: the key 'folds' stands here twice.",
        "~columns:\n  Age: nunber~|my.yaml, line 2, column 8: expected one of number, measure, level, category, date, text, code, ignore, found 'nunber'. Did you mean 'number'?",
        "columns: [Age]|my.yaml, line 1, column 10: expected a kind for each column, such as 'Age: number', found a list.",
        "split: blocks|my.yaml, line 1, column 8: the split 'blocks' needs a column: write 'split: {kind: blocks, column: …}'.",
        "split: {kind: shuffled, column: a}|my.yaml, line 1, column 8: the split 'shuffled' takes no column.",
        "split: {kind: grouped, column: a, days: 3}|my.yaml, line 1, column 8: only the splits 'blocks' and 'later' have days, finite and above 0, got 3.0 for 'grouped'.",
        "~candidates:\n  - name: a\n    network: lstm\n    over: when\n    length: 3~|my.yaml, line 5, column 5: there is no key 'length' here.",
        "~candidates:\n  - network: mlp~|my.yaml, line 2, column 5: the key 'name' is missing here.",
        "~candidates:\n  - name: a\n    network: mlpp~|my.yaml, line 3, column 14: expected one of mlp, cnn, lstm, found 'mlpp'. Did you mean 'mlp'?",
        "~candidates:\n  - name: a\n    network: lstm\n    hidden: [3]~|my.yaml, line 4, column 5: there is no key 'hidden' here.",
        "~candidates:\n  - name: a\n    network: mlp\n    dropout: 1~|my.yaml, line 2, column 5: dropout must be in [0, 1), got 1.0.",
        "~candidates:\n  - {name: a}\n  - {name: a}~|my.yaml, line 1, column 1: there are two candidates 'a'.",
        "- a list|my.yaml, line 1, column 1: expected key: value lines, such as 'competition: …', found a list.",
        "id: [a|my.yaml, line 1, column 7: this is not YAML: ",
        "id: *x|my.yaml, line 1, column 5: this is not YAML: ",
        "id: !x%1F y|my.yaml: this is not YAML: Tag must not contain leading or trailing spaces.",
        "id: |my.yaml, line 1, column 4: expected a text, found nothing.",
    })
    void parse_wrong_saysWhere(String yaml, String message) {
        String found = assertThrows(DataException.class, () -> RecipeReader.parse("my.yaml", yaml)).getMessage();
        assertTrue(found.startsWith(message), found);
    }

    @Test
    void parse_aMillionAliases_isRefused() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x]\n");
        List<String> lines = new ArrayList<>();
        for (int i = 1; i < 30; i++) {
            lines.add("a" + i + ": &a" + i + " [" + "*a".concat(String.valueOf(i - 1)) + ", *a" + (i - 1) + "]");
        }
        yaml.append(String.join("\n", lines));
        assertThrows(DataException.class, () -> RecipeReader.parse("my.yaml", yaml.toString()));
    }

    @Test
    void over_saysSomething_wins() {
        Recipe mine = RecipeReader.parse("my.yaml", "metric: auc\ncolumns: {no: date, new: text}\n");
        Recipe both = mine.over(full());
        assertEquals(Optional.of("auc"), both.metric());
        assertEquals(Optional.of("Id"), both.id());
        assertEquals(ColumnKind.DATE, both.columns().get("no"));
        assertEquals(ColumnKind.TEXT, both.columns().get("new"));
        assertEquals(full().candidates(), both.candidates());
        assertEquals(List.of(), both.open());
        assertEquals(List.of("id", "target", "task", "submission", "split", "folds", "ensemble", "candidates"), mine.open());
    }
}
