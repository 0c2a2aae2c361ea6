package io.dl4k.kaggle.recipe;

import io.dl4k.data.DataException;
import io.dl4k.data.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A value in a YAML file that knows where it stands, and says so when it is not what was wanted. */
final class YamlNode {
    private static final int MOST_ALIASES = 20;
    private static final int LONGEST_SHOWN = 40;

    private final String file;
    private final Node node;

    private YamlNode(String file, Node node) {
        this.file = file;
        this.node = node;
    }

    /** @return empty if there is nothing but comments @throws DataException where it is no YAML */
    static Optional<YamlNode> parse(String file, String yaml) {
        try {
            LoadSettings settings = LoadSettings.builder().setLabel(file).setMaxAliasesForCollections(MOST_ALIASES).setAllowDuplicateKeys(true).build();
            return new Compose(settings).composeString(yaml).filter(node -> !(node instanceof ScalarNode scalar && scalar.getValue().isEmpty()))
                    .map(node -> new YamlNode(file, node));
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw fault(file, mark, "this is not YAML: " + line(e.getProblem()) + ".");
        } catch (YamlEngineException | IllegalArgumentException e) {
            // The second is what a tag such as '!x%1F' is answered with.
            throw DataException.in(file, "this is not YAML: " + line(e.getMessage()) + ".");
        }
    }

    private static String line(String text) {
        return String.valueOf(text).replaceAll("\\s*\\R\\s*", " ").replaceAll("[.\\s]+$", "");
    }

    private static DataException fault(String file, Optional<Mark> mark, String message) {
        return DataException.in(mark.map(m -> file + ", line " + (m.getLine() + 1) + ", column " + (m.getColumn() + 1)).orElse(file), message);
    }

    /** What to throw about this value. */
    DataException fault(String message) {
        return fault(file, node.getStartMark(), message);
    }

    /** Runs what checks the values below, and says where this one is, if they do not fit. */
    <T> T checked(Supplier<T> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw fault(e.getMessage() + ".");
        }
    }

    /** @return the value's keys, in the file's order; each may stand once, and must be one of those allowed */
    Map<String, YamlNode> map(Set<String> allowed) {
        Map<String, YamlNode> map = anyMap("key: value lines, such as '" + allowed.iterator().next() + ": …'");
        for (String key : map.keySet()) {
            if (!allowed.contains(key)) {
                String nearest = Names.nearest(key, allowed);
                throw keyFault(key, "there is no key '" + key + "' here." + (nearest == null ? "" : " Did you mean '" + nearest + "'?") + " The keys are "
                        + String.join(", ", allowed) + ".");
            }
        }
        return map;
    }

    /** @return the value's keys, whatever they are */
    Map<String, YamlNode> anyMap(String wanted) {
        if (!(node instanceof MappingNode mapping)) {
            throw fault("expected " + wanted + ", found " + shown() + ".");
        }
        Map<String, YamlNode> map = new LinkedHashMap<>();
        for (NodeTuple pair : mapping.getValue()) {
            YamlNode key = new YamlNode(file, pair.getKeyNode());
            if (map.putIfAbsent(key.text(), new YamlNode(file, pair.getValueNode())) != null) {
                throw key.fault("the key '" + key.text() + "' stands here twice.");
            }
        }
        return map;
    }

    private DataException keyFault(String key, String message) {
        return ((MappingNode) node).getValue().stream().map(pair -> new YamlNode(file, pair.getKeyNode())).filter(k -> k.node instanceof ScalarNode s && s.getValue().equals(key))
                .findFirst().orElse(this).fault(message);
    }

    /** @return the list's values; a single value is a list of one */
    List<YamlNode> list() {
        if (node instanceof SequenceNode sequence) {
            List<YamlNode> list = new ArrayList<>();
            sequence.getValue().forEach(value -> list.add(new YamlNode(file, value)));
            return list;
        }
        return List.of(this);
    }

    boolean isMap() {
        return node instanceof MappingNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** @return the exact characters: a column may be called 1 or yes */
    String text() {
        if (node instanceof ScalarNode scalar && !(scalar.getTag().equals(Tag.NULL) && scalar.isPlain())) {
            return scalar.getValue();
        }
        throw fault("expected a text, found " + shown() + ".");
    }

    int whole() {
        if (node instanceof ScalarNode scalar && scalar.getValue().matches("[+-]?\\d{1,9}")) {
            return Integer.parseInt(scalar.getValue());
        }
        throw fault("expected a whole number, found " + shown() + ".");
    }

    double number() {
        if (node instanceof ScalarNode scalar && scalar.getValue().matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?")) {
            return Double.parseDouble(scalar.getValue());
        }
        throw fault("expected a number, found " + shown() + ".");
    }

    boolean flag() {
        return switch (node instanceof ScalarNode scalar ? scalar.getValue() : "") {
            case "true", "yes" -> true;
            case "false", "no" -> false;
            default -> throw fault("expected true or false, found " + shown() + ".");
        };
    }

    /** @return the choice that is spelt so */
    <E extends Enum<E> & Word> E choice(Class<E> choices) {
        List<E> all = Arrays.asList(choices.getEnumConstants());
        return all.stream().filter(e -> e.word().equals(text())).findFirst().orElseThrow(() -> {
            Set<String> words = all.stream().map(Word::word).collect(Collectors.toCollection(LinkedHashSet::new));
            return unknown(words);
        });
    }

    /** What to throw about a text that is none of those known. */
    DataException unknown(Set<String> known) {
        String nearest = Names.nearest(text(), known);
        return fault("expected one of " + String.join(", ", known) + ", found '" + text() + "'." + (nearest == null ? "" : " Did you mean '" + nearest + "'?"));
    }

    /** @return what a key's value is read as, or empty without the key */
    static <T> Optional<T> read(Map<String, YamlNode> map, String key, Function<YamlNode, T> reader) {
        return Optional.ofNullable(map.get(key)).map(reader);
    }

    private String shown() {
        if (node instanceof ScalarNode scalar) {
            String text = scalar.getValue();
            return text.isEmpty() ? "nothing" : "'" + line(text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text) + "'";
        }
        return node instanceof SequenceNode ? "a list" : "keys and values";
    }
}
