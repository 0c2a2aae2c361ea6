package io.dl4k.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the competitions' zips: in the folder of the system property {@code dl4k.data}, or in {@code shared/data} of a parent folder. */
final class Competitions {
    private Competitions() { }

    /** The zip; skips the test if it is not at hand. */
    static Path zip(String name) {
        String property = System.getProperty("dl4k.data");
        Path folder = property != null ? Path.of(property) : above(Path.of("").toAbsolutePath());
        assumeTrue(folder != null && Files.exists(folder.resolve(name)), name + " is not at hand: skipped");
        return folder.resolve(name);
    }

    private static Path above(Path start) {
        for (Path p = start; p != null; p = p.getParent()) if (Files.isDirectory(p.resolve("shared/data"))) return p.resolve("shared/data");
        return null;
    }
}
