package io.dl4k.models;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is no model, or not a whole one. The message is one line: which file, what is wrong, what to do. */
public final class ModelFileException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final String problem;

    ModelFileException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
        this.file = file;
        this.problem = problem;
    }

    /** A name from a stranger's file, on one line. */
    static String shown(String name) {
        String plain = String.valueOf(name).replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "?");
        return plain.length() > 100 ? plain.substring(0, 100) + "…" : plain;
    }

    /** The message without the file. */
    String problem() {
        return problem;
    }

    /** @return the file that was read */
    public Path file() {
        return file;
    }
}
