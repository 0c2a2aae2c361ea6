package io.dl4k.kaggle.competition;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.data.AtomicFile;
import io.dl4k.data.DataException;
import io.dl4k.training.TrainingKeeper;
import io.dl4k.training.TrainingState;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Checkpoints in a folder: a description of the run, which another run is told apart by, what the clock decided, one model file a finished network, and of
 * the network in training the last two states. Every file is written whole or not at all; a state that is damaged all the same is passed over for the one
 * before it, a damaged network is trained again.
 */
final class CheckpointFolder extends Checkpoints {
    private static final String DECISIONS = "decisions.json";
    private static final Pattern OURS = Pattern.compile("run\\.json|decisions\\.json|[a-z0-9-]+-fold\\d+-member\\d+(\\.zip|-step\\d+\\.state)|\\..*\\.(tmp|part)");
    private static final Pattern LEFT_BEHIND = Pattern.compile("\\..*\\.(tmp|part)");
    private static final Pattern STEP = Pattern.compile("-step(\\d{1,18})\\.state$");
    private static final int STATES_KEPT = 2;
    private static final long MAGIC = 0x444C344B53544154L;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES).build();

    private final Path folder;
    private final Competition competition;
    private final Problem problem;
    private final Pace pace;
    private final Decisions decisions;
    private final Consumer<String> notes;
    /** Finished and not written yet. */
    private final List<TrainedNetwork> pending = new ArrayList<>();
    /** Steps of the network in training that are kept; negative while none is in training. */
    private long stepsKept = -1;
    /** Processor time that writing took, nanoseconds. */
    private long processor;
    /** Somebody waits in {@link #keepNow}. */
    private volatile boolean wanted;

    private CheckpointFolder(Path folder, Competition competition, Problem problem, Pace pace, Decisions decisions, Consumer<String> notes) {
        this.folder = folder;
        this.competition = competition;
        this.problem = problem;
        this.pace = pace;
        this.decisions = decisions;
        this.notes = notes;
    }

    static CheckpointFolder of(Path folder, boolean resume, Map<String, String> run, Competition competition, Problem problem, Pace pace, Duration budget,
            Consumer<String> notes) throws IOException {
        Path description = folder.resolve(DESCRIPTION);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IOException(folder + ": is a file, where the checkpoint's folder goes. Remove it or choose another --out.");
        }
        Decisions decisions = new Decisions(budget);
        if (resume && Files.exists(description)) {
            for (Path file : files(folder)) {
                if (LEFT_BEHIND.matcher(file.getFileName().toString()).matches()) {
                    Files.delete(file);
                }
            }
            requireSame(folder, read(description), run);
            decisions = decisions(folder.resolve(DECISIONS), budget, notes);
        } else {
            delete(folder);
            Files.createDirectories(folder);
            byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new TreeMap<>(run));
            AtomicFile.write(description, out -> out.write(json));
        }
        return new CheckpointFolder(folder, competition, problem, pace, decisions, notes);
    }

    private static Decisions decisions(Path file, Duration budget, Consumer<String> notes) throws IOException {
        if (!Files.exists(file)) {
            return new Decisions(budget);
        }
        try {
            return new Decisions(JSON.readValue(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), Decisions.Kept.class));
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            notes.accept("resume: " + file + " is damaged; the time budget starts anew.");
            return new Decisions(budget);
        }
    }

    @Override
    Decisions decisions() {
        return decisions;
    }

    @Override
    boolean has(Candidate candidate, int fold, int member) {
        return Files.exists(file(candidate, fold, member)) || !states(candidate, fold, member).isEmpty();
    }

    @Override
    Optional<TrainedNetwork> find(Candidate candidate, int fold, int member) {
        Path file = file(candidate, fold, member);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(EnsembleFile.load(file, definition -> competition).networks().get(0));
        } catch (IOException | DataException e) {
            notes.accept("resume: " + file + " is damaged (" + reason(file, e) + "); its network is trained again.");
            return Optional.empty();
        }
    }

    /** The cause without the file's name, which the message has already, and without its own advice. */
    private static String reason(Path file, Exception e) {
        String message = String.valueOf(e.getMessage());
        String bare = message.startsWith(file + ": ") ? message.substring(file.toString().length() + 2) : message;
        int advice = bare.indexOf(". ");
        return advice < 0 ? bare : bare.substring(0, advice);
    }

    @Override
    Optional<Begun> begun(Candidate candidate, int fold, int member) {
        List<Path> states = states(candidate, fold, member);
        for (int i = states.size() - 1; i >= 0; i--) {
            try {
                return Optional.of(readState(states.get(i)));
            } catch (IOException | IllegalArgumentException e) {
                notes.accept("resume: " + states.get(i) + " is damaged (" + e.getMessage() + "); "
                        + (i > 0 ? "the state before it is used." : "its network is trained from the start."));
            }
        }
        return Optional.empty();
    }

    private static Begun readState(Path file) throws IOException {
        long length = Files.size(file) - Long.BYTES;
        // All of it once before any of it is believed.
        CRC32C found = new CRC32C();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16); CheckedInputStream checked = new CheckedInputStream(in, found)) {
            if (length < 0) {
                throw new IOException("it is cut off");
            }
            checked.skipNBytes(length);
            if (new DataInputStream(in).readLong() != found.getValue()) {
                throw new IOException("its checksum is another");
            }
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            if (in.readLong() != MAGIC) {
                throw new IOException("it is no state");
            }
            NetworkPlan plan = new NetworkPlan(in.readInt(), in.readLong(), Duration.ofNanos(in.readLong()));
            return new Begun(plan, TrainingState.read(in));
        }
    }

    @Override
    TrainingKeeper keeper(Candidate candidate, int fold, int member, NetworkPlan plan, Optional<TrainingState> found) {
        synchronized (this) {
            stepsKept = found.map(TrainingState::steps).orElse(0L);
        }
        return new TrainingKeeper() {
            @Override
            public Optional<TrainingState> found() {
                return found;
            }

            @Override
            public boolean due() {
                return wanted || pace.due();
            }

            @Override
            public void keep(TrainingState state) {
                write(() -> {
                    writePending();
                    writeState(candidate, fold, member, plan, state);
                });
                kept(state.steps());
            }
        };
    }

    private synchronized void kept(long steps) {
        stepsKept = steps;
        wanted = false;
        notifyAll();
    }

    private void writeState(Candidate candidate, int fold, int member, NetworkPlan plan, TrainingState state) throws IOException {
        AtomicFile.write(folder.resolve(String.format(Locale.ROOT, "%s-step%09d.state", name(candidate, fold, member), state.steps())), out -> {
            CRC32C crc = new CRC32C();
            DataOutputStream to = new DataOutputStream(new BufferedOutputStream(new CheckedOutputStream(out, crc), 1 << 16));
            to.writeLong(MAGIC);
            to.writeInt(plan.epochs());
            to.writeLong(plan.steps());
            to.writeLong(plan.budget().toNanos());
            state.write(to);
            to.flush();
            new DataOutputStream(out).writeLong(crc.getValue());
        });
        List<Path> states = states(candidate, fold, member);
        for (Path old : states.subList(0, Math.max(0, states.size() - STATES_KEPT))) {
            Files.delete(old);
        }
    }

    /** Of a network in training, the oldest first. */
    private List<Path> states(Candidate candidate, int fold, int member) {
        String start = name(candidate, fold, member) + "-step";
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().startsWith(start)).filter(file -> step(file) >= 0).sorted(Comparator.comparingLong(CheckpointFolder::step)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long step(Path state) {
        Matcher matcher = STEP.matcher(state.getFileName().toString());
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }

    @Override
    void keep(TrainedNetwork network) {
        synchronized (this) {
            pending.add(network);
            stepsKept = -1;
            notifyAll();
        }
        if (wanted || pace.due()) {
            flush();
        }
    }

    @Override
    void flush() {
        write(this::writePending);
    }

    /** Something that writes. */
    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    /** One at a time: who asks for a checkpoint at the end writes too. */
    private synchronized void write(Writing writing) {
        long start = System.nanoTime();
        long processorBefore = processorNanos();
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        pace.written(System.nanoTime() - start);
        processor += processorNanos() - processorBefore;
    }

    private void writePending() throws IOException {
        if (!decisions.budget().isZero()) {
            byte[] json = JSON.writeValueAsBytes(decisions.kept());
            AtomicFile.write(folder.resolve(DECISIONS), out -> out.write(json));
        }
        while (!pending.isEmpty()) {
            TrainedNetwork network = pending.get(0);
            Ensemble alone = new Ensemble(competition, problem.answer(), problem.sample().idColumn(), problem.sample().targetColumns(),
                    Map.of(network.candidate().name(), 1.0), List.of(network));
            EnsembleFile.saveQuickly(alone, file(network.candidate(), network.fold(), network.member()));
            for (Path state : states(network.candidate(), network.fold(), network.member())) {
                Files.delete(state);
            }
            pending.remove(0);
        }
    }

    @Override
    public OptionalLong keepNow(Duration patience) {
        synchronized (this) {
            wanted = true;
            long end = System.nanoTime() + patience.toNanos();
            boolean interrupted = false;
            while (wanted && stepsKept >= 0 && System.nanoTime() - end < 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, end - System.nanoTime()));
                } catch (InterruptedException e) {
                    interrupted = true;
                    break;
                }
            }
            boolean answered = !wanted && stepsKept >= 0;
            wanted = false;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            flush();
            return answered ? OptionalLong.of(stepsKept) : OptionalLong.empty();
        }
    }

    @Override
    public String cost() {
        return String.format(Locale.ROOT, "%d checkpoints written in %.2f s, %.2f s of it on the processor", pace.times(), pace.cost().toNanos() / 1e9, processor / 1e9);
    }

    /** Of this thread; the rest of the time it waits for the disk, or for its turn. */
    private static long processorNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : 0;
    }

    @Override
    public void delete() throws IOException {
        delete(folder);
    }

    private static String name(Candidate candidate, int fold, int member) {
        return candidate.name() + "-fold" + fold + "-member" + member;
    }

    private Path file(Candidate candidate, int fold, int member) {
        return folder.resolve(name(candidate, fold, member) + ".zip");
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
            if (!OURS.matcher(name).matches()) {
                throw new IOException(folder + ": holds " + name + ", which is not of a checkpoint. Remove the folder or choose another --out.");
            }
        }
        return files;
    }
}
