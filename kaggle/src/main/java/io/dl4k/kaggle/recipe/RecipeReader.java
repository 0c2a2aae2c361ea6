package io.dl4k.kaggle.recipe;

import io.dl4k.data.DataException;
import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a recipe. Every message names file, line and column; a misspelt key gets a suggestion. */
public final class RecipeReader {
    /** A recipe of a table with thousands of columns stays far below. */
    private static final long MOST_BYTES = 4_000_000;

    static final String COMPETITION = "competition";
    static final String TITLE = "title";
    static final String ID = "id";
    static final String TARGET = "target";
    static final String TASK = "task";
    static final String METRIC = "metric";
    static final String SUBMISSION = "submission";
    static final String COLUMNS = "columns";
    static final String IMAGES = "images";
    static final String SPLIT = "split";
    static final String FOLDS = "folds";
    static final String ENSEMBLE = "ensemble";
    static final String CANDIDATES = "candidates";

    private static final Set<String> KEYS = keys(COMPETITION, TITLE, ID, TARGET, TASK, METRIC, SUBMISSION, COLUMNS, IMAGES, SPLIT, FOLDS, ENSEMBLE, CANDIDATES);
    private static final Set<String> TRAINING = keys("name", "network", "features", "epochs", "batch", "learning-rate");
    private static final Set<String> MLP = with(TRAINING, "hidden", "activation", "dropout", "input-dropout", "batch-norm", "l1", "l2", "robust");
    private static final Set<String> CNN = with(TRAINING, "blocks", "kernel", "batch-norm", "dense", "dropout", "shift", "rotation", "scale");
    private static final Set<String> LSTM = with(TRAINING, "embedding", "units", "bidirectional", "pool", "dropout", "length");
    private static final Set<String> SERIES = with(TRAINING, "over", "steps", "units", "dropout", "l2");
    /** The word for a competition that is found by looking at the data. */
    static final String AUTO = "auto";

    private RecipeReader() {
    }

    /**
     * Reads a file.
     *
     * @throws DataException if it is no recipe
     * @throws IOException if it cannot be read
     */
    public static Recipe read(Path file) throws IOException {
        String name = String.valueOf(file);
        if (Files.size(file) > MOST_BYTES) {
            throw DataException.in(name, "it has " + Files.size(file) + " bytes, a recipe at most " + MOST_BYTES + ".");
        }
        try {
            return parse(name, Files.readString(file));
        } catch (CharacterCodingException e) {
            throw DataException.in(name, "it is not UTF-8 text. A recipe is a text file, see docs/recipes.md.");
        }
    }

    /**
     * Reads a recipe's text.
     *
     * @param name of the file, for messages
     * @throws DataException if it is no recipe
     */
    public static Recipe parse(String name, String yaml) {
        Optional<YamlNode> root = YamlNode.parse(name, yaml);
        return root.map(RecipeReader::recipe).orElse(Recipe.OPEN);
    }

    private static Recipe recipe(YamlNode root) {
        Map<String, YamlNode> map = root.map(KEYS);
        Map<String, ColumnKind> columns = new LinkedHashMap<>();
        YamlNode.read(map, COLUMNS, node -> node.anyMap("a kind for each column, such as 'Age: number'"))
                .ifPresent(all -> all.forEach((column, kind) -> columns.put(column, kind.choice(ColumnKind.class))));
        return root.checked(() -> new Recipe(YamlNode.read(map, COMPETITION, YamlNode::text).filter(slug -> !slug.equals(AUTO)), YamlNode.read(map, TITLE, YamlNode::text),
                YamlNode.read(map, ID, YamlNode::text), YamlNode.read(map, TARGET, node -> node.list().stream().map(YamlNode::text).toList()).orElse(List.of()),
                YamlNode.read(map, TASK, node -> node.choice(Task.class)), YamlNode.read(map, METRIC, RecipeReader::metric),
                YamlNode.read(map, SUBMISSION, node -> node.choice(Written.class)), columns, YamlNode.read(map, IMAGES, RecipeReader::images),
                YamlNode.read(map, SPLIT, RecipeReader::split), whole(map, FOLDS), whole(map, ENSEMBLE),
                YamlNode.read(map, CANDIDATES, node -> node.list().stream().map(RecipeReader::candidate).toList()).orElse(List.of())));
    }

    private static String metric(YamlNode node) {
        if (Metrics.named(node.text()).isEmpty()) {
            throw node.unknown(Metrics.all().stream().map(Metric::name).collect(Collectors.toCollection(LinkedHashSet::new)));
        }
        return node.text();
    }

    private static ImageSpec images(YamlNode node) {
        Map<String, YamlNode> map = node.map(keys("first", "last", "height", "width", "channels", "maximum", "interleaved"));
        for (String key : List.of("first", "last", "height", "width")) {
            require(node, map, key);
        }
        return node.checked(() -> new ImageSpec(map.get("first").text(), map.get("last").text(), map.get("height").whole(), map.get("width").whole(),
                whole(map, "channels").orElse(1), whole(map, "maximum").orElse(255), YamlNode.read(map, "interleaved", YamlNode::flag).orElse(false)));
    }

    private static SplitSpec split(YamlNode node) {
        if (!node.isMap()) {
            SplitSpec.Kind kind = node.choice(SplitSpec.Kind.class);
            if (kind.byColumn()) {
                throw node.fault("the split '" + kind.word() + "' needs a column: write 'split: {kind: " + kind.word() + ", column: …}'.");
            }
            return SplitSpec.of(kind);
        }
        Map<String, YamlNode> map = node.map(keys("kind", "column", "days"));
        require(node, map, "kind");
        return node.checked(() -> new SplitSpec(map.get("kind").choice(SplitSpec.Kind.class), YamlNode.read(map, "column", YamlNode::text), decimal(map, "days")));
    }

    private static CandidateSpec candidate(YamlNode node) {
        Map<String, YamlNode> open = node.anyMap("a candidate with a name, such as '- name: mlp'");
        Optional<String> kind = YamlNode.read(open, "network", YamlNode::text);
        Set<String> allowed = switch (kind.orElse("")) {
            case "mlp" -> MLP;
            case "cnn" -> CNN;
            case "lstm" -> open.containsKey("over") ? SERIES : LSTM;
            case "" -> TRAINING;
            default -> throw open.get("network").unknown(keys("mlp", "cnn", "lstm"));
        };
        Map<String, YamlNode> map = node.map(allowed);
        require(node, map, "name");
        Optional<NetworkSpec> network = kind.map(word -> node.checked(() -> switch (word) {
            case "mlp" -> mlp(map);
            case "cnn" -> cnn(map);
            default -> map.containsKey("over") ? series(map) : lstm(map);
        }));
        return node.checked(() -> new CandidateSpec(map.get("name").text(), network, YamlNode.read(map, "features", RecipeReader::features), whole(map, "epochs"),
                whole(map, "batch"), decimal(map, "learning-rate")));
    }

    private static FeatureSpec features(YamlNode node) {
        Map<String, YamlNode> map = node.map(keys("quantiles", "rates", "words", "parts", "rare", "pieces", "crosses"));
        FeatureSpec d = FeatureSpec.DEFAULT;
        return node.checked(() -> new FeatureSpec(YamlNode.read(map, "quantiles", YamlNode::flag).orElse(d.quantiles()),
                YamlNode.read(map, "rates", YamlNode::flag).orElse(d.rates()), whole(map, "words").orElse(d.words()), whole(map, "parts").orElse(d.parts()), whole(map, "rare").orElse(d.rare()),
                whole(map, "pieces").orElse(d.pieces()), whole(map, "crosses").orElse(d.crosses())));
    }

    private static NetworkSpec mlp(Map<String, YamlNode> map) {
        return new NetworkSpec.Mlp(YamlNode.read(map, "hidden", RecipeReader::wholes).orElse(List.of(64)),
                YamlNode.read(map, "activation", node -> node.choice(NetworkSpec.Bend.class)).orElse(NetworkSpec.Bend.LEAKY_RELU), number(map, "dropout", 0),
                number(map, "input-dropout", 0), YamlNode.read(map, "batch-norm", YamlNode::flag).orElse(false), number(map, "l1", 0), number(map, "l2", 0),
                YamlNode.read(map, "robust", YamlNode::flag).orElse(false));
    }

    private static NetworkSpec cnn(Map<String, YamlNode> map) {
        List<List<Integer>> blocks = YamlNode.read(map, "blocks", node -> node.list().stream().map(RecipeReader::wholes).toList()).orElse(List.of(List.of(32), List.of(64)));
        return new NetworkSpec.Cnn(blocks, whole(map, "kernel").orElse(3), YamlNode.read(map, "batch-norm", YamlNode::flag).orElse(true), whole(map, "dense").orElse(128),
                number(map, "dropout", 0), number(map, "shift", 0), number(map, "rotation", 0), number(map, "scale", 0));
    }

    private static NetworkSpec lstm(Map<String, YamlNode> map) {
        return new NetworkSpec.Lstm(whole(map, "embedding").orElse(64), whole(map, "units").orElse(64), YamlNode.read(map, "bidirectional", YamlNode::flag).orElse(true),
                YamlNode.read(map, "pool", node -> node.choice(NetworkSpec.Pool.class)).orElse(NetworkSpec.Pool.MAX), number(map, "dropout", 0),
                whole(map, "length").orElse(40));
    }

    private static NetworkSpec series(Map<String, YamlNode> map) {
        return new NetworkSpec.Series(map.get("over").text(), whole(map, "steps").orElse(25), whole(map, "units").orElse(48), number(map, "dropout", 0), number(map, "l2", 0));
    }

    private static List<Integer> wholes(YamlNode node) {
        return node.list().stream().map(YamlNode::whole).toList();
    }

    private static void require(YamlNode node, Map<String, YamlNode> map, String key) {
        if (!map.containsKey(key)) {
            throw node.fault("the key '" + key + "' is missing here.");
        }
    }

    private static OptionalInt whole(Map<String, YamlNode> map, String key) {
        return map.containsKey(key) ? OptionalInt.of(map.get(key).whole()) : OptionalInt.empty();
    }

    private static OptionalDouble decimal(Map<String, YamlNode> map, String key) {
        return map.containsKey(key) ? OptionalDouble.of(map.get(key).number()) : OptionalDouble.empty();
    }

    private static double number(Map<String, YamlNode> map, String key, double absent) {
        return map.containsKey(key) ? map.get(key).number() : absent;
    }

    private static Set<String> keys(String... names) {
        return new LinkedHashSet<>(Arrays.asList(names));
    }

    private static Set<String> with(Set<String> keys, String... more) {
        Set<String> all = new LinkedHashSet<>(keys);
        all.addAll(Arrays.asList(more));
        return all;
    }
}
