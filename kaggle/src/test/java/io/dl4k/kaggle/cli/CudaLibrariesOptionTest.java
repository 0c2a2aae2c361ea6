package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CudaLibrariesOptionTest {
    @Test
    void cudaLibs_noSuchFolder_isRefusedByName(@TempDir Path folder) throws Exception {
        Path missing = folder.resolve("none");
        Path model = Files.writeString(folder.resolve("model.zip"), "");
        for (String[] arguments : new String[][] {{"devices"}, {"train"}, {"predict", "--model", model.toString(), "--data", model.toString(), "--out", folder.resolve("out.csv").toString()}}) {
            StringWriter err = new StringWriter();
            CommandLine commands = Main.commandLine().setErr(new PrintWriter(err, true));
            String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
            all[arguments.length] = "--cuda-libs";
            all[arguments.length + 1] = missing.toString();
            assertEquals(2, Main.run(commands, all), err::toString);
            if (!arguments[0].equals("predict")) {
                assertEquals("dl4k: --cuda-libs " + missing + ": there is no such folder. Name the one with libcudart.so.13 or libcudnn.so.9 in it.", err.toString().strip());
            }
        }
        assertTrue(Files.notExists(folder.resolve("out.csv")));
    }
}
