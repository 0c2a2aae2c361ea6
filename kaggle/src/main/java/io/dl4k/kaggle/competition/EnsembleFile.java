package io.dl4k.kaggle.competition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.data.DataException;
import io.dl4k.models.ModelFile;
import io.dl4k.models.ModelFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * An ensemble as one file: a stock DL4J zip of its first network, which plain DL4J loads, with further entries that it passes over: a description
 * (extra {@value #DESCRIPTION}: competition, answer, the fitted encoders) and the other networks, stock zips themselves.
 */
public final class EnsembleFile {
    private static final String DESCRIPTION = "ensemble.json";
    private static final String NETWORK = "network-%03d.zip";
    private static final int FORMAT = 3;
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES).build();

    /** @param encoder the fitted encoder's record as JSON */
    private record Member(String candidate, int fold, int member, TargetScale scale, JsonNode encoder) {
    }

    /** @param definition of the competition; empty where its slug says it all */
    private record Description(int format, String competition, String definition, Answer answer, String idColumn, List<String> targetColumns, Map<String, Double> weights,
            List<Member> networks) {
        Description {
            targetColumns = List.copyOf(targetColumns);
            weights = Map.copyOf(weights);
            networks = List.copyOf(networks);
        }
    }

    private EnsembleFile() {
    }

    /**
     * Writes the ensemble, whole or not at all.
     *
     * @throws IOException if the file cannot be written
     */
    public static void save(Ensemble ensemble, Path target) throws IOException {
        save(ensemble, target, Deflater.DEFAULT_COMPRESSION);
    }

    /** The same as fast as the disk allows, for a file that will not be there for long. */
    static void saveQuickly(Ensemble ensemble, Path target) throws IOException {
        save(ensemble, target, Deflater.NO_COMPRESSION);
    }

    /** @param level of compression of all but the further networks, which are files of their own */
    private static void save(Ensemble ensemble, Path target, int level) throws IOException {
        Map<String, byte[]> extras = new LinkedHashMap<>();
        // Encoders become text as they are written: trees of all vocabularies would take many times their size.
        List<Member> members = ensemble.networks().stream()
                .map(n -> new Member(n.candidate().name(), n.fold(), n.member(), n.scale(), JSON.getNodeFactory().pojoNode(n.encoder()))).toList();
        Description description = new Description(FORMAT, ensemble.competition().info().slug(),
                ensemble.competition().definition().orElse(""), ensemble.answer(), ensemble.idColumn(), ensemble.targetColumns(),
                ensemble.weights(), members);
        extras.put(DESCRIPTION, JSON.writeValueAsBytes(description));
        for (int i = 1; i < ensemble.networks().size(); i++) {
            extras.put(NETWORK.formatted(i), ModelFile.toBytes(ensemble.networks().get(i).network(), Map.of()));
        }
        ModelFile.save(ensemble.networks().get(0).network(), target, extras, level);
    }

    /** Makes a competition of its {@link Competition#definition}. */
    @FunctionalInterface
    public interface Definitions {
        /**
         * @return the competition
         * @throws DataException if the definition is none
         */
        Competition of(String definition);
    }

    /**
     * Reads an ensemble back.
     *
     * @param definitions for a competition that the file defines itself
     * @throws DataException if the file is no such model, damaged, or of a competition this version does not know
     * @throws IOException if it cannot be opened
     */
    public static Ensemble load(Path file, Definitions definitions) throws IOException {
        ModelFile.Loaded first = ModelFile.load(file);
        byte[] json = first.extras().get(DESCRIPTION);
        if (json == null) {
            throw DataException.in(file.toString(), "it is a DL4J model, but was not written by 'dl4k train': it does not say how rows become its input.");
        }
        try {
            Description description = JSON.readValue(new String(json, StandardCharsets.UTF_8), Description.class);
            Competition competition = competition(file, description, definitions);
            List<TrainedNetwork> networks = new ArrayList<>();
            for (int i = 0; i < description.networks().size(); i++) {
                Member member = description.networks().get(i);
                Candidate candidate = competition.candidates().stream().filter(c -> c.name().equals(member.candidate())).findFirst().orElseThrow(
                        () -> DataException.in(file.toString(), "this version of DL4K has no candidate '" + member.candidate() + "' for " + description.competition() + "."));
                Encoder encoder = JSON.treeToValue(member.encoder(), candidate.preparation().encoderType());
                Model network = i == 0 ? first.network() : nested(file, first.extras(), NETWORK.formatted(i));
                requireFit(network, encoder, description.answer().outputs());
                networks.add(new TrainedNetwork(candidate, member.fold(), member.member(), encoder, member.scale(), network));
            }
            return new Ensemble(competition, description.answer(), description.idColumn(), description.targetColumns(), description.weights(), networks);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw DataException.in(file.toString(), "its " + DESCRIPTION + " is damaged or from another version of DL4K. Train the model again.");
        }
    }

    /** @throws IllegalArgumentException if the network wants other features or has other outputs than the description says */
    private static void requireFit(Model network, Encoder encoder, int outputs) {
        if (!(network instanceof MultiLayerNetwork layers)) {
            return;
        }
        boolean dense = layers.getLayerWiseConfigurations().getConf(0).getLayer() instanceof DenseLayer;
        if (layers.layerSize(layers.getnLayers() - 1) != outputs || dense && layers.layerInputSize(0) != encoder.width()) {
            throw new IllegalArgumentException("the network does not fit its description");
        }
    }

    private static Competition competition(Path file, Description description, Definitions definitions) {
        if (description.format() != FORMAT) {
            throw DataException.in(file.toString(), "it has format " + description.format() + ", this version of DL4K reads format " + FORMAT + ". Train the model again.");
        }
        if (!description.definition().isEmpty()) {
            return definitions.of(description.definition());
        }
        return Competitions.find(description.competition()).orElseThrow(
                () -> DataException.in(file.toString(), "it is of the competition '" + description.competition() + "', which this version of DL4K does not know."));
    }

    private static Model nested(Path file, Map<String, byte[]> extras, String entry) throws IOException {
        byte[] bytes = extras.get(entry);
        if (bytes == null) {
            throw DataException.in(file.toString(), "its entry " + entry + " is missing. Train the model again.");
        }
        try {
            return ModelFile.fromBytes(entry, bytes).network();
        } catch (ModelFileException e) {
            throw DataException.in(file.toString(), "its entry " + entry + " is damaged. Copy the file again, or train the model again.");
        }
    }
}
