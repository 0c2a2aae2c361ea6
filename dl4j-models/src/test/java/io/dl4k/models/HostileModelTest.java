package io.dl4k.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A malicious model for each thing that a stranger could try: none runs code, takes memory that it does not fill, or leaves its folder. Where stock's own
 * loader falls for it, the test says so by doing it.
 */
class HostileModelTest {

    /** What ran. */
    private static final Set<String> SUNG = ConcurrentHashMap.newKeySet();

    /** Each stands for any class of the class path: what runs when it is only loaded, which happens once a class. */
    static final class Named {
        static {
            SUNG.add("Named");
        }
    }

    static final class Argument {
        static {
            SUNG.add("Argument");
        }
    }

    static final class Distribution {
        static {
            SUNG.add("Distribution");
        }
    }

    static final class Strategy {
        static {
            SUNG.add("Strategy");
        }
    }

    /** Stands for any class whose reading runs code. */
    static final class Gadget implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            SUNG.add("Gadget");
        }
    }

    @TempDir
    Path folder;
    private Path file;
    private Map<String, byte[]> good;

    @BeforeEach
    void saveAModel() throws IOException {
        file = folder.resolve("model.zip");
        good = entries(Mlp.classifier(4, 3).hidden(8).build());
    }

    private Map<String, byte[]> entries(Model net) throws IOException {
        ModelFile.save(net, file, Map.of("notes", new byte[3]));
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

    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    /** The good model with one entry changed. */
    private void with(String name, Content content) throws IOException {
        Map<String, byte[]> others = new LinkedHashMap<>(good);
        others.remove(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : others.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
            zip.putNextEntry(new ZipEntry(name));
            content.write(zip);
            zip.closeEntry();
        }
    }

    private void withConfiguration(String json) throws IOException {
        with("configuration.json", out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
    }

    private String configuration() {
        return new String(good.get("configuration.json"), StandardCharsets.UTF_8);
    }

    private String message() {
        String message = assertThrows(ModelFileException.class, () -> ModelFile.load(file)).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.lines().count() == 1, message);
        return message.substring(file.toString().length() + 2);
    }

    private static String name(Class<?> canary) {
        return HostileModelTest.class.getName() + "$" + canary.getSimpleName();
    }

    private void assertStockFallsForIt(String canary) {
        assertStockFallsForIt(canary, ModelSerializer::restoreMultiLayerNetwork);
    }

    /** A way in which stock reads a file. */
    private interface StockReader {
        Object read(File file) throws Exception;
    }

    /** Stock reads the same file, and whatever it then thinks of it, the code has run. */
    private void assertStockFallsForIt(String canary, StockReader stock) {
        assertFalse(SUNG.contains(canary), canary + " ran");
        try {
            assertNotNull(stock.read(file.toFile()));
        } catch (Exception e) {
            assertNotNull(e.getMessage());
        }
        assertTrue(SUNG.contains(canary), "stock is safer than thought");
        SUNG.remove(canary);
    }

    private static final String NAMED = "its description names a class that a model may not name ('%s'). Do not use it, or get it from its author again.";

    @Test
    void className_anywhere_isRefusedBeforeItIsLoaded() throws IOException {
        String evil = name(Named.class);
        for (Model net : List.of(Mlp.classifier(4, 3).hidden(8).build(), ResidualCnn.images(6, 6, 1).residual(3, 3, 2).globalAvgPool().classes(2).build())) {
            good = entries(net);
            Matcher at = Pattern.compile("\"@class\" : \"[^\"]+\"").matcher(configuration());
            int places = 0;
            while (at.find()) {
                places++;
                withConfiguration(configuration().substring(0, at.start()) + "\"@class\" : \"" + evil + "\"" + configuration().substring(at.end()));
                assertEquals(NAMED.formatted(evil), message());
            }
            assertTrue(places > 5, configuration());
        }
        withConfiguration(configuration().replaceFirst("\"activationFn\" : \\{[^}]*\\}", Matcher.quoteReplacement("\"activationFn\" : [\"" + evil + "\", {}]")));
        assertEquals(NAMED.formatted(evil), message());
        good = entries(Mlp.classifier(4, 3).hidden(8).build());
        withConfiguration(configuration().replaceFirst("\"@class\" : \"[^\"]+\"", Matcher.quoteReplacement("\"@class\" : \"" + evil + "\"")));
        assertStockFallsForIt("Named");
    }

    @Test
    void className_twice_isRefused() throws IOException {
        withConfiguration(configuration().replaceFirst("\"@class\" :", "\"@class\" : \"" + Matcher.quoteReplacement(name(Named.class)) + "\", \"@class\" :"));
        assertTrue(message().matches("its description has a key twice \\(line \\d+\\)\\. Do not use it, or get it from its author again\\."), message());
    }

    @Test
    void className_asTypeArgumentOfAnAllowedOne_isNotLoaded() throws IOException {
        withConfiguration(configuration().replaceFirst("\"@class\" : \"(org[^\"]+DenseLayer)\"", "\"@class\" : \"$1<" + Matcher.quoteReplacement(name(Argument.class)) + ">\""));
        assertTrue(message().startsWith("its network cannot be rebuilt ("), message());
        assertStockFallsForIt("Argument");
    }

    @Test
    void distribution_ofOldFormats_isNotRead() throws IOException {
        withConfiguration(configuration().replaceFirst("\"weightInitFn\" : \\{[^}]*\\}", Matcher.quoteReplacement("\"weightInitFn\" : null, \"weightInit\" : \"DISTRIBUTION\", "
                + "\"dist\" : {\"type\" : \"" + name(Distribution.class) + "\"}")));
        assertEquals("its description is in a format older than Deeplearning4j 1.0.0-beta. Save the model again with 1.0.0-M2.1.", message());
        assertStockFallsForIt("Distribution");
    }

    @Test
    void activation_ofOldFormats_isNotRead() throws IOException {
        withConfiguration(configuration().replaceFirst("\"activationFn\" : \\{[^}]*\\}", "\"activationFn\" : {\"TanH\" : {}}"));
        assertTrue(message().startsWith("its network cannot be rebuilt ("), message());
    }

    @Test
    void preprocessor_isNotDeserialised() throws IOException {
        with("preprocessor.bin", out -> out.write(serialised()));
        assertInstanceOf(MultiLayerNetwork.class, ModelFile.load(file).network());
        assertStockFallsForIt("Gadget");
    }

    /** Nor does stock: its second reader would, but starts at the file's first byte, which is the zip's. */
    @Test
    void normaliser_isNotDeserialised() throws IOException {
        with("normalizer.bin", out -> out.write(serialised()));
        assertInstanceOf(MultiLayerNetwork.class, ModelFile.load(file).network());
        assertFalse(SUNG.contains("Gadget"));
        assertThrows(Exception.class, () -> ModelSerializer.restoreNormalizerFromFile(file.toFile()));
        assertFalse(SUNG.contains("Gadget"));
    }

    @Test
    void normaliser_ofAStrategyThatTheFileNames_isNotLoaded() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(bytes);
        data.writeUTF("NORMALIZER");
        data.writeInt(1);
        data.writeUTF("CUSTOM");
        data.writeUTF(name(Strategy.class));
        with("normalizer.bin", out -> out.write(bytes.toByteArray()));
        assertInstanceOf(MultiLayerNetwork.class, ModelFile.load(file).network());
        assertStockFallsForIt("Strategy", ModelSerializer::restoreNormalizerFromFile);
    }

    /** What stock's {@code addObjectToFile} writes. */
    @Test
    void object_beside_isNotDeserialised() throws IOException {
        with("objects/labels", out -> out.write(serialised()));
        assertInstanceOf(MultiLayerNetwork.class, ModelFile.load(file).network());
        assertStockFallsForIt("Gadget", model -> ModelSerializer.getObjectFromFile(model, "labels"));
    }

    private static byte[] serialised() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new Gadget());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "extras/../../evil", "/etc/evil", "C:\\evil", "..\\evil", ".."})
    void entry_outside_isRefused(String name) throws IOException {
        with(name, out -> out.write(1));
        assertEquals("entry '" + name + "' points outside the archive. Do not use this file, or get it from its author again.", message());
    }

    @Test
    void zeros_withoutEnd_areNotRead() throws IOException {
        with("coefficients.bin", out -> zeros(out, 1500));
        assertEquals("entry 'coefficients.bin' is damaged: it is no vector. Copy or save the model again.", message());
        with("configuration.json", out -> zeros(out, 20));
        assertEquals("entry 'configuration.json' is larger than 16777216 bytes. It is not a model of this program.", message());
        with("extras/notes", out -> zeros(out, 300));
        assertTrue(message().startsWith("entry 'extras/notes' grows from "), message());
    }

    /** The description agrees that there are so many weights: only how far they deflate gives them away. */
    @Test
    void weights_thatAreABomb_areNotRead() throws IOException {
        withWeights(configuration().replace("\"nin\" : 4", "\"nin\" : 5000000"), 5_000_000 * 8 + 8 + 8 * 3 + 3);
        assertTrue(message().matches("entry 'coefficients.bin' grows from \\d+ to 160000140 bytes: refused. It is not a model of this program."), message());
    }

    @ParameterizedTest
    @CsvSource({"66", "68", "2000000000", "9223372036854775807", "0", "-67"})
    void weights_ofAnotherNumber_areRefusedBeforeTheyAreRead(long weights) throws IOException {
        withWeights(configuration(), weights);
        String problem = weights < 1 ? "its sizes do not fit each other" : "it has " + weights + " weights, its network 67";
        assertEquals("entry 'coefficients.bin' is damaged: " + problem + ". Copy or save the model again.", message());
    }

    @Test
    void optimizer_ofAnotherNumber_isRefusedBeforeItIsRead() throws IOException {
        with("updaterState.bin", out -> header(out, new long[] {1, 1_000_000_000}, new long[] {1, 1}));
        assertEquals("entry 'updaterState.bin' is damaged: it has 1000000000 values for 67 weights. Copy or save the model again.", message());
    }

    /** ND4J's own reader believes strides, and native code then reads what lies elsewhere in memory. */
    @Test
    void strides_areNotBelieved() throws IOException {
        byte[] weights = good.get("coefficients.bin");
        with("coefficients.bin", out -> {
            header(out, new long[] {1, 67}, new long[] {1L << 40, 1L << 40});
            out.write(weights, weights.length - 67 * 4, 67 * 4);
        });
        MultiLayerNetwork net = assertInstanceOf(MultiLayerNetwork.class, ModelFile.load(file).network());
        with("coefficients.bin", out -> out.write(weights));
        assertEquals(((MultiLayerNetwork) ModelFile.load(file).network()).params(), net.params());
        assertTrue(Arrays.stream(net.params().stride()).allMatch(stride -> stride <= 67));
    }

    @Test
    void layersWithoutEnd_areRefused() throws IOException {
        String frozen = "{\"@class\" : \"org.deeplearning4j.nn.conf.layers.misc.FrozenLayer\", \"layer\" : ";
        withConfiguration(configuration().replaceFirst("\"layer\" : ", Matcher.quoteReplacement("\"layer\" : " + frozen.repeat(20_000))));
        assertEquals("its description is nested deeper than 100 levels. It is not a model of this program.", message());
        withConfiguration("[".repeat(1_000_000));
        assertEquals("its description is nested deeper than 100 levels. It is not a model of this program.", message());
    }

    @Test
    void lossWeights_shorterThanTheySay_areRefused() throws IOException {
        good = entries(Mlp.classifier(4, 3).hidden(8).classWeights(1, 2, 3).build());
        List<String> shapes = new ArrayList<>();
        Matcher shape = Pattern.compile("\"shape\" : \\[[^\\]]*\\]").matcher(configuration());
        while (shape.find()) {
            shapes.add(shape.group());
        }
        assertEquals(1, shapes.size(), configuration());
        withConfiguration(configuration().replace(shapes.get(0), "\"shape\" : [ 1, 1000000000 ]"));
        assertTrue(message().startsWith("its network cannot be rebuilt (an array of 3 values says that it has 1000000000"), message());
    }

    private void withWeights(String configuration, long weights) throws IOException {
        good.put("configuration.json", configuration.getBytes(StandardCharsets.UTF_8));
        with("coefficients.bin", out -> {
            header(out, new long[] {1, weights}, new long[] {1, 1});
            zeros(out, (int) Math.max(0, Math.min(200, weights * 4 >> 20)));
        });
    }

    /** As {@code Nd4j.write} writes it. */
    private static void header(OutputStream out, long[] shape, long[] strides) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        data.writeUTF("LONG_SHAPE");
        data.writeLong(2L * shape.length + 4);
        data.writeUTF("LONG");
        data.writeLong(shape.length);
        for (long size : shape) {
            data.writeLong(size);
        }
        for (long stride : strides) {
            data.writeLong(stride);
        }
        data.writeLong(0);
        data.writeLong(1);
        data.writeLong('c');
        data.writeUTF("LONG_SHAPE");
        data.writeLong(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
        data.writeUTF("FLOAT");
        data.flush();
    }

    private static void zeros(OutputStream out, int mebibytes) throws IOException {
        byte[] zeros = new byte[1 << 20];
        for (int i = 0; i < mebibytes; i++) {
            out.write(zeros);
        }
    }
}
