package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.kaggle.competition.Rows;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveCommandTest {
    @TempDir
    Path folder;

    private String errors(Path out, String... more) throws Exception {
        Path data = Rows.titanicFolder(folder.resolve("data"), 120, 20);
        StringWriter err = new StringWriter();
        List<String> arguments = Stream.concat(Stream.of("train", "titanic", "--data", data.toString(), "--folds", "2", "--ensemble", "1", "--epochs", "2", "--out", out.toString()),
                Stream.of(more)).toList();
        assertEquals(0, Main.commandLine().setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err, true)).execute(arguments.toArray(String[]::new)), err::toString);
        return err.toString();
    }

    @Test
    void train_withThePage_writesTheSameBytesAndLeavesNoServer() throws Exception {
        errors(folder.resolve("a.csv"));
        String err = errors(folder.resolve("b.csv"), "--ui", "--quiet");
        assertArrayEquals(Files.readAllBytes(folder.resolve("a.csv")), Files.readAllBytes(folder.resolve("b.csv")));
        var address = java.util.regex.Pattern.compile("live: http://127\\.0\\.0\\.1:(\\d+)/[A-Za-z0-9_-]{24}/\\R").matcher(err);
        assertTrue(address.matches(), err);
        assertThrows(ConnectException.class, () -> new Socket("127.0.0.1", Integer.parseInt(address.group(1))).close());
    }
}
