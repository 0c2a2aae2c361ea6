package io.dl4k.kaggle.cli;

import io.dl4k.kaggle.competition.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;

/**
 * One kind of run, short.
 *
 * @param name for people
 * @param arguments of {@code train} without where it writes
 */
record Kind(String name, List<String> arguments) {
    private static final int TRAIN_ROWS = 600;
    private static final int TEST_ROWS = 100;

    Kind {
        arguments = List.copyOf(arguments);
    }

    /**
     * A made-up Titanic; with {@code many} also the embedded sample, a recipe, and each competition whose zip is there.
     *
     * @param folder for their data
     */
    static List<Kind> all(Path folder, boolean many) throws IOException {
        List<Kind> kinds = new ArrayList<>();
        String made = Rows.titanicFolder(folder.resolve("titanic"), 200, 40).toString();
        kinds.add(new Kind("titanic, made up", List.of("titanic", "--data", made, "--folds", "2", "--ensemble", "2", "--epochs", "20")));
        if (many) {
            kinds.add(new Kind("embedded sample", List.of("--folds", "2", "--epochs", "2")));
            Path recipe = Files.writeString(folder.resolve("mine.yaml"), "candidates:\n  - {name: small, network: mlp, hidden: [16], epochs: 20}\n  - {name: line, network: mlp, hidden: [], epochs: 20}\n");
            kinds.add(new Kind("recipe", List.of(recipe.toString(), "--data", made, "--folds", "2", "--ensemble", "1")));
            for (String slug : List.of("house-prices-advanced-regression-techniques", "bike-sharing-demand", "nlp-getting-started", "digit-recognizer")) {
                Optional<Path> zip = Rows.kaggleZip(slug + ".zip");
                if (zip.isPresent()) {
                    kinds.add(new Kind(slug, List.of(slug, "--data", subset(zip.get(), slug, folder).toString(), "--folds", "2", "--ensemble", "1", "--epochs", "2")));
                }
            }
        }
        return kinds;
    }

    /** The first rows of a competition; of the houses, which are few, all. */
    private static Path subset(Path zip, String slug, Path folder) throws IOException {
        if (slug.startsWith("house")) {
            return zip;
        }
        Path into = Files.createDirectories(folder.resolve(slug));
        try (ZipFile files = new ZipFile(zip.toFile())) {
            for (var entry : files.stream().toList()) {
                String text = new String(files.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                Files.writeString(into.resolve(entry.getName()), records(text, 1 + (entry.getName().equals("train.csv") ? TRAIN_ROWS : TEST_ROWS)));
            }
        }
        return into;
    }

    /** So many records of a CSV, those with line ends inside quotes whole. */
    private static String records(String csv, int count) {
        boolean quoted = false;
        int seen = 0;
        for (int at = 0; at < csv.length(); at++) {
            quoted ^= csv.charAt(at) == '"';
            if (csv.charAt(at) == '\n' && !quoted && ++seen == count) {
                return csv.substring(0, at + 1);
            }
        }
        return csv;
    }

    /**
     * The command line that trains it, in a JVM of its own.
     *
     * @param processors that the JVM is made to see
     * @param out submission; the model goes beside it
     */
    List<String> command(int processors, Path out, String... more) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:TieredStopAtLevel=1",
                "-XX:ActiveProcessorCount=" + processors, "-cp", System.getProperty("java.class.path"), Main.class.getName(), "train"));
        command.addAll(arguments);
        command.addAll(List.of("--threads", "1", "--out", out.toString(), "--model", out + ".zip"));
        command.addAll(List.of(more));
        return command;
    }
}
