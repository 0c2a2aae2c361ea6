package io.dl4k.kaggle.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The files of a competition, in memory, to be broken and then written as a folder or a zip. Changed in place. */
final class KaggleFiles {
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    /** Adds or replaces a file. */
    KaggleFiles with(String name, String text) {
        return with(name, text.getBytes(StandardCharsets.UTF_8));
    }

    KaggleFiles with(String name, byte[] bytes) {
        files.put(name, bytes);
        return this;
    }

    KaggleFiles without(String name) {
        files.remove(name);
        return this;
    }

    String text(String name) {
        return new String(files.get(name), StandardCharsets.UTF_8);
    }

    /** @throws IllegalStateException if nothing changes */
    KaggleFiles edit(String name, UnaryOperator<String> change) {
        return bytes(name, before -> change.apply(new String(before, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }

    KaggleFiles bytes(String name, UnaryOperator<byte[]> change) {
        byte[] before = files.get(name);
        byte[] after = change.apply(before.clone());
        if (Arrays.equals(before, after)) {
            throw new IllegalStateException("nothing is changed in " + name);
        }
        return with(name, after);
    }

    /** Every file's bytes. */
    KaggleFiles all(UnaryOperator<byte[]> change) {
        files.keySet().forEach(name -> bytes(name, change));
        return this;
    }

    /** Every file's text in another encoding; a mark is the text's own. */
    KaggleFiles encoded(String mark, Charset charset) {
        return all(bytes -> (mark + new String(bytes, StandardCharsets.UTF_8)).getBytes(charset));
    }

    /** Every file under another name. */
    KaggleFiles named(UnaryOperator<String> name) {
        Map<String, byte[]> renamed = new LinkedHashMap<>();
        files.forEach((old, bytes) -> renamed.put(name.apply(old), bytes));
        files.clear();
        files.putAll(renamed);
        return this;
    }

    Path folder(Path in) throws IOException {
        Path folder = Files.createDirectories(in.resolve("data"));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        return folder;
    }

    Path zip(Path in) throws IOException {
        return Files.write(in.resolve("data.zip"), zipped());
    }

    byte[] zipped() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
