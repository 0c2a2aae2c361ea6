package io.dl4k.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class ModelFileTest {

    private static final DataSet ROWS = new DataSet(Numeric.normal(3, DataType.FLOAT, 6, 4), Numeric.oneHot(3, 0, 1, 2, 0, 1, 2));

    @TempDir
    Path folder;

    private static Mlp builder() {
        return Mlp.classifier(4, 3).hidden(8).batchNorm().labelSmoothing(0.1).classWeights(1, 2, 3)
                .clip(Clipping.byGlobalNorm(0.5)).schedule(new Schedule.Cosine(0.01, 3, 40, 0));
    }

    private static MultiLayerNetwork trained() {
        MultiLayerNetwork net = builder().build();
        net.fit(ROWS);
        net.fit(ROWS);
        return net;
    }

    @Test
    void load_savedNetwork_trainsOnAsIfNeverSaved() throws IOException {
        MultiLayerNetwork net = trained();
        Path file = folder.resolve("model.zip");
        ModelFile.save(net, file, Map.of("features.json", new byte[] {1, 2}, "vocabulary", new byte[0]));
        ModelFile.Loaded loaded = ModelFile.load(file);
        MultiLayerNetwork back = assertInstanceOf(MultiLayerNetwork.class, loaded.network());
        assertEquals(net.params(), back.params());
        assertEquals(List.of("features.json", "vocabulary"), List.copyOf(loaded.extras().keySet()));
        assertArrayEquals(new byte[] {1, 2}, loaded.extras().get("features.json"));
        assertEquals(OptionalDouble.of(0.5), GlobalNormClipping.of(back));
        assertEquals(new SmoothedCrossEntropyLoss(0.1, new double[] {1, 2, 3}),
                ((OutputLayer) back.getLayerWiseConfigurations().getConf(3).getLayer()).getLossFn());
        assertEquals(2, back.getIterationCount());
        net.fit(ROWS);
        back.fit(ROWS);
        assertEquals(net.params(), back.params());
    }

    @Test
    void save_withoutCompression_isLargerAndTheSameModel() throws IOException {
        MultiLayerNetwork net = Mlp.classifier(4, 3).hidden(200).weightInit(WeightInit.ZERO).build();
        Path small = folder.resolve("small.zip");
        Path quick = folder.resolve("quick.zip");
        ModelFile.save(net, small, Map.of());
        ModelFile.save(net, quick, Map.of(), Deflater.NO_COMPRESSION);
        assertTrue(Files.size(quick) > 4 * net.numParams(), "weights as they are");
        assertTrue(Files.size(small) < Files.size(quick));
        assertEquals(net.params(), ModelFile.load(quick).network().params());
        assertThrows(IllegalArgumentException.class, () -> ModelFile.save(net, quick, Map.of(), 10));
        assertEquals(net.params(), ModelFile.load(quick).network().params(), "what was there is untouched");
    }

    @Test
    void save_network_keepsItsOwnLoss() throws IOException {
        MultiLayerNetwork net = trained();
        ModelFile.save(net, folder.resolve("model.zip"), Map.of());
        assertInstanceOf(SmoothedCrossEntropyLoss.class, ((OutputLayer) net.getLayerWiseConfigurations().getConf(3).getLayer()).getLossFn());
        assertInstanceOf(SmoothedCrossEntropyLoss.class, ((OutputLayer) net.getLayer(3).conf().getLayer()).getLossFn());
    }

    @Test
    void load_everyOwnLoss_isRestored() throws IOException {
        Path file = folder.resolve("model.zip");
        for (Mlp net : new Mlp[] {Mlp.regressor(4, 2).loss(Loss.huber(0.4)),
            Mlp.binary(4).classWeights(1, 2).labelSmoothing(0.3), Mlp.multiLabel(4, 2).classWeights(1, 2).labelSmoothing(0.3)}) {
            ModelFile.save(net.build(), file, Map.of());
            MultiLayerNetwork back = (MultiLayerNetwork) ModelFile.load(file).network();
            assertEquals(((OutputLayer) net.configuration().getConf(0).getLayer()).getLossFn(),
                    ((OutputLayer) back.getLayerWiseConfigurations().getConf(0).getLayer()).getLossFn());
        }
    }

    @Test
    void load_graph_givesTheSameOutputs() throws IOException {
        ComputationGraph net = ResidualCnn.images(6, 6, 1).conv(3, 3).residual(4, 3, 2).globalAvgPool().classes(2)
                .labelSmoothing(0.1).clip(Clipping.byGlobalNorm(1)).build();
        net.fit(new DataSet(Numeric.normal(1, DataType.FLOAT, 4, 1, 6, 6), Numeric.oneHot(2, 0, 1, 1, 0)));
        Path file = folder.resolve("graph.zip");
        ModelFile.save(net, file, Map.of());
        ComputationGraph back = assertInstanceOf(ComputationGraph.class, ModelFile.load(file).network());
        INDArray images = Numeric.normal(2, DataType.FLOAT, 3, 1, 6, 6);
        assertEquals(net.outputSingle(images), back.outputSingle(images));
        assertEquals(1, back.getConfiguration().getIterationCount());
        assertEquals(OptionalDouble.of(1), GlobalNormClipping.of(back));
    }

    @Test
    void save_sameTraining_givesSameBytes() throws IOException {
        ModelFile.save(trained(), folder.resolve("a.zip"), Map.of("z", new byte[3], "a", new byte[2]));
        Map<String, byte[]> otherOrder = new LinkedHashMap<>();
        otherOrder.put("a", new byte[2]);
        otherOrder.put("z", new byte[3]);
        ModelFile.save(trained(), folder.resolve("b.zip"), otherOrder);
        assertArrayEquals(Files.readAllBytes(folder.resolve("a.zip")), Files.readAllBytes(folder.resolve("b.zip")));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("a.zip", "b.zip"), files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void load_fileOfStock_works() throws IOException {
        MultiLayerNetwork net = Mlp.classifier(4, 3).hidden(5).build();
        Path file = folder.resolve("stock.zip");
        ModelSerializer.writeModel(net, file.toFile(), true);
        ModelFile.Loaded loaded = ModelFile.load(file);
        assertEquals(net.output(ROWS.getFeatures()), ((MultiLayerNetwork) loaded.network()).output(ROWS.getFeatures()));
        assertTrue(loaded.extras().isEmpty());
    }

    /** Stock loads ND4J's generic build, the tests the one for this processor: with wider registers sums are rounded in another order. */
    private static final float OTHER_NATIVE_BUILD = 1e-6f;

    private static final String PROBE = """
            import java.io.File;
            import org.deeplearning4j.util.ModelSerializer;
            import org.nd4j.linalg.api.buffer.DataType;
            import org.nd4j.linalg.api.ndarray.INDArray;
            import org.nd4j.linalg.factory.Nd4j;

            public class Probe {
                public static void main(String[] files) throws Exception {
                    try {
                        Class.forName("io.dl4k.models.HuberLoss");
                        throw new IllegalStateException("our classes are on the class path");
                    } catch (ClassNotFoundException expected) {
                        // That is the point.
                    }
                    for (String file : files) {
                        INDArray out;
                        if (file.endsWith("graph.zip")) {
                            out = ModelSerializer.restoreComputationGraph(new File(file)).outputSingle(
                                    Nd4j.linspace(DataType.FLOAT, -1, 2.0 / 71, 72).reshape(2, 1, 6, 6));
                        } else if (file.endsWith("rnn.zip")) {
                            out = ModelSerializer.restoreMultiLayerNetwork(new File(file)).output(
                                    Nd4j.createFromArray(new float[][] {{3, 1, 4}, {5, 2, 0}}), false,
                                    Nd4j.createFromArray(new float[][] {{1, 1, 1}, {1, 1, 0}}), null);
                        } else {
                            out = ModelSerializer.restoreMultiLayerNetwork(new File(file)).output(
                                    Nd4j.linspace(DataType.FLOAT, -1, 2.0 / 7, 8).reshape(2, 4));
                        }
                        System.out.println("OUT " + java.util.Arrays.toString(out.dup('c').data().asFloat()));
                    }
                }
            }
            """;

    @Test
    void restore_byStockWithoutOurClasses_givesTheSameOutputs() throws Exception {
        Map<String, Model> nets = new LinkedHashMap<>();
        nets.put("huber.zip", Mlp.regressor(4, 2).hidden(5).loss(Loss.huber(0.4)).build());
        nets.put("smooth.zip", trained());
        nets.put("binary.zip", Mlp.binary(4).classWeights(1, 2).build());
        nets.put("graph.zip", ResidualCnn.images(6, 6, 1).residual(3, 3, 2).globalAvgPool().classes(2).labelSmoothing(0.1).build());
        nets.put("rnn.zip", Rnn.tokens(9, 4).conv1d(5, 3).lstm(5).bidirectional().maxOverTime().classes(2).build());
        List<float[]> expected = new ArrayList<>();
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m", "-cp", stockClassPath(), folder.resolve("Probe.java").toString()));
        Files.writeString(folder.resolve("Probe.java"), PROBE);
        for (Map.Entry<String, Model> net : nets.entrySet()) {
            Path file = folder.resolve(net.getKey());
            ModelFile.save(net.getValue(), file, Map.of("extra", new byte[] {1}));
            command.add(file.toString());
            expected.add(output(net.getKey(), net.getValue()).dup('c').data().asFloat());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed;
        try (InputStream out = process.getInputStream()) {
            printed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertEquals(0, process.waitFor(), printed);
        List<String> lines = printed.lines().filter(line -> line.startsWith("OUT ")).toList();
        assertEquals(expected.size(), lines.size(), printed);
        for (int i = 0; i < lines.size(); i++) {
            assertArrayEquals(expected.get(i), numbers(lines.get(i)), OTHER_NATIVE_BUILD, command.get(command.size() - lines.size() + i));
        }
    }

    private static float[] numbers(String line) {
        String[] texts = line.substring(line.indexOf('[') + 1, line.indexOf(']')).split(", ");
        float[] numbers = new float[texts.length];
        for (int i = 0; i < texts.length; i++) {
            numbers[i] = Float.parseFloat(texts[i]);
        }
        return numbers;
    }

    private static INDArray output(String name, Model net) {
        if (net instanceof ComputationGraph graph) {
            return graph.outputSingle(Nd4j.linspace(DataType.FLOAT, -1, 2.0 / 71, 72).reshape(2, 1, 6, 6));
        }
        MultiLayerNetwork layers = (MultiLayerNetwork) net;
        return name.equals("rnn.zip")
                ? layers.output(Nd4j.createFromArray(new float[][] {{3, 1, 4}, {5, 2, 0}}), false,
                        Nd4j.createFromArray(new float[][] {{1, 1, 1}, {1, 1, 0}}), null)
                : layers.output(Nd4j.linspace(DataType.FLOAT, -1, 2.0 / 7, 8).reshape(2, 4));
    }

    /** The tests' class path without this module; surefire keeps the true one in a property of its own. */
    private static String stockClassPath() {
        String whole = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(whole.split(File.pathSeparator)).filter(part -> part.endsWith(".jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void load_badFiles_areRefusedInOneLine() throws IOException {
        Path file = folder.resolve("model.zip");
        refused(file, ": no such file. Check the path, or train a model first.");
        Files.createDirectory(folder.resolve("dir"));
        refused(folder.resolve("dir"), ": not a file. Give the model's zip.");
        Files.write(file, new byte[0]);
        refused(file, ": not a whole zip (zip file is empty). Copy or save the model again.");
        Files.writeString(file, "PassengerId,Survived\n892,0\n");
        refused(file, ": not a whole zip (zip END header not found). Copy or save the model again.");
        ModelFile.save(trained(), file, Map.of());
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        refused(file, ": not a whole zip (zip END header not found). Copy or save the model again.");
        zip(file, Map.of("train.csv", "a,b\n".getBytes(StandardCharsets.UTF_8)));
        refused(file, ": a zip, but not a model: it has no configuration.json. Give a file that was saved as a model.");
    }

    @Test
    void load_damagedEntries_areRefusedInOneLine() throws IOException {
        Path file = folder.resolve("model.zip");
        ModelFile.save(trained(), file, Map.of());
        Map<String, byte[]> entries = entries(file);
        byte[] weights = entries.get("coefficients.bin");
        damaged(file, entries, "coefficients.bin", Arrays.copyOf(weights, weights.length - 4),
                ": entry 'coefficients.bin' is damaged: its sizes do not fit each other. Copy or save the model again.");
        damaged(file, entries, "coefficients.bin", new byte[] {1, 2, 3},
                ": entry 'coefficients.bin' is damaged: it cannot be read. Copy or save the model again.");
        damaged(file, entries, "configuration.json", "{\"confs\": [".getBytes(StandardCharsets.UTF_8),
                ": its description is not JSON (line 1). Copy or save the model again.");
        damaged(file, entries, "dl4k.json", "{\"version\": 2}".getBytes(StandardCharsets.UTF_8),
                ": written by a newer version of this program (format 2, this one knows 1). Update it.");
        // What a reader of JSON that guesses the encoding takes for UTF-32.
        damaged(file, entries, "dl4k.json", "{\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\"version\":1}".getBytes(StandardCharsets.UTF_8),
                ": its description is not JSON (line 1). Copy or save the model again.");
        damaged(file, entries, "extras/a/b", new byte[1], ": entry 'extras/a/b' is not one that this program wrote. Save the model again.");
        MultiLayerNetwork other = Mlp.classifier(4, 3).hidden(9).build();
        ModelFile.save(other, folder.resolve("other.zip"), Map.of());
        Map<String, byte[]> mixed = new LinkedHashMap<>(entries);
        mixed.put("coefficients.bin", entries(folder.resolve("other.zip")).get("coefficients.bin"));
        zip(file, mixed);
        refused(file, ": entry 'coefficients.bin' is damaged: it has 75 weights, its network 91. Copy or save the model again.");
    }

    @Test
    void load_layerWithoutItsParts_isRefused() throws IOException {
        Path file = folder.resolve("model.zip");
        for (Model net : new Model[] {trained(), Rnn.features(2).lstm(3).bidirectional().lastStep().classes(2).build(), ResidualCnn.images(4, 4, 1).residual(1, 3, 1).globalAvgPool().classes(2).build()}) {
            for (String part : net instanceof MultiLayerNetwork layers && layers.getLayer(0) instanceof org.deeplearning4j.nn.layers.recurrent.BidirectionalLayer
                    ? new String[] {"activationFn", "gateActivationFn", "lossFn"} : new String[] {"activationFn", "lossFn"}) {
                ModelFile.save(net, file, Map.of());
                Map<String, byte[]> entries = entries(file);
                String json = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
                String without = json.replace("\"" + part + "\"", "\"gone\"");
                assertTrue(!without.equals(json), part);
                damaged(file, entries, "configuration.json", without.getBytes(StandardCharsets.UTF_8),
                        ": its description has a layer without activation or loss. Save the model again with Deeplearning4j 1.0.0-M2.1.");
            }
        }
    }

    @Test
    void save_badNames_areRefused() {
        MultiLayerNetwork net = Mlp.binary(2).build();
        var e = assertThrows(IllegalArgumentException.class,
                () -> ModelFile.save(net, folder.resolve("m.zip"), Map.of("../x", new byte[0])));
        assertEquals("extra '../x': names have 1 to 100 letters, digits, dots, dashes and underscores, "
                + "not starting with a mark", e.getMessage());
        var unready = assertThrows(IllegalArgumentException.class, () -> ModelFile.save(
                new MultiLayerNetwork(Mlp.binary(2).configuration()), folder.resolve("m.zip"), Map.of()));
        assertEquals("the network has no weights yet; call init() before saving it", unready.getMessage());
    }

    private static void damaged(Path file, Map<String, byte[]> good, String name, byte[] bytes, String message) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>(good);
        entries.put(name, bytes);
        zip(file, entries);
        refused(file, message);
    }

    private static void refused(Path file, String message) {
        assertEquals(file + message, assertThrows(ModelFileException.class, () -> ModelFile.load(file)).getMessage());
    }

    private static Map<String, byte[]> entries(Path file) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Enumeration<? extends ZipEntry> all = zip.entries();
            while (all.hasMoreElements()) {
                ZipEntry entry = all.nextElement();
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private static void zip(Path file, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
    }
}
