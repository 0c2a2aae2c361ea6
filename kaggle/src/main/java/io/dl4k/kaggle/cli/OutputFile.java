package io.dl4k.kaggle.cli;

import io.dl4k.data.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * A file that a command will write, checked before the work and not after it.
 *
 * @param file null if the option was not given: nothing is checked then
 */
record OutputFile(CommandLine command, String option, Path file) {
    /** @throws ParameterException if the file is a folder, or its own folder is missing or not writable */
    void requireFolder() {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw wrong(" is a folder; name a file in it");
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw wrong(": the folder " + folder + " does not exist");
        }
        if (!Files.isWritable(folder)) {
            throw wrong(": the folder " + folder + " is not writable");
        }
    }

    /** Removes what a killed run left of it, half written. @throws IOException if that cannot be done */
    void clear() throws IOException {
        if (file != null) {
            AtomicFile.clear(file);
        }
    }

    /** @throws ParameterException if writing the file would replace the other one; null is no file */
    void requireOtherThan(String otherOption, Path other) {
        boolean same = file != null && other != null && !Files.isDirectory(other) && file.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
        if (same) {
            throw new ParameterException(command, option + " and " + otherOption + " name the same file, " + file + "; give each its own");
        }
    }

    private ParameterException wrong(String text) {
        return new ParameterException(command, option + " " + file + text);
    }
}
