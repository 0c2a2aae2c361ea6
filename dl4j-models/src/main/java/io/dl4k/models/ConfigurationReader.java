package io.dl4k.models;

import java.io.IOException;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.shade.jackson.databind.JavaType;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.cfg.MapperConfig;
import org.nd4j.shade.jackson.databind.jsontype.PolymorphicTypeValidator;

/**
 * Reads Deeplearning4j's JSON of a network from a stranger. Stock's {@code fromJson} loads, and so initialises, any class of the
 * class path that the file names as {@code @class}, before it looks whether the class fits. Here a name is judged before it is
 * loaded, and only packages of stock layers and their parts pass.
 *
 * <p>The judge sits in the mapper, not in a search of the text: Jackson also takes a class from a doubled key and from the first
 * element of an array. Formats older than 1.0.0-beta are not read.
 */
final class ConfigurationReader {

    private static final Pattern ALLOWED = Pattern.compile(
            "org\\.(deeplearning4j\\.nn\\.(conf|weights|api\\.layers)|nd4j\\.linalg\\.(activations|learning|lossfunctions|schedule))\\.[\\w.$]+");
    /** A copy: stock's own stays as it is, and deserialisers that it has made already are not taken over. */
    private static final ObjectMapper STOCK = copy();

    private ConfigurationReader() {
    }

    private static ObjectMapper copy() {
        ObjectMapper copy = NeuralNetConfiguration.mapper().copy();
        copy.setPolymorphicTypeValidator(new Allowed());
        return copy;
    }

    /** @throws IOException if it is no such configuration, or names a class outside the allowed packages */
    static MultiLayerConfiguration layers(String json) throws IOException {
        return STOCK.readValue(json, MultiLayerConfiguration.class);
    }

    /** @throws IOException as for {@link #layers} */
    static ComputationGraphConfiguration graph(String json) throws IOException {
        return STOCK.readValue(json, ComputationGraphConfiguration.class);
    }

    private static final class Allowed extends PolymorphicTypeValidator.Base {
        private static final long serialVersionUID = 1L;

        @Override
        public Validity validateSubClassName(MapperConfig<?> config, JavaType base, String name) {
            return ALLOWED.matcher(name).matches() ? Validity.ALLOWED : Validity.DENIED;
        }
    }
}
