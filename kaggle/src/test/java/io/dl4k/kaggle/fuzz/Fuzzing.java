package io.dl4k.kaggle.fuzz;

import io.dl4k.hardware.Backend;
import io.dl4k.hardware.DeviceRequest;
import io.dl4k.hardware.Probe;
import io.dl4k.hardware.ProfileChooser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** What Jazzer calls, by name. The target is the system property {@value #TARGET}. {@link #main} writes what a search starts from. */
public final class Fuzzing {
    private static final String TARGET = "dl4k.fuzz";
    private static final String INPUT = "input";
    private static final int FILES_EVERY = 2048;
    private static final int MOST_MORE_FILES = 64;

    private final Target target;
    private final Path folder;
    private long executions;
    private long openAtFirst;

    private Fuzzing(Target target) throws IOException {
        this.target = target;
        this.folder = Files.createTempDirectory("fuzz");
    }

    /** Made on first use: Jazzer calls static methods only. */
    private static final class Only {
        private static final Fuzzing FUZZING = made();

        private static Fuzzing made() {
            try {
                return new Fuzzing(target(System.getProperty(TARGET)));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private static Target target(String name) {
        Target target = Target.named(name);
        if (target.ofNetworks()) {
            Backend.activate(ProfileChooser.choose(Probe.thisMachine(), DeviceRequest.CPU, OptionalInt.empty()).profile());
        }
        return target;
    }

    /** Called by Jazzer before the first input, so that no time of an input goes into loading native code. */
    public static void fuzzerInitialize() {
        Only.FUZZING.executions = 0;
    }

    /** Called by Jazzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Only.FUZZING.one(input);
    }

    private void one(byte[] input) throws IOException {
        target.read(input, folder);
        requireNothingLeft(folder);
        if (++executions % FILES_EVERY == 0) {
            long open = openFiles();
            openAtFirst = openAtFirst == 0 ? open : openAtFirst;
            if (open > openAtFirst + MOST_MORE_FILES) {
                throw new AssertionError(open + " files are open, " + openAtFirst + " were");
            }
        }
    }

    /** @throws AssertionError if there is a file in the folder but the input, or one of ours beside it */
    static void requireNothingLeft(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder); Stream<Path> beside = Files.list(folder.getParent())) {
            List<Path> left = new ArrayList<>(inside.filter(file -> !file.getFileName().toString().startsWith(INPUT)).toList());
            left.addAll(beside.filter(file -> file.getFileName().toString().matches("dl4k-.*\\.zip")).toList());
            if (!left.isEmpty()) {
                throw new AssertionError("left behind: " + left);
            }
        }
    }

    private static long openFiles() throws IOException {
        Path files = Path.of("/proc/self/fd");
        if (!Files.isDirectory(files)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(files)) {
            return open.count();
        }
    }

    /** Writes seeds into a folder and a dictionary: {@code TARGET FOLDER DICTIONARY}. */
    public static void main(String[] arguments) throws IOException {
        Target target = target(arguments[0]);
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        for (Map.Entry<String, byte[]> seed : target.seeds().entrySet()) {
            Files.write(folder.resolve("seed-" + seed.getKey()), seed.getValue());
        }
        StringBuilder dictionary = new StringBuilder();
        for (String word : target.words()) {
            dictionary.append('"');
            for (byte b : word.getBytes(StandardCharsets.ISO_8859_1)) {
                dictionary.append(b < ' ' || b == '"' || b == '\\' || b > '~' ? String.format("\\x%02X", b) : String.valueOf((char) b));
            }
            dictionary.append("\"\n");
        }
        Files.writeString(Path.of(arguments[2]), dictionary);
        System.exit(0);
    }
}
