package io.dl4k.kaggle.fuzz;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.kaggle.auto.Recipes;
import io.dl4k.kaggle.cli.Commands;
import io.dl4k.kaggle.competition.Ensemble;
import io.dl4k.kaggle.competition.EnsembleFile;
import io.dl4k.kaggle.competition.FilePrediction;
import io.dl4k.models.ModelFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** What {@code predict} does with a {@link Packed} model: read, and used if it can be, on two rows that the good one knows. */
final class EnsembleTarget implements Target {
    private static final String ROWS = "id,x,colour,words\n1,0.5,red,a storm\n2,,grey,\n";
    private static final String RECIPE = """
            competition: auto
            title: t
            id: id
            target: y
            task: %s
            metric: %s
            submission: %s
            columns: {x: number, colour: category, words: text}
            split: shuffled
            folds: 2
            ensemble: 1
            candidates:
              - {name: tiny, network: mlp, hidden: [2], epochs: 1, features: {words: 2, rare: 1, crosses: 0, pieces: 2}}
            """;

    @Override
    public boolean ofNetworks() {
        return true;
    }

    @Override
    public void read(byte[] input, Path folder) throws IOException {
        Path file = Files.write(folder.resolve("input"), Packed.zip(input));
        Path out = folder.resolve("out.csv");
        try {
            Ensemble ensemble = EnsembleFile.load(file, Recipes::competition);
            int rows = new FilePrediction(ensemble, CsvSource.of("rows.csv", ROWS.getBytes(StandardCharsets.UTF_8))).write(out, Optional.empty());
            if (rows != 2 || Files.readAllLines(out).size() < 3) {
                throw new AssertionError("predicted " + rows + " rows: " + Files.readString(out));
            }
            Files.delete(out);
        } catch (ModelFileException e) {
            ModelTarget.requireOneLine(e);
        } catch (DataException e) {
            if (e.getMessage().lines().count() != 1) {
                throw new AssertionError("no message in one line: " + e.getMessage());
            }
        }
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        Path folder = Files.createTempDirectory("seeds");
        StringBuilder train = new StringBuilder("id,x,colour,words,y\n");
        StringBuilder test = new StringBuilder("id,x,colour,words\n");
        StringBuilder sample = new StringBuilder("id,y\n");
        for (int i = 0; i < 24; i++) {
            String row = i + "," + (i % 5 == 0 ? "" : i * 0.25) + "," + (i % 3 == 0 ? "red" : "green") + "," + (i % 2 == 0 ? "a storm" : "the rain");
            train.append(row).append(',').append(i % 2).append('\n');
            test.append(row).append('\n');
            sample.append(i).append(",0\n");
        }
        Files.writeString(folder.resolve("train.csv"), train);
        Files.writeString(folder.resolve("test.csv"), test);
        Files.writeString(folder.resolve("sample_submission.csv"), sample);
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("labels", model(folder, RECIPE.formatted("binary", "accuracy", "labels")));
        seeds.put("numbers", model(folder, RECIPE.formatted("regression", "rmse", "numbers")));
        for (String name : List.of("train.csv", "test.csv", "sample_submission.csv", "m.zip", "s.csv", "r.yaml")) {
            Files.delete(folder.resolve(name));
        }
        Files.delete(folder);
        return seeds;
    }

    private static byte[] model(Path folder, String recipe) throws IOException {
        Path yaml = Files.writeString(folder.resolve("r.yaml"), recipe);
        Path model = folder.resolve("m.zip");
        Commands.Printed printed = Commands.run("train", yaml, "--data", folder, "--out", folder.resolve("s.csv"), "--model", model);
        if (printed.code() != 0) {
            throw new IllegalStateException(printed.err());
        }
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(Files.readAllBytes(model)))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        byte[] nested = entries.remove("extras/network-001.zip");
        byte[] outer = ModelTarget.packed(Packed.zip(entries));
        byte[] inner = new String(ModelTarget.packed(nested), StandardCharsets.ISO_8859_1).replace("==>", "==>extras/network-001.zip/").getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = java.util.Arrays.copyOf(outer, outer.length + inner.length);
        System.arraycopy(inner, 0, all, outer.length, inner.length);
        return all;
    }

    @Override
    public List<String> words() {
        return List.of("==>", "extras/ensemble.json\n", "extras/network-001.zip/", "\"format\":3", "\"competition\":\"titanic\"", "\"definition\":", "\"answer\":", "\"kind\":\"labels\"",
                "\"kind\":\"grades\"", "\"kind\":\"probabilities\"", "\"kind\":\"numbers\"", "\"labels\":[", "\"threshold\":", "\"weights\":{", "\"networks\":[", "\"encoder\":", "\"scale\":", "\"means\":[",
                "\"deviations\":[", "\"sources\":[", "\"frame\":", "\"words\":[", "null", "-1", "1e999", "NaN", "\"@class\":\"jaz.Zer\"", "2147483647", "[]", "{}");
    }
}
