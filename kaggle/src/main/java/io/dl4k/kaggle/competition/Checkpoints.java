package io.dl4k.kaggle.competition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.accel.program.Precision;
import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.training.TrainingKeeper;
import io.dl4k.training.TrainingState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a run has done, kept until it is over, so that a run that was stopped at any moment goes on where it was and ends with the same bytes: finished
 * networks, the state of the one in training, and what the clock decided.
 */
public abstract sealed class Checkpoints permits CheckpointFolder, NoCheckpoints {
    static final String DESCRIPTION = "run.json";
    private static final String DEFINITION = "recipe";
    /** Longer values, such as digests and recipes, are shortened in messages. */
    private static final int LONGEST_SHOWN = 60;
    private static final int SHOWN = 12;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A network in training: how long it is trained, and its state. */
    record Begun(NetworkPlan plan, TrainingState state) {
    }

    /**
     * Opens the folder of a run.
     *
     * @param resume whether what is in it is used; otherwise it is removed
     * @param run what makes two runs the same, see {@link #describe}
     * @param pace when to write
     * @param budget time of the run, {@link Duration#ZERO}: no limit; a run that goes on keeps the one it had
     * @param notes told what of the folder cannot be used, for people
     * @throws DataException if the run is to be resumed and the folder is of another one, naming the difference
     * @throws IOException if the folder cannot be written
     */
    public static Checkpoints open(Path folder, boolean resume, Map<String, String> run, Competition competition, Problem problem, Pace pace, Duration budget,
            Consumer<String> notes) throws IOException {
        return CheckpointFolder.of(folder, resume, run, competition, problem, pace, budget, notes);
    }

    /** Keeps nothing. @param budget time of the run, {@link Duration#ZERO}: no limit */
    public static Checkpoints none(Duration budget) {
        return new NoCheckpoints(budget);
    }

    /** Time of the run; {@link Duration#ZERO}: no limit. */
    public final Duration budget() {
        return decisions().budget();
    }

    abstract Decisions decisions();

    /** Whether {@link #find} or {@link #begun} may have something of this network. */
    abstract boolean has(Candidate candidate, int fold, int member);

    /** A finished network of this run, if it is there and whole. */
    abstract Optional<TrainedNetwork> find(Candidate candidate, int fold, int member);

    /** What is there of a network that was in training: of the last states the latest that is whole. */
    abstract Optional<Begun> begun(Candidate candidate, int fold, int member);

    /** Keeps the state of a network in training now and then. @param found where it goes on from */
    abstract TrainingKeeper keeper(Candidate candidate, int fold, int member, NetworkPlan plan, Optional<TrainingState> found);

    /** Takes a finished network, which is written when it is time to. @throws java.io.UncheckedIOException if it cannot be written */
    abstract void keep(TrainedNetwork network);

    /** Writes what is not written yet. @throws java.io.UncheckedIOException if it cannot be written */
    abstract void flush();

    /**
     * Asks the run, from another thread, to keep all it has now, and waits for it.
     *
     * @param patience for the step that is running
     * @return steps of the network in training that are kept; empty if none is in training, or the run did not answer in time
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public abstract OptionalLong keepNow(Duration patience);

    /** What writing took, for people: {@code 5 checkpoints written in 0.12 s}. */
    public abstract String cost();

    /** Removes all that was kept, once the run's results are written. */
    public abstract void delete() throws IOException;

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

    static Map<String, String> read(Path description) throws IOException {
        String json = new String(Files.readAllBytes(description), StandardCharsets.UTF_8);
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
        if (options.precision() != Precision.FLOAT32) {
            run.put("precision", options.precision().toString());
        }
        // A short budget trains fewer epochs: its networks are not those of a longer one.
        run.put("time budget", options.timeBudget().isZero() ? "none" : options.timeBudget().toSeconds() + "s");
        run.put("version", version);
        run.put("profile", profile);
        return run;
    }

    static void requireSame(Path folder, Map<String, String> before, Map<String, String> now) {
        List<String> differences = Stream.concat(before.keySet().stream(), now.keySet().stream()).distinct().sorted()
                .filter(key -> !String.valueOf(before.get(key)).equals(String.valueOf(now.get(key))))
                .map(key -> key + " was " + shortened(before.get(key)) + ", is " + shortened(now.get(key))).toList();
        if (!differences.isEmpty()) {
            throw DataException.in(folder.toString(), "this checkpoint is of another run: " + String.join("; ", differences) + ". Repeat that run's options, or leave out --resume to start afresh.");
        }
    }

    private static String shortened(String value) {
        return value == null ? "absent" : value.length() > LONGEST_SHOWN ? value.substring(0, SHOWN) + "…" : value;
    }

    private static String digest(CsvSource source) throws IOException {
        try (InputStream in = source.open(); DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(out);
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
