package io.dl4k.models;

import java.io.IOException;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.serde.jackson.shaded.NDArrayTextDeSerializer;
import org.nd4j.serde.json.BaseLegacyDeserializer;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonParseException;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.DeserializationConfig;
import org.nd4j.shade.jackson.databind.DeserializationContext;
import org.nd4j.shade.jackson.databind.JavaType;
import org.nd4j.shade.jackson.databind.JsonDeserializer;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.JsonSerializer;
import org.nd4j.shade.jackson.databind.KeyDeserializer;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.SerializationConfig;
import org.nd4j.shade.jackson.databind.cfg.HandlerInstantiator;
import org.nd4j.shade.jackson.databind.cfg.MapperConfig;
import org.nd4j.shade.jackson.databind.introspect.Annotated;
import org.nd4j.shade.jackson.databind.jsontype.PolymorphicTypeValidator;
import org.nd4j.shade.jackson.databind.jsontype.TypeIdResolver;
import org.nd4j.shade.jackson.databind.jsontype.TypeResolverBuilder;
import org.nd4j.shade.jackson.databind.type.TypeFactory;
import org.nd4j.shade.jackson.databind.util.LRUMap;
import org.nd4j.shade.jackson.databind.util.LookupCache;

/**
 * Reads Deeplearning4j's JSON of a network from a stranger. Stock's {@code fromJson} loads, and so initialises, any class of the
 * class path that the file names as {@code @class}, before it looks whether the class fits. Here a name is judged before it is
 * loaded, and only packages of stock layers and their parts pass.
 *
 * <p>The judge sits in the mapper, not in a search of the text: Jackson also takes a class from a doubled key, from the first
 * element of an array and from the type arguments of an allowed name. Three ways lead around the mapper, all of them for formats
 * older than 1.0.0-beta, and all are closed: deserialisers for parts without {@code @class}, which use mappers of their own; the
 * field {@code dist} beside {@code weightInit}, which stock reads with its own mapper; and {@code fromJson}'s second try.
 */
final class ConfigurationReader {

    /** Deepest nesting of objects and arrays; a layer in a layer is two levels, and the reader's stack is deeper still. */
    static final int DEEPEST = 100;
    private static final Pattern ALLOWED = Pattern.compile(
            "org\\.(deeplearning4j\\.nn\\.(conf|weights|api\\.layers)|nd4j\\.linalg\\.(activations|learning|lossfunctions|schedule))\\.[\\w.$]+");
    /** A copy: stock's own stays as it is, and deserialisers that it has made already are not taken over. */
    private static final ObjectMapper STOCK = copy();

    private ConfigurationReader() {
    }

    private static ObjectMapper copy() {
        ObjectMapper copy = NeuralNetConfiguration.mapper().copy();
        copy.setPolymorphicTypeValidator(new Allowed());
        copy.setTypeFactory(new AllowedTypes());
        copy.setHandlerInstantiator(new Deserialisers());
        return copy;
    }

    /** @throws IOException if it is no such configuration, or names a class outside the allowed packages */
    static MultiLayerConfiguration layers(String json) throws IOException {
        requireReadable(json);
        MultiLayerConfiguration network = STOCK.readValue(json, MultiLayerConfiguration.class);
        for (NeuralNetConfiguration conf : network.getConfs()) {
            requireWhole(conf.getLayer());
        }
        return network;
    }

    /** @throws IOException as for {@link #layers} */
    static ComputationGraphConfiguration graph(String json) throws IOException {
        requireReadable(json);
        ComputationGraphConfiguration network = STOCK.readValue(json, ComputationGraphConfiguration.class);
        for (GraphVertex vertex : network.getVertices().values()) {
            if (vertex instanceof LayerVertex layer) {
                requireWhole(layer.getLayerConf().getLayer());
            }
        }
        return network;
    }

    /** Stock gives every layer an activation and every output a loss when a network is made; one without fails only when it predicts. */
    private static void requireWhole(Layer layer) throws RefusedException {
        if (layer instanceof BaseWrapperLayer wrapper) {
            requireWhole(wrapper.getUnderlying());
        } else if (layer instanceof Bidirectional both) {
            requireWhole(both.getFwd());
            requireWhole(both.getBwd());
        } else if (layer == null || layer instanceof BaseLayer base && base.getActivationFn() == null || layer instanceof BaseOutputLayer output && output.getLossFn() == null
                || layer instanceof AbstractLSTM lstm && lstm.getGateActivationFn() == null) {
            throw new RefusedException("its description has a layer without activation or loss. Save the model again with Deeplearning4j 1.0.0-M2.1.");
        }
    }

    /**
     * Looks at the JSON's form, token by token, before anything is built of it.
     *
     * @throws IOException if it is no JSON, has a key twice, is nested deeper than {@value #DEEPEST} or is of a format that is not read
     */
    static void requireReadable(String json) throws IOException {
        Form form = new Form();
        try (JsonParser parser = new JsonFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    form.enter();
                } else if (token.isStructEnd()) {
                    form.depth--;
                } else if (token == JsonToken.FIELD_NAME) {
                    form.field(parser.getCurrentName());
                }
            }
        } catch (JsonParseException e) {
            if (String.valueOf(e.getMessage()).startsWith("Duplicate field")) {
                throw new RefusedException("its description has a key twice (line " + e.getLocation().getLineNr()
                        + "). Do not use it, or get it from its author again.");
            }
            throw e;
        }
    }

    /** Where a walk over JSON is: how deep, and which fields of old the open objects have. */
    private static final class Form {
        private final boolean[] weightInit = new boolean[DEEPEST + 1];
        private final boolean[] dist = new boolean[DEEPEST + 1];
        private int depth;

        void enter() throws RefusedException {
            if (++depth > DEEPEST) {
                throw new RefusedException("its description is nested deeper than " + DEEPEST + " levels. It is not a model of this program.");
            }
            weightInit[depth] = false;
            dist[depth] = false;
        }

        void field(String name) throws RefusedException {
            weightInit[depth] |= name.equals("weightInit");
            dist[depth] |= name.equals("dist");
            if (weightInit[depth] && dist[depth]) {
                throw new RefusedException("its description is in a format older than Deeplearning4j 1.0.0-beta. Save the model again with 1.0.0-M2.1.");
            }
        }
    }

    /** What a description is refused for; the message is a sentence for people, with what to do. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    private static boolean allowed(String name) {
        return ALLOWED.matcher(name).matches();
    }

    private static final class Allowed extends PolymorphicTypeValidator.Base {
        private static final long serialVersionUID = 1L;

        @Override
        public Validity validateSubClassName(MapperConfig<?> config, JavaType base, String name) {
            return allowed(name) ? Validity.ALLOWED : Validity.DENIED;
        }
    }

    /** Where every class that JSON names is looked up, type arguments among them, which no validator is asked about. */
    private static final class AllowedTypes extends TypeFactory {
        private static final long serialVersionUID = 1L;
        private static final int CACHED = 200;

        AllowedTypes() {
            super((LookupCache<Object, JavaType>) new LRUMap<Object, JavaType>(16, CACHED));
        }

        @Override
        public Class<?> findClass(String name) throws ClassNotFoundException {
            if (!allowed(name)) {
                throw new ClassNotFoundException("a model may not name " + name);
            }
            return super.findClass(name);
        }
    }

    /** Reads arrays whose values are all there, and makes no deserialiser for formats of old: theirs read with mappers of their own. */
    private static final class Deserialisers extends HandlerInstantiator {
        @Override
        public JsonDeserializer<?> deserializerInstance(DeserializationConfig config, Annotated annotated, Class<?> type) {
            if (BaseLegacyDeserializer.class.isAssignableFrom(type)) {
                throw new IllegalArgumentException("a part without @class");
            }
            return type == NDArrayTextDeSerializer.class ? new Arrays() : null;
        }

        @Override
        public KeyDeserializer keyDeserializerInstance(DeserializationConfig config, Annotated annotated, Class<?> type) {
            return null;
        }

        @Override
        public JsonSerializer<?> serializerInstance(SerializationConfig config, Annotated annotated, Class<?> type) {
            return null;
        }

        @Override
        public TypeResolverBuilder<?> typeResolverBuilderInstance(MapperConfig<?> config, Annotated annotated, Class<?> type) {
            return null;
        }

        @Override
        public TypeIdResolver typeIdResolverInstance(MapperConfig<?> config, Annotated annotated, Class<?> type) {
            return null;
        }
    }

    /** Stock's, which believes the shape. */
    private static final class Arrays extends JsonDeserializer<INDArray> {
        @Override
        public INDArray deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonNode node = parser.getCodec().readTree(parser);
            if (node.has("dataType")) {
                long values = 1;
                for (JsonNode size : node.path("shape")) {
                    values = Math.multiplyExact(values, size.asLong(-1));
                }
                if (values != node.path("data").size()) {
                    throw new IllegalArgumentException("an array of " + node.path("data").size() + " values says that it has " + values);
                }
            }
            return new NDArrayTextDeSerializer().deserialize(node);
        }
    }
}
