package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.kaggle.competition.Rows;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From Kaggle's own zip to a submission that the check accepts. */
class TitanicCommandTest {
    @TempDir
    Path folder;

    @Test
    void train_kagglesZip_writesWhatCheckAcceptsAndPredictRepeats() throws IOException {
        Path zip = Rows.kaggleZip("titanic.zip").orElse(null);
        assumeTrue(zip != null, "shared/data/titanic.zip is not here: Kaggle's own rows are not tried");
        Path submission = folder.resolve("s.csv");
        Path model = folder.resolve("m.zip");
        String out = run("train", "titanic", "--data", zip, "--epochs", 1, "--folds", 2, "--out", submission, "--model", model);
        assertTrue(out.strip().matches("submission \\Q" + submission + "\\E rows=418 cv_accuracy=0\\.\\d{4} seconds=\\d+\\.\\d device=cpu"), out);
        assertEquals("accepted s.csv rows=418", run("check", submission, "--sample", zip).strip());
        Path again = folder.resolve("p.csv");
        run("predict", "--model", model, "--data", zip, "--out", again);
        assertArrayEquals(Files.readAllBytes(submission), Files.readAllBytes(again));
        assertEquals(419, Files.readAllLines(submission).size());
        assertEquals("PassengerId,Survived", Files.readAllLines(submission).get(0));
    }

    private static String run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        assertEquals(0, Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(texts), err::toString);
        return out.toString();
    }
}
