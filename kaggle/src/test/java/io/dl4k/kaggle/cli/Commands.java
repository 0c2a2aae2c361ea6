package io.dl4k.kaggle.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;

/** The command line as a user types it, in this JVM. */
public final class Commands {
    private Commands() {
    }

    /** What a command printed. */
    public record Printed(int code, String out, String err) {
    }

    /** Runs one; errors that are no exceptions become an exit code too. */
    public static Printed run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        int code = Main.run(Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)), texts);
        return new Printed(code, out.toString(), err.toString());
    }
}
