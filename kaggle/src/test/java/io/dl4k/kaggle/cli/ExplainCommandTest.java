package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... arguments) {
        String[] texts = java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        return Main.run(Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)), texts);
    }

    @Test
    void explain_withoutATopic_listsTwelve() {
        assertEquals(0, run("explain"), err::toString);
        String[] lines = out.toString().split("\\R\\R")[0].split("\\R");
        assertEquals(12, lines.length);
        assertTrue(lines[0].startsWith("neuron            A neuron multiplies"), lines[0]);
    }

    @Test
    void explain_unknownTopic_namesThemAndWritesNothing() {
        Path pages = folder.resolve("pages");
        assertEquals(2, run("explain", "neurn", "--out", pages));
        assertTrue(err.toString().startsWith("dl4k: there is no topic 'neurn'. Topics: neuron, perceptron, "), err::toString);
        assertEquals(1, err.toString().lines().count());
        assertFalse(Files.exists(pages));
    }

    @Test
    void explain_outThatCannotBe_isRefused() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(2, run("explain", "neuron", "--out", file));
        assertEquals("dl4k: --out " + file + " is a file; name a folder", err.toString().strip());
        err.getBuffer().setLength(0);
        assertEquals(2, run("explain", "neuron", "--out", folder.resolve("none/pages")));
        assertEquals("dl4k: --out " + folder.resolve("none/pages") + ": the folder " + folder.resolve("none") + " does not exist", err.toString().strip());
    }
}
