package io.dl4k.models;

import io.dl4k.data.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonMappingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.exc.InvalidTypeIdException;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Networks on disk, as the zip that Deeplearning4j's own {@code ModelSerializer} writes and reads: {@code configuration.json},
 * {@code coefficients.bin}, {@code updaterState.bin}. Plain Deeplearning4j without this library loads it and gives the same
 * outputs.
 *
 * <p>For that, losses of ours are written as the nearest stock loss (Huber as MAE, smoothed cross-entropy as MCXENT with the
 * same class weights, weighted or smoothed binary cross-entropy as XENT with the same output weights), which only training
 * and the score see. What was replaced, and the threshold of a {@link GlobalNormClipping}, stand in the further entry
 * {@code dl4k.json}, from which {@link #load} restores them.
 *
 * <p>The same network gives the same bytes: entries have a fixed order and time. Extras, such as the state of the
 * preprocessing, are entries {@code extras/NAME}. Loading bounds every size, and never reads Java objects: stock's
 * {@code normalizer.bin} and {@code preprocessor.bin} are ignored.
 */
public final class ModelFile {

    private static final String CONFIGURATION = "configuration.json";
    private static final String COEFFICIENTS = "coefficients.bin";
    private static final String UPDATER_STATE = "updaterState.bin";
    private static final String OURS = "dl4k.json";
    private static final int VERSION = 1;
    /** Limit at load: far above any model of ours, far below what could fill the memory unnoticed. */
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 64;
    /** What an optimizer keeps of each weight; the most is three, with AMSGrad. */
    private static final int MOST_STATES = 4;
    /** The first time a zip can hold; the same in every time zone. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelFile() {
    }

    /**
     * What a file held.
     *
     * @param network a {@link MultiLayerNetwork} or a {@link ComputationGraph}, initialised
     * @param extras  by name, unmodifiable; the arrays are the caller's
     */
    public record Loaded(Model network, Map<String, byte[]> extras) {
        public Loaded {
            Check.notNull("network", network);
            extras = Collections.unmodifiableMap(new LinkedHashMap<>(extras));
        }
    }

    /**
     * Writes the network with its weights, the optimizer's state and step count. The file appears whole or not at all.
     *
     * @param net    a {@link MultiLayerNetwork} or a {@link ComputationGraph}, initialised
     * @param path   file to write; replaced if there
     * @param extras further entries; names of 1 to 100 letters, digits, dots, dashes and underscores, not starting with a mark
     * @throws IOException              if writing fails; the old file, if any, is then untouched
     * @throws IllegalArgumentException if the network is of another kind or not initialised, or a name is not allowed
     */
    public static void save(Model net, Path path, Map<String, byte[]> extras) throws IOException {
        save(net, path, extras, Deflater.DEFAULT_COMPRESSION);
    }

    /**
     * The same, where the time to write counts for more than the size, or less.
     *
     * @param net    as for {@link #save(Model, Path, Map)}
     * @param path   as for {@link #save(Model, Path, Map)}
     * @param extras as for {@link #save(Model, Path, Map)}
     * @param level  of compression, from {@link Deflater#NO_COMPRESSION} to {@link Deflater#BEST_COMPRESSION}, or {@link Deflater#DEFAULT_COMPRESSION}
     * @throws IOException              as {@link #save(Model, Path, Map)}
     * @throws IllegalArgumentException as {@link #save(Model, Path, Map)}, or if there is no such level
     */
    public static void save(Model net, Path path, Map<String, byte[]> extras, int level) throws IOException {
        Map<String, byte[]> sorted = checked(net, extras);
        AtomicFile.write(path, out -> write(net, out, sorted, level));
    }

    private static void write(Model net, OutputStream out, Map<String, byte[]> extras, int level) throws IOException {
        ObjectNode ours = JSON.createObjectNode().put("version", VERSION);
        String configuration = stockJson(net, ours);
        INDArray updaterState = net instanceof MultiLayerNetwork layers
                ? layers.getUpdater().getStateViewArray() : ((ComputationGraph) net).getUpdater().getStateViewArray();
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        zip.setLevel(level);
        entry(zip, CONFIGURATION, configuration.getBytes(StandardCharsets.UTF_8));
        entry(zip, COEFFICIENTS, net.params());
        if (updaterState != null && updaterState.length() > 0) {
            entry(zip, UPDATER_STATE, updaterState);
        }
        OptionalDouble globalNorm = GlobalNormClipping.of(net);
        if (globalNorm.isPresent()) {
            ours.put("globalNorm", globalNorm.getAsDouble());
        }
        entry(zip, OURS, (JSON.writeValueAsString(ours) + "\n").getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, byte[]> extra : extras.entrySet()) {
            entry(zip, ModelArchive.EXTRAS + extra.getKey(), extra.getValue());
        }
        zip.finish();
    }

    private static void start(ZipOutputStream zip, String name) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
    }

    private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        start(zip, name);
        zip.write(bytes);
        zip.closeEntry();
    }

    private static void entry(ZipOutputStream zip, String name, INDArray array) throws IOException {
        start(zip, name);
        ArrayWriter.write(array, zip);
        zip.closeEntry();
    }

    /** The configuration with stock losses only; what was replaced goes into {@code ours}. */
    private static String stockJson(Model net, ObjectNode ours) {
        ArrayNode losses = JSON.createArrayNode();
        BiFunction<String, ILossFunction, ILossFunction> toStock = (layer, loss) -> {
            ILossFunction stock = nearestStock(loss);
            if (stock != loss) {
                losses.add(described(loss).put("layer", layer));
            }
            return stock;
        };
        String json;
        if (net instanceof MultiLayerNetwork layers) {
            MultiLayerConfiguration original = layers.getLayerWiseConfigurations();
            MultiLayerConfiguration copy = original.clone();
            copy.setIterationCount(original.getIterationCount());
            copy.setEpochCount(original.getEpochCount());
            replaceLosses(copy, toStock);
            json = copy.toJson();
        } else {
            ComputationGraphConfiguration original = ((ComputationGraph) net).getConfiguration();
            ComputationGraphConfiguration copy = original.clone();
            copy.setIterationCount(original.getIterationCount());
            copy.setEpochCount(original.getEpochCount());
            replaceLosses(copy, toStock);
            json = copy.toJson();
        }
        if (!losses.isEmpty()) {
            ours.set("losses", losses);
        }
        return json;
    }

    private static void replaceLosses(MultiLayerConfiguration configuration,
            BiFunction<String, ILossFunction, ILossFunction> replacement) {
        for (int i = 0; i < configuration.getConfs().size(); i++) {
            replaceLoss(Integer.toString(i), configuration.getConf(i).getLayer(), replacement);
        }
    }

    private static void replaceLosses(ComputationGraphConfiguration configuration,
            BiFunction<String, ILossFunction, ILossFunction> replacement) {
        for (Map.Entry<String, GraphVertex> vertex : configuration.getVertices().entrySet()) {
            if (vertex.getValue() instanceof LayerVertex layer) {
                NeuralNetConfiguration conf = layer.getLayerConf();
                replaceLoss(vertex.getKey(), conf.getLayer(), replacement);
            }
        }
    }

    private static void replaceLoss(String name, Layer layer, BiFunction<String, ILossFunction, ILossFunction> replacement) {
        if (layer instanceof BaseOutputLayer output) {
            output.setLossFn(replacement.apply(name, output.getLossFn()));
        }
    }

    private static ILossFunction nearestStock(ILossFunction loss) {
        if (loss instanceof HuberLoss) {
            return new LossMAE();
        }
        if (loss instanceof SmoothedCrossEntropyLoss smoothed) {
            return SmoothedCrossEntropyLoss.stockCrossEntropy(smoothed.classWeights());
        }
        if (loss instanceof BinaryCrossEntropyLoss binary) {
            double[] weights = binary.outputWeights();
            return weights.length == 0 ? new LossBinaryXENT()
                    : new LossBinaryXENT(Nd4j.createFromArray(weights).reshape(1, weights.length));
        }
        return loss;
    }

    private static ObjectNode described(ILossFunction loss) {
        ObjectNode node = JSON.createObjectNode();
        if (loss instanceof HuberLoss huber) {
            return node.put("kind", "huber").put("delta", huber.delta());
        }
        if (loss instanceof SmoothedCrossEntropyLoss smoothed) {
            node.put("kind", "crossEntropy").put("smoothing", smoothed.smoothing());
            node.set("weights", array(smoothed.classWeights()));
            return node;
        }
        BinaryCrossEntropyLoss binary = (BinaryCrossEntropyLoss) loss;
        node.put("kind", "binaryCrossEntropy").put("smoothing", binary.smoothing())
                .put("negativeWeight", binary.negativeWeight()).put("positiveWeight", binary.positiveWeight());
        node.set("weights", array(binary.outputWeights()));
        return node;
    }

    private static ArrayNode array(double[] values) {
        ArrayNode node = JSON.createArrayNode();
        for (double value : values) {
            node.add(value);
        }
        return node;
    }

    /**
     * The bytes that {@link #save} would write, for a model kept inside another file.
     *
     * @param net    as for {@link #save}
     * @param extras as for {@link #save}
     * @return a stock zip
     * @throws IllegalArgumentException as {@link #save} does
     */
    public static byte[] toBytes(Model net, Map<String, byte[]> extras) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            write(net, out, checked(net, extras), Deflater.DEFAULT_COMPRESSION);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return out.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} gave.
     *
     * @param name  for messages
     * @param bytes a stock zip
     * @return as {@link #load}
     * @throws ModelFileException if it is not a whole model
     * @throws IOException        if reading fails
     */
    public static Loaded fromBytes(String name, byte[] bytes) throws IOException {
        // Zips are read by their directory at the end, which Java does from files only.
        Path part = Files.createTempFile("dl4k-", ".zip");
        try {
            Files.write(part, bytes);
            return load(part);
        } catch (ModelFileException e) {
            throw new ModelFileException(Path.of(name), e.problem(), e);
        } finally {
            Files.delete(part);
        }
    }

    private static Map<String, byte[]> checked(Model net, Map<String, byte[]> extras) {
        if (!(net instanceof MultiLayerNetwork) && !(net instanceof ComputationGraph)) {
            throw new IllegalArgumentException("only a MultiLayerNetwork or a ComputationGraph can be saved, got "
                    + (net == null ? "null" : net.getClass().getName()));
        }
        boolean ready = net instanceof MultiLayerNetwork layers ? layers.isInitCalled()
                : ((ComputationGraph) net).getVertices() != null;
        if (!ready) {
            throw new IllegalArgumentException("the network has no weights yet; call init() before saving it");
        }
        Map<String, byte[]> sorted = new TreeMap<>(extras);
        for (String name : sorted.keySet()) {
            if (!ModelArchive.EXTRA_NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("extra '" + name
                        + "': names have 1 to 100 letters, digits, dots, dashes and underscores, not starting with a mark");
            }
        }
        return sorted;
    }

    /**
     * Reads a file that {@link #save} or Deeplearning4j's {@code ModelSerializer} wrote.
     *
     * @param path the file
     * @return the network, ready to predict or to train on, and the extras
     * @throws ModelFileException if there is no such file, or it is not a whole model
     * @throws IOException        if reading fails
     */
    public static Loaded load(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new ModelFileException(path, Files.exists(path) ? "not a file. Give the model's zip."
                    : "no such file. Check the path, or train a model first.", null);
        }
        try (ModelArchive archive = new ModelArchive(path)) {
            String configuration = archive.json(CONFIGURATION);
            try (InputStream coefficients = archive.stream(COEFFICIENTS); InputStream updaterState = archive.stream(UPDATER_STATE)) {
                if (configuration == null || coefficients == null) {
                    throw new ModelFileException(path, "a zip, but not a model: it has no "
                            + (configuration == null ? CONFIGURATION : COEFFICIENTS) + ". Give a file that was saved as a model.", null);
                }
                Parts parts = new Parts(path, archive, coefficients, updaterState);
                Model net = network(path, configuration, parts, archive.json(OURS));
                return new Loaded(net, archive.extras());
            }
        } catch (ModelFileException e) {
            throw e;
        } catch (java.util.zip.ZipException | java.io.EOFException e) {
            throw new ModelFileException(path, "not a whole zip (" + firstLine(e) + "). Copy or save the model again.", e);
        } catch (IllegalArgumentException e) {
            // What ZipFile throws for names that are not UTF-8.
            throw new ModelFileException(path, "not a zip that this program wrote (" + firstLine(e) + "). Copy or save the model again.", e);
        }
    }

    /** The arrays of a file, read once it is known how long they may be. */
    private record Parts(Path path, ModelArchive archive, InputStream coefficients, InputStream updaterState) {

        /** @param wanted the network's parameters, of which the description tells */
        INDArray coefficients(ArrayReader reader, long wanted) throws IOException {
            if (reader.length() != wanted) {
                throw damaged(COEFFICIENTS, "it has " + reader.length() + " weights, its network " + wanted, null);
            }
            archive.requireNoBomb(COEFFICIENTS, reader.bytes());
            return values(COEFFICIENTS, reader);
        }

        /** @return null if the file has none */
        INDArray updaterState(long weights) throws IOException {
            if (updaterState == null) {
                return null;
            }
            ArrayReader reader = opened(UPDATER_STATE, updaterState);
            if (reader.length() > MOST_STATES * weights) {
                throw damaged(UPDATER_STATE, "it has " + reader.length() + " values for " + weights + " weights", null);
            }
            return values(UPDATER_STATE, reader);
        }

        ArrayReader opened(String name, InputStream in) throws IOException {
            try {
                return ArrayReader.open(in);
            } catch (java.util.zip.ZipException e) {
                throw e;
            } catch (IOException e) {
                throw damaged(name, firstLine(e), e);
            }
        }

        private INDArray values(String name, ArrayReader reader) throws IOException {
            if (reader.bytes() > LARGEST_ARRAY) {
                throw damaged(name, "it has more than " + LARGEST_ARRAY + " bytes", null);
            }
            try {
                return reader.read();
            } catch (java.util.zip.ZipException e) {
                throw e;
            } catch (IOException e) {
                throw damaged(name, firstLine(e), e);
            }
        }

        private ModelFileException damaged(String name, String problem, Exception cause) {
            return new ModelFileException(path, "entry '" + name + "' is damaged: " + problem + ". Copy or save the model again.", cause);
        }
    }

    private static Model network(Path path, String configuration, Parts parts, String ours) throws IOException {
        try {
            ConfigurationReader.requireReadable(configuration);
            JsonNode tree = JSON.readTree(configuration);
            JsonNode own = ours == null ? JSON.createObjectNode() : JSON.readTree(ours);
            if (own.path("version").asInt(VERSION) > VERSION) {
                throw new ModelFileException(path, "written by a newer version of this program (format "
                        + own.path("version").asInt() + ", this one knows " + VERSION + "). Update it.", null);
            }
            Map<String, ILossFunction> losses = losses(own);
            BiFunction<String, ILossFunction, ILossFunction> restore = (layer, stock) -> losses.getOrDefault(layer, stock);
            ArrayReader weights = parts.opened(COEFFICIENTS, parts.coefficients());
            Model net;
            if (tree.has("vertices")) {
                ComputationGraphConfiguration conf = ConfigurationReader.graph(configuration);
                conf.setDataType(weights.type());
                replaceLosses(conf, restore);
                INDArray coefficients = parts.coefficients(weights, parameters(conf));
                INDArray updaterState = parts.updaterState(weights.length());
                ComputationGraph graph = new ComputationGraph(conf);
                graph.init(coefficients, false);
                if (updaterState != null) {
                    graph.getUpdater().setStateViewArray(updaterState);
                }
                net = graph;
            } else {
                MultiLayerConfiguration conf = ConfigurationReader.layers(configuration);
                conf.setDataType(weights.type());
                replaceLosses(conf, restore);
                INDArray coefficients = parts.coefficients(weights, parameters(conf));
                INDArray updaterState = parts.updaterState(weights.length());
                MultiLayerNetwork layers = new MultiLayerNetwork(conf);
                layers.init(coefficients, false);
                if (updaterState != null) {
                    layers.getUpdater().setStateViewArray(layers, updaterState, false);
                }
                net = layers;
            }
            if (own.has("globalNorm")) {
                net.addListeners(new GlobalNormClipping(own.get("globalNorm").asDouble()));
            }
            return net;
        } catch (InvalidTypeIdException e) {
            if (e.getTypeId() == null) {
                throw unbuildable(path, e);
            }
            throw new ModelFileException(path, "its description names a class that a model may not name ("
                    + "'" + ModelFileException.shown(e.getTypeId()) + "'" + "). Do not use it, or get it from its author again.", e);
        } catch (ConfigurationReader.RefusedException e) {
            throw new ModelFileException(path, e.getMessage(), e);
        } catch (JsonMappingException e) {
            throw unbuildable(path, e);
        } catch (JsonProcessingException e) {
            throw new ModelFileException(path, "its description is not JSON (line " + e.getLocation().getLineNr()
                    + "). Copy or save the model again.", e);
        } catch (RuntimeException e) {
            throw unbuildable(path, e);
        }
    }

    private static ModelFileException unbuildable(Path path, Exception e) {
        return new ModelFileException(path, "its network cannot be rebuilt (" + ModelFileException.shown(firstLine(e))
                + "). Save the model again with Deeplearning4j 1.0.0-M2.1.", e);
    }

    private static long parameters(MultiLayerConfiguration configuration) {
        long parameters = 0;
        for (NeuralNetConfiguration layer : configuration.getConfs()) {
            parameters = Math.addExact(parameters, layer.getLayer().initializer().numParams(layer));
        }
        return parameters;
    }

    private static long parameters(ComputationGraphConfiguration configuration) {
        long parameters = 0;
        for (GraphVertex vertex : configuration.getVertices().values()) {
            parameters = Math.addExact(parameters, vertex.numParams(true));
        }
        return parameters;
    }

    private static String firstLine(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().findFirst().orElse("").strip();
    }

    private static Map<String, ILossFunction> losses(JsonNode own) {
        Map<String, ILossFunction> losses = new LinkedHashMap<>();
        for (JsonNode loss : own.path("losses")) {
            losses.put(loss.path("layer").asText(), loss(loss));
        }
        return losses;
    }

    private static ILossFunction loss(JsonNode node) {
        double smoothing = node.path("smoothing").asDouble();
        double[] weights = new double[node.path("weights").size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = node.path("weights").get(i).asDouble();
        }
        String kind = node.path("kind").asText();
        switch (kind) {
            case "huber":
                return new HuberLoss(node.path("delta").asDouble());
            case "crossEntropy":
                return new SmoothedCrossEntropyLoss(smoothing, weights);
            case "binaryCrossEntropy":
                return new BinaryCrossEntropyLoss(node.path("negativeWeight").asDouble(),
                        node.path("positiveWeight").asDouble(), smoothing, weights);
            default:
                throw new IllegalArgumentException("unknown loss '" + kind + "'");
        }
    }
}
