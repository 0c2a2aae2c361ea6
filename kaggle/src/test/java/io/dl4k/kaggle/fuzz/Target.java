package io.dl4k.kaggle.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A reader of files from outside. */
interface Target {
    /**
     * Reads the bytes and holds the reader to what it promises: an answer, or the exception that it documents, which is caught here.
     *
     * @param folder for files; what is in it afterwards, the input aside, was left by the reader
     * @throws AssertionError if an answer is wrong
     * @throws IOException if the file system fails
     */
    void read(byte[] input, Path folder) throws IOException;

    /** Small inputs, by name, from which others are made. */
    Map<String, byte[]> seeds() throws IOException;

    /** Words of the format that chance would hardly find. */
    List<String> words();

    /** Whether it builds networks, for which native code is loaded before the first input. */
    default boolean ofNetworks() {
        return false;
    }

    /** The target of a name, as {@code .ci/fuzz} has it. */
    static Target named(String name) {
        return switch (name) {
            case "csv" -> new CsvTarget();
            case "zip" -> new ZipTarget();
            case "recipe" -> new RecipeTarget();
            case "model" -> new ModelTarget();
            case "ensemble" -> new EnsembleTarget();
            default -> throw new IllegalArgumentException("there is no target '" + name + "', only csv, zip, recipe, model, ensemble");
        };
    }
}
