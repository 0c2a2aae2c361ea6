package io.dl4k.kaggle.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The glossary names commands and classes that exist, in both languages alike. */
class ConceptsTest {
    private static final Path DOCS = Path.of("..", "docs");

    private static List<String> found(String file, String pattern) throws IOException {
        return Pattern.compile(pattern).matcher(Files.readString(DOCS.resolve(file))).results().map(m -> m.group(1)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"concepts.md", "concepts.zh-TW.md"})
    void concepts_commands_areTheTopics(String file) throws IOException {
        assertEquals(Topic.all().stream().map(Topic::name).collect(Collectors.toCollection(TreeSet::new)), new TreeSet<>(found(file, "`\\./dl4k explain ([a-z-]+)`")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"concepts.md", "concepts.zh-TW.md"})
    void concepts_classes_exist(String file) throws IOException {
        for (String name : found(file, "`([A-Z][A-Za-z]+)(?:\\.[^`]*)?`")) {
            assertTrue(name.equals("MultiLayerNetwork") || List.of("models", "training", "data", "diagnose", "accel").stream()
                    .anyMatch(part -> Files.exists(Path.of("..", "dl4j-models", "src", "main", "java", "io", "dl4k", part, name + ".java"))), name);
        }
    }

    @Test
    void concepts_inBothLanguages_haveTheSameTerms() throws IOException {
        assertEquals(found("concepts.md", "(?m)^\\|[^|]*\\|[^|]*\\|.*(`\\./dl4k explain [a-z-]+`) \\|$"), found("concepts.zh-TW.md", "(?m)^\\|[^|]*\\|[^|]*\\|.*(`\\./dl4k explain [a-z-]+`) \\|$"));
    }
}
