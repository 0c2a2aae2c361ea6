package io.dl4k.kaggle.competition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.data.AtomicFile;
import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finished networks of a run, kept in a folder until the run is done, so that a run that was stopped goes on where it was.
 *
 * <p>The folder holds a description of the run (data, options, version) and one model file a finished network. A folder of another run is refused.
 */
public final class Checkpoints {
    private static final String DESCRIPTION = "run.json";
    private static final String DEFINITION = "recipe";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final Competition competition;
    private final Problem problem;

    private Checkpoints(Path folder, Competition competition, Problem problem) {
        this.folder = folder;
        this.competition = competition;
        this.problem = problem;
    }

    /**
     * Opens the folder of a run.
     *
     * @param resume whether finished networks in it are used; otherwise they are removed
     * @param run what makes two runs the same, see {@link #describe}
     * @throws DataException if the run is to be resumed and the folder is of another one, naming the difference
     * @throws IOException if the folder cannot be written
     */
    public static Checkpoints open(Path folder, boolean resume, Map<String, String> run, Competition competition, Problem problem) throws IOException {
        Path description = folder.resolve(DESCRIPTION);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IOException(folder + ": is a file, where the checkpoint's folder goes. Remove it or choose another --out.");
        }
        if (resume && Files.exists(description)) {
            files(folder);
            requireSame(folder, read(description), run);
        } else {
            delete(folder);
            Files.createDirectories(folder);
            byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new TreeMap<>(run));
            AtomicFile.write(description, out -> out.write(json));
        }
        return new Checkpoints(folder, competition, problem);
    }

    /**
     * The definition of the competition that a checkpoint is of, for a run that is to go on with it.
     *
     * @return empty if there is no checkpoint, or its competition has no definition
     * @throws DataException if the checkpoint's description is damaged
     * @throws IOException if it cannot be read
     */
    public static Optional<String> definition(Path folder) throws IOException {
        Path description = folder.resolve(DESCRIPTION);
        return Files.exists(description) ? Optional.ofNullable(read(description).get(DEFINITION)) : Optional.empty();
    }

    private static Map<String, String> read(Path description) throws IOException {
        byte[] json = Files.readAllBytes(description);
        Map<String, String> run = null;
        try {
            run = JSON.readValue(json, new TypeReference<TreeMap<String, String>>() { });
        } catch (JsonProcessingException e) {
            // Refused below, as JSON that says nothing is.
        }
        if (run == null) {
            throw DataException.in(description.toString(), "it is damaged. Leave out --resume to start afresh.");
        }
        return run;
    }

    /** What makes two runs the same: data, options and version. Members may be added, so their number is left out. */
    public static Map<String, String> describe(Competition competition, CompetitionFiles files, RunOptions options, String version, String profile) throws IOException {
        Map<String, String> run = new TreeMap<>();
        run.put("competition", competition.info().slug());
        competition.definition().ifPresent(definition -> run.put(DEFINITION, definition));
        run.put("train.csv", digest(files.train()));
        run.put("test.csv", digest(files.test()));
        run.put("sample submission", digest(files.sample()));
        run.put("folds", String.valueOf(options.folds().orElse(competition.info().defaultFolds())));
        run.put("epochs", options.epochs().isPresent() ? String.valueOf(options.epochs().getAsInt()) : "default");
        run.put("seed", String.valueOf(options.seed()));
        if (options.workers() > 1) {
            run.put("workers", String.valueOf(options.workers()));
        }
        // A short budget trains fewer epochs: its networks are not those of a longer one.
        run.put("time budget", options.timeBudget().isZero() ? "none" : options.timeBudget().toSeconds() + "s");
        run.put("version", version);
        run.put("profile", profile);
        return run;
    }

    private static void requireSame(Path folder, Map<String, String> before, Map<String, String> now) {
        List<String> differences = Stream.concat(before.keySet().stream(), now.keySet().stream()).distinct().sorted()
                .filter(key -> !String.valueOf(before.get(key)).equals(String.valueOf(now.get(key))))
                .map(key -> key + " was " + shortened(before.get(key)) + ", is " + shortened(now.get(key))).toList();
        if (!differences.isEmpty()) {
            throw DataException.in(folder.toString(), "this checkpoint is of another run: " + String.join("; ", differences) + ". Repeat that run's options, or leave out --resume to start afresh.");
        }
    }

    private static String shortened(String value) {
        return value == null ? "absent" : value.length() > 16 ? value.substring(0, 12) + "…" : value;
    }

    private static String digest(CsvSource source) throws IOException {
        try (InputStream in = source.open(); DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(out);
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** A finished network of this run, if it is there. */
    Optional<TrainedNetwork> find(Candidate candidate, int fold, int member) {
        Path file = file(candidate, fold, member);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(EnsembleFile.load(file, definition -> competition).networks().get(0));
        } catch (IOException | DataException e) {
            throw DataException.in(file.toString(), "the checkpoint cannot be read (" + reason(file, e) + "). Delete this file to train its network again, or leave out --resume to start afresh.");
        }
    }

    /** The cause without the file's name, which the message has already, and without its own advice. */
    private static String reason(Path file, Exception e) {
        String message = String.valueOf(e.getMessage());
        String bare = message.startsWith(file + ": ") ? message.substring(file.toString().length() + 2) : message;
        int advice = bare.indexOf(". ");
        return advice < 0 ? bare : bare.substring(0, advice);
    }

    /** Keeps a finished network. */
    void keep(TrainedNetwork network) {
        Ensemble alone = new Ensemble(competition, problem.answer(), problem.sample().idColumn(), problem.sample().targetColumns(), Map.of(network.candidate().name(), 1.0),
                List.of(network));
        try {
            EnsembleFile.save(alone, file(network.candidate(), network.fold(), network.member()));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** Removes the folder, once the run's results are written. */
    public void delete() throws IOException {
        delete(folder);
    }

    private Path file(Candidate candidate, int fold, int member) {
        return folder.resolve(candidate.name() + "-fold" + fold + "-member" + member + ".zip");
    }

    /** Deletes the files a checkpoint has and then the folder; a folder with anything else in it is left. */
    private static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        for (Path file : files(folder)) {
            Files.delete(file);
        }
        Files.delete(folder);
    }

    /** The files of a checkpoint, half-written ones of an interrupted run among them. @throws IOException if anything else is in the folder */
    private static List<Path> files(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (!name.equals(DESCRIPTION) && !name.matches("[a-z0-9-]+-fold\\d+-member\\d+\\.zip|\\..*\\.(tmp|part)")) {
                throw new IOException(folder + ": holds " + name + ", which is not of a checkpoint. Remove the folder or choose another --out.");
            }
        }
        return files;
    }
}
