package io.dl4k.kaggle.fuzz;

import io.dl4k.data.DataException;
import io.dl4k.kaggle.auto.Recipes;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.RecipeReader;
import io.dl4k.kaggle.recipe.RecipeWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code RecipeReader}: what it reads is written and read again as the same, and a competition can be made of it or is refused. */
final class RecipeTarget implements Target {
    @Override
    public void read(byte[] input, Path folder) throws IOException {
        Path file = Files.write(folder.resolve("input"), input);
        Recipe recipe;
        try {
            recipe = RecipeReader.read(file);
        } catch (DataException e) {
            requireOneLine(e);
            return;
        }
        String written = RecipeWriter.write(recipe, List.of());
        if (!RecipeReader.parse("written", written).equals(recipe)) {
            throw new AssertionError("another recipe: " + written);
        }
        try {
            Recipes.competition(recipe);
        } catch (DataException e) {
            requireOneLine(e);
        }
    }

    private static void requireOneLine(DataException e) {
        if (e.getMessage().lines().count() != 1) {
            throw new AssertionError("no message in one line: " + e.getMessage());
        }
    }

    @Override
    public Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (String yaml : List.of("""
                competition: auto
                title: "A ship: sunk"
                id: Id
                target: [a, b]
                task: counts
                metric: rmsle
                submission: numbers
                columns:
                  Age: number
                  "1st \\"floor\\"": level
                  no: ignore
                  colour: category
                  when: date
                  code: code
                split: {kind: blocks, column: when}
                folds: 5
                ensemble: 2
                candidates:
                  - name: mlp
                    network: mlp
                    hidden: [64, 32]
                    activation: gelu
                    dropout: 0.2
                    features: {quantiles: true, rates: false, words: 20, rare: 3, pieces: 6, crosses: 12}
                    epochs: 30
                    batch: 64
                    learning-rate: 3e-3
                """, """
                competition: digit-recognizer
                folds: 1
                candidates:
                  - {name: cnn, network: cnn, blocks: [[32], [64, 64]], kernel: 3, dense: 256, shift: 2, rotation: 10, scale: 0.1}
                """, """
                title: t
                id: i
                target: t
                task: classes
                metric: accuracy
                submission: labels
                images: {first: p0, last: p3, height: 2, width: 2, channels: 1, maximum: 255, interleaved: false}
                columns: {a: &x text, b: *x}
                split: stratified
                folds: 2
                ensemble: 1
                candidates:
                  - name: lstm
                    network: lstm
                    embedding: 64
                    units: 48
                    bidirectional: yes
                    pool: mean
                    length: 40
                """, "folds: many\n", "- a list\n", "id: !!java.io.File x\n", "a: &a [*a]\n", "%YAML 1.2\n---\nid: |\n  two\n  lines\n...\n")) {
            seeds.put("recipe-" + seeds.size(), yaml.getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }

    @Override
    public List<String> words() {
        return List.of("competition: ", "title: ", "target: ", "task: ", "metric: ", "submission: ", "columns:", "images:", "split: ", "candidates:", "network: ", "features: ", "input-dropout: ",
                "batch-norm: ", "learning-rate: ", "!!binary", "<<: *", "&a ", "*a", "? ", "---\n", "...\n", "\\u0000", ".inf", "titanic", "1e999");
    }
}
