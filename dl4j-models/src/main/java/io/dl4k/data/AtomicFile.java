package io.dl4k.data;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Writes a file whole or not at all: into a temporary neighbour, flushed to the disk, then moved over the target. */
public final class AtomicFile {
    private static final String TEMPORARY = ".tmp";

    /** Writes the content of one file. */
    @FunctionalInterface
    public interface Content {
        /**
         * @param out the file's bytes; buffered, closed by the caller
         * @throws IOException if writing fails; the target then stays as it was
         */
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {
    }

    /**
     * Replaces {@code target} by the content, atomically where the file system can.
     *
     * @throws IOException if the folder is missing, read-only or full; the message says which file and why, the old target is untouched
     */
    public static void write(Path target, Content content) throws IOException {
        Path absolute = target.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            throw new IOException(target + ": is a folder. Name a file in it.");
        }
        String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + suffix + TEMPORARY);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(new Device(target, Channels.newOutputStream(channel)), 1 << 16);
                content.writeTo(out);
                out.flush();
                // Without this a crash after the move can leave an empty file under the final name.
                force(channel, target);
            }
            try {
                Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, absolute, StandardCopyOption.REPLACE_EXISTING);
            }
            forceFolder(absolute.getParent());
        } catch (NoSuchFileException e) {
            throw new IOException(target + ": its folder " + absolute.getParent() + " does not exist. Create it or choose another path.", e);
        } catch (AccessDeniedException e) {
            throw new IOException(target + ": the folder " + absolute.getParent() + " is not writable. Choose another path.", e);
        } catch (FileSystemException e) {
            throw failed(target, e.getReason() == null ? e : new IOException(e.getReason(), e));
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Removes what writers of this target left beside it when they were killed. Not while another one writes it.
     *
     * @throws IOException if the folder cannot be listed or a file not be deleted
     */
    public static void clear(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        String start = "." + absolute.getFileName() + ".";
        List<Path> left;
        try (Stream<Path> files = Files.list(absolute.getParent())) {
            left = files.filter(file -> {
                String name = file.getFileName().toString();
                return name.startsWith(start) && name.substring(start.length()).matches("[0-9a-f]{1,16}\\" + TEMPORARY);
            }).toList();
        }
        for (Path file : left) {
            Files.deleteIfExists(file);
        }
    }

    /** What the disk says has no file in it: names the target, which the content's own failures do not get. */
    private static final class Device extends FilterOutputStream {
        private final Path target;

        Device(Path target, OutputStream out) {
            super(out);
            this.target = target;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                throw failed(target, e);
            }
        }
    }

    private static void force(FileChannel channel, Path target) throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    /** Without it a crash may bring the old entry back. Systems that open no folder as a file, such as Windows, do it themselves. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // The file itself is whole and in its place.
        }
    }

    private static IOException failed(Path target, IOException cause) {
        return new IOException(target + ": it cannot be written (" + cause.getMessage() + "). What was there is untouched. Free some space, or choose another path.", cause);
    }
}
