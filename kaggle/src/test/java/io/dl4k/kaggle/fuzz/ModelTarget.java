package io.dl4k.kaggle.fuzz;

import io.dl4k.models.Mlp;
import io.dl4k.models.ModelFile;
import io.dl4k.models.ModelFileException;
import io.dl4k.models.ResidualCnn;
import io.dl4k.models.Rnn;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.deeplearning4j.nn.api.Model;

/** {@code ModelFile.load}. An input that does not start as a zip does is a {@link Packed} one. */
final class ModelTarget implements Target {
    @Override
    public boolean ofNetworks() {
        return true;
    }

    @Override
    public void read(byte[] input, Path folder) throws IOException {
        boolean raw = input.length > 1 && input[0] == 'P' && input[1] == 'K';
        Path file = Files.write(folder.resolve("input"), raw ? input : Packed.zip(input));
        try {
            Model net = ModelFile.load(file).network();
            if (net.numParams() != net.params().length()) {
                throw new AssertionError("a network of " + net.numParams() + " weights has " + net.params().length());
            }
        } catch (ModelFileException e) {
            requireOneLine(e);
        }
    }

    static void requireOneLine(ModelFileException e) {
        if (e.getMessage().lines().count() != 1) {
            throw new AssertionError("no message in one line: " + e.getMessage());
        }
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        Map<String, byte[]> extras = Map.of("notes", new byte[] {1, 2, 3});
        seeds.put("mlp", packed(ModelFile.toBytes(Mlp.classifier(2, 2).hidden(2).dropout(0.2).batchNorm().build(), extras)));
        seeds.put("weighted", packed(ModelFile.toBytes(Mlp.classifier(2, 3).classWeights(1, 2, 3).build(), Map.of())));
        seeds.put("lstm", packed(ModelFile.toBytes(Rnn.tokens(3, 2).lstm(2).bidirectional().maxOverTime().classes(2).clipGradients(1.0).build(), Map.of())));
        seeds.put("graph", packed(ModelFile.toBytes(ResidualCnn.images(4, 4, 1).residual(1, 3, 1).globalAvgPool().classes(2).build(), Map.of())));
        seeds.put("zip", ModelFile.toBytes(Mlp.classifier(2, 2).build(), extras));
        return seeds;
    }

    /** A model's zip as text; the description without blanks, so that more of it fits. */
    static byte[] packed(byte[] zip) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] bytes = in.readAllBytes();
                boolean json = entry.getName().endsWith("configuration.json");
                entries.put(entry.getName(), json ? new String(bytes, StandardCharsets.UTF_8).replaceAll("\\s+", "").getBytes(StandardCharsets.UTF_8) : bytes);
            }
        }
        return Packed.text(entries);
    }

    @Override
    public List<String> words() {
        return List.of("==>", "configuration.json\n", "coefficients.bin\n", "updaterState.bin\n", "dl4k.json\n", "normalizer.bin\n", "preprocessor.bin\n", "extras/", "../", "\"@class\":\"", "\"dist\":",
                "\"weightInit\":", "\"jaz.Zer\"", "org.deeplearning4j.nn.conf.layers.", "org.deeplearning4j.nn.conf.graph.", "org.nd4j.linalg.activations.impl.", "org.nd4j.linalg.lossfunctions.impl.",
                "org.nd4j.linalg.learning.config.", "org.nd4j.linalg.schedule.", "DenseLayer", "FrozenLayer", "\"nin\":", "\"nout\":", "\"vertices\":", "\"networkInputs\":", "null", "[[", "LONG", "FLOAT",
                "DOUBLE", "\"globalNorm\":", "\"losses\":[{\"kind\":\"huber\"", "-1", "1e999", "2147483647", "9223372036854775807");
    }
}
