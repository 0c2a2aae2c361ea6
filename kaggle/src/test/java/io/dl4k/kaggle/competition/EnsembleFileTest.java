package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.DataException;
import io.dl4k.models.ModelFile;
import io.dl4k.models.Mlp;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;
import stock.LoadStock;

class EnsembleFileTest {
    @TempDir
    static Path shared;
    private static Problem problem;
    private static Ensemble ensemble;
    private static Path saved;

    @TempDir
    Path folder;

    @BeforeAll
    static void train() throws IOException {
        RunFixture run = new RunFixture(new Titanic(), Rows.titanicFiles(60, 20), RunFixture.options(2, 1, 2, 5), shared);
        ensemble = run.run(false, event -> { }).result().ensemble();
        problem = Rows.problem(run.competition(), run.files());
        saved = shared.resolve("m.zip");
    }

    private static void assertSame(float[][] expected, float[][] actual) {
        assertEquals(expected.length, actual.length);
        for (int row = 0; row < expected.length; row++) {
            assertArrayEquals(expected[row], actual[row], "row " + row);
        }
    }

    @Test
    void load_saved_predictsTheSameBits() throws IOException {
        Ensemble loaded = EnsembleFile.load(saved, RunFixture.NO_DEFINITIONS);
        assertEquals(2, loaded.networks().size());
        assertEquals(ensemble.answer(), loaded.answer());
        assertEquals(ensemble.weights(), loaded.weights());
        assertEquals("PassengerId", loaded.idColumn());
        assertEquals(List.of("Survived"), loaded.targetColumns());
        assertEquals(List.of(0, 1), loaded.networks().stream().map(TrainedNetwork::fold).toList());
        assertEquals(ensemble.networks().get(1).encoder(), loaded.networks().get(1).encoder());
        assertSame(ensemble.predict(problem.test(), problem.testRows()), loaded.predict(problem.test(), problem.testRows()));
        Path again = folder.resolve("again.zip");
        EnsembleFile.save(loaded, again);
        assertArrayEquals(Files.readAllBytes(saved), Files.readAllBytes(again));
    }

    /** A model file sorts the entries of maps: an encoder's columns must not come in their order. */
    @Test
    void load_savedHouses_predictsTheSameBits(@TempDir Path folder) throws IOException {
        RunFixture run = new RunFixture(new HousePrices(), HouseRows.files(80, 10), RunFixture.options(2, 1, 1, 5), folder);
        Ensemble ensemble = run.run(false, event -> { }).result().ensemble();
        var test = Rows.problem(run.competition(), run.files()).test();
        Ensemble loaded = EnsembleFile.load(folder.resolve("m.zip"), RunFixture.NO_DEFINITIONS);
        assertSame(ensemble.predict(test, CompetitionRun.all(10)), loaded.predict(test, CompetitionRun.all(10)));
    }

    @Test
    void save_readByPlainDl4jInAnotherProcess_givesTheSameOutputs() throws Exception {
        TrainedNetwork first = ensemble.networks().get(0);
        float[][] input = Rows.features(first.encoder().batches(problem.test(), new int[] {0}, 1));
        Path classes = folder.resolve("classes/stock");
        Files.createDirectories(classes);
        try (var in = LoadStock.class.getResourceAsStream("LoadStock.class")) {
            Files.write(classes.resolve("LoadStock.class"), in.readAllBytes());
        }
        // Only jars, and of them none of ours.
        String jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar") && !entry.contains("dl4j-models") && !entry.contains("io" + File.separator + "dl4k")).collect(Collectors.joining(File.pathSeparator));
        Path log = folder.resolve("log");
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", classes.getParent() + File.pathSeparator + jars, "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-Xmx256m", LoadStock.class.getName(), saved.toString(),
                Arrays.toString(input[0]).replaceAll("[\\[\\] ]", "")).redirectError(log.toFile()).start();
        String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, child.exitValue(), () -> read(log));
        float[] here = ((org.deeplearning4j.nn.multilayer.MultiLayerNetwork) first.network()).output(Nd4j.create(input)).toFloatVector();
        String[] there = out.lines().filter(line -> line.startsWith("output ")).findFirst().orElseThrow().substring(7).split(",");
        assertEquals(here.length, there.length);
        for (int i = 0; i < here.length; i++) {
            // Another binary of ND4J may round differently.
            assertEquals(here[i], Float.parseFloat(there[i]), 1e-6f);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The saved model with some entries replaced; null removes one. */
    private Path changed(Map<String, byte[]> changes) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(saved))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        for (Map.Entry<String, byte[]> change : changes.entrySet()) {
            assertTrue(entries.containsKey(change.getKey()), () -> "there is no entry " + change.getKey() + " to change, only " + entries.keySet());
            if (change.getValue() == null) {
                entries.remove(change.getKey());
            } else {
                entries.put(change.getKey(), change.getValue());
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return Files.write(folder.resolve("changed.zip"), bytes.toByteArray());
    }

    private Path described(String from, String to) throws IOException {
        String json = new String(ModelFile.load(saved).extras().get("ensemble.json"), StandardCharsets.UTF_8);
        assertTrue(json.contains(from), () -> from + " is not in " + json);
        return changed(Map.of("extras/ensemble.json", json.replace(from, to).getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "\"format\":3                | \"format\":1            | it has format 1, this version of DL4K reads format 3. Train the model again.",
        "\"competition\":\"titanic\" | \"competition\":\"gone\" | it is of the competition 'gone', which this version of DL4K does not know.",
        "\"candidate\":\"mlp\"       | \"candidate\":\"gru\"    | this version of DL4K has no candidate 'gru' for titanic.",
        "{\"format\"                 | {{\"format\"             | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"networks\":[              | \"netze\":[              | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"labels\":[\"0\",\"1\"]    | \"labels\":[\"0\"]       | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"labels\":[\"0\",\"1\"]    | \"labels\":null          | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"labels\":[\"0\",\"1\"]    | \"labels\":[\"0\",null]  | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"kind\":\"labels\"       | \"kind\":\"java.io.File\" | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"threshold\":0.5         | \"threshold\":1.5         | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"weights\":{\"mlp\":1.0} | \"weights\":{\"mlp\":0} | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"ages\":{                  | \"years\":{              | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"smoothing\":1.0           | \"smoothing\":-1.0       | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
        "\"name\":\"deck\",\"levels\":[ | \"name\":\"deck\",\"levels\":[\"?\", | its ensemble.json is damaged or from another version of DL4K. Train the model again.",
    })
    void load_descriptionThatDoesNotFit_isRefused(String from, String to, String message) throws IOException {
        Path file = described(from, to);
        assertEquals(file + ": " + message, assertThrows(DataException.class, () -> EnsembleFile.load(file, RunFixture.NO_DEFINITIONS)).getMessage());
    }

    @Test
    void load_noNetworks_isRefused() throws IOException {
        String json = "{\"format\":2,\"competition\":\"titanic\",\"answer\":{\"kind\":\"labels\",\"labels\":[\"0\",\"1\"],\"threshold\":0.5},\"idColumn\":\"i\",\"targetColumns\":[\"t\"],\"weights\":{},\"networks\":[]}";
        Path file = changed(Map.of("extras/ensemble.json", json.getBytes(StandardCharsets.UTF_8)));
        assertEquals(file + ": its ensemble.json is damaged or from another version of DL4K. Train the model again.",
                assertThrows(DataException.class, () -> EnsembleFile.load(file, RunFixture.NO_DEFINITIONS)).getMessage());
    }

    @Test
    void predict_withAnEncoderOfOtherColumns_isRefused() throws IOException {
        Path file = described("\"name\":\"log fare per person\"", "\"name\":\"log fore per person\"");
        Ensemble changed = EnsembleFile.load(file, RunFixture.NO_DEFINITIONS);
        Path rows = Rows.titanicFolder(folder.resolve("rows"), 20, 10).resolve("test.csv");
        Path out = folder.resolve("out.csv");
        String message = assertThrows(DataException.class, () -> new FilePrediction(changed, io.dl4k.data.CsvSource.of(rows)).write(out, Optional.empty())).getMessage();
        assertTrue(message.startsWith("model: its parts do not fit each other (fitted on the columns ["), message);
        assertTrue(message.endsWith("Train the model again."), message);
        assertFalse(Files.exists(out));
    }

    @Test
    void load_descriptionInAnotherEncoding_isRefused() throws IOException {
        Path file = changed(Map.of("extras/ensemble.json", "{\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\"format\":3}".getBytes(StandardCharsets.UTF_8)));
        assertEquals(file + ": its ensemble.json is damaged or from another version of DL4K. Train the model again.",
                assertThrows(DataException.class, () -> EnsembleFile.load(file, RunFixture.NO_DEFINITIONS)).getMessage());
    }

    @Test
    void load_missingNestedNetwork_isRefused() throws IOException {
        Map<String, byte[]> changes = new LinkedHashMap<>();
        changes.put("extras/network-001.zip", null);
        Path file = changed(changes);
        assertEquals(file + ": its entry network-001.zip is missing. Train the model again.", assertThrows(DataException.class, () -> EnsembleFile.load(file, RunFixture.NO_DEFINITIONS)).getMessage());
    }

    @Test
    void load_damagedNestedNetwork_isRefused() throws IOException {
        Path file = changed(Map.of("extras/network-001.zip", new byte[] {'P', 'K', 3, 4, 0}));
        assertEquals(file + ": its entry network-001.zip is damaged. Copy the file again, or train the model again.",
                assertThrows(DataException.class, () -> EnsembleFile.load(file, RunFixture.NO_DEFINITIONS)).getMessage());
    }

    @Test
    void load_truncated_isRefusedAtEveryLength() throws IOException {
        byte[] whole = Files.readAllBytes(saved);
        Path file = folder.resolve("m.zip");
        for (int length : new int[] {0, 1, 100, whole.length / 2, whole.length - 30, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            IOException e = assertThrows(IOException.class, () -> EnsembleFile.load(file, RunFixture.NO_DEFINITIONS), () -> "cut to " + length);
            assertTrue(e.getMessage().startsWith(file + ": not a whole zip (") && e.getMessage().endsWith("). Copy or save the model again.") && !e.getMessage().contains("\n"), e::getMessage);
        }
    }

    @Test
    void load_foreignZip_isRefused() throws IOException {
        Path file = folder.resolve("titanic.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new ZipEntry("train.csv"));
            out.write("a,b\n".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(file + ": a zip, but not a model: it has no configuration.json. Give a file that was saved as a model.",
                assertThrows(IOException.class, () -> EnsembleFile.load(file, RunFixture.NO_DEFINITIONS)).getMessage());
    }

    @Test
    void load_modelWithoutDescription_isRefused() throws IOException {
        Path file = folder.resolve("plain.zip");
        ModelFile.save(Mlp.classifier(3, 2).build(), file, Map.of());
        assertEquals(file + ": it is a DL4J model, but was not written by 'dl4k train': it does not say how rows become its input.",
                assertThrows(DataException.class, () -> EnsembleFile.load(file, RunFixture.NO_DEFINITIONS)).getMessage());
    }
}
