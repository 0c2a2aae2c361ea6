package io.dl4k.kaggle.cli;

import io.dl4k.accel.program.Precision;
import io.dl4k.data.DataFiles;
import io.dl4k.hardware.Backend;
import io.dl4k.hardware.Probe;
import io.dl4k.hardware.Profile;
import io.dl4k.hardware.ProfileChoice;
import io.dl4k.kaggle.auto.Findings;
import io.dl4k.kaggle.auto.Recipes;
import io.dl4k.kaggle.auto.Search;
import io.dl4k.kaggle.competition.CandidateScore;
import io.dl4k.kaggle.competition.Checkpoints;
import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.competition.CompetitionFiles;
import io.dl4k.kaggle.competition.CompetitionRun;
import io.dl4k.kaggle.competition.Competitions;
import io.dl4k.kaggle.competition.EnsembleFile;
import io.dl4k.kaggle.competition.Pace;
import io.dl4k.kaggle.competition.Problem;
import io.dl4k.kaggle.competition.RunNeed;
import io.dl4k.kaggle.competition.RunOptions;
import io.dl4k.kaggle.competition.RunReport;
import io.dl4k.kaggle.live.LiveView;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.RecipeReader;
import io.dl4k.kaggle.report.Facts;
import io.dl4k.kaggle.report.ReportPage;
import io.dl4k.kaggle.submission.SubmissionWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "train", sortOptions = false, description = {"Trains, cross-validates and writes the submission.",
        "Without a competition: on the embedded sample, an MLP, a CNN and an LSTM side by side."})
final class TrainCommand implements Callable<Integer> {
    /** Without another: long enough for tables of some ten thousand rows. */
    private static final Duration AUTO_BUDGET = Duration.ofMinutes(5);
    /** Part of the time in which candidates are chosen; the rest is for those chosen. */
    private static final int SEARCH_PERCENT = 40;
    /** Part of the time that auto's training may end at. */
    private static final int TRAINING_PERCENT = 95;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "COMPETITION", description = {"Kaggle slug, see './dl4k competitions';", "auto: any other, found from its files alone;",
            "FILE.yaml: as a recipe says (docs/recipes.md)."})
    private String name;

    @Option(names = "--data", paramLabel = "DIR|ZIP", description = "Kaggle's zip, or a folder with its files.")
    private Path data;

    @Option(names = "--out", paramLabel = "FILE", description = "Submission to write (default: ${DEFAULT-VALUE}).", defaultValue = "submission.csv")
    private Path out;

    @Option(names = "--model", paramLabel = "FILE", description = "Save the trained networks, for 'predict'.")
    private Path model;

    @Option(names = "--report", paramLabel = "FILE", description = "Write a page that shows why to trust it, in HTML.")
    private Path report;

    @Mixin
    private DeviceOptions device;

    @Option(names = "--seed", paramLabel = "N", description = "Same seed, same submission (default: ${DEFAULT-VALUE}).", defaultValue = "42")
    private long seed;

    @Option(names = "--folds", paramLabel = "K", description = "Folds of the cross-validation; 1 holds out a tenth of the rows.")
    private Integer folds;

    @Option(names = "--ensemble", paramLabel = "N", description = "Networks trained a fold.")
    private Integer ensemble;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the rows for every network.")
    private Integer epochs;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "1",
            description = "Replicas that share each batch, dealt out over the GPUs or the cores (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--precision", paramLabel = "float32|tf32|bf16", defaultValue = "float32",
            description = "Of products and convolutions in training on a GPU with CUDA 13 (default: ${DEFAULT-VALUE}).")
    private String precision;

    @Option(names = "--metric", paramLabel = "NAME", description = "Score by this: accuracy, auc, f1, log_loss, rmse, …")
    private String metric;

    @Option(names = "--time-budget", paramLabel = "TIME", converter = DurationConverter.class,
            description = "Train no longer than this: 90s, 5m, 1h30m (default for auto: 5m).")
    private Duration timeBudget;

    @Option(names = "--ui", description = "Serve a page on this machine that follows the run; its address is printed.")
    private boolean ui;

    @Option(names = "--resume", description = "Go on where an interrupted run with the same options stopped.")
    private boolean resume;

    @Option(names = "--checkpoint-every", paramLabel = "TIME", converter = DurationConverter.class,
            description = "Keep what is done so often: 200ms, 30s (default: as often as costs 1%% of the time).")
    private Duration checkpointEvery;

    @Option(names = "--quiet", description = "Print nothing but the last line.")
    private boolean quiet;

    @Mixin
    private Logging logging;

    /** What is trained, on what, and for how long; {@link Duration#ZERO}: as long as it takes. */
    private record Job(Competition competition, Problem problem, ProfileChoice choice, Duration budget) {
    }

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        Subject subject = Subject.of(spec.commandLine(), name, metric);
        requireData(subject);
        // What cannot be is said before anything is read.
        options(Duration.ZERO);
        requireOutputs();
        try (DataFiles opened = data == null ? null : DataFiles.open(data)) {
            CompetitionFiles files = opened == null ? Competitions.sampleFiles() : CompetitionFiles.of(opened);
            Path folder = out.resolveSibling(out.getFileName() + ".checkpoint");
            train(job(subject, files, folder, start), files, folder, start);
            return ExitCode.OK;
        }
    }

    private void requireOutputs() throws IOException {
        OutputFile submission = new OutputFile(spec.commandLine(), "--out", out);
        OutputFile saved = new OutputFile(spec.commandLine(), "--model", model);
        OutputFile page = new OutputFile(spec.commandLine(), "--report", report);
        submission.requireFolder();
        saved.requireFolder();
        page.requireFolder();
        for (OutputFile file : List.of(submission, saved, page)) {
            file.requireOtherThan("--data", data);
            file.clear();
        }
        saved.requireOtherThan("--out", out);
        page.requireOtherThan("--out", out);
        page.requireOtherThan("--model", model);
    }

    /** Reads the data, looks at it where nobody said what it is, chooses the device, and searches for networks where none are given. */
    private Job job(Subject subject, CompetitionFiles files, Path folder, long start) throws IOException {
        Found found = subject.known().isPresent() ? null : found(subject.said().withFolds(optional(folds), optional(ensemble)), files, folder);
        Competition competition = found == null ? subject.known().orElseThrow() : Recipes.competition(found.recipe());
        Problem problem = read(competition, files);
        ProfileChoice choice = device.activate(workers);
        requireMemory(competition, problem);
        if (found == null || !found.open()) {
            return new Job(competition, problem, choice, timeBudget == null ? Duration.ZERO : timeBudget);
        }
        // Reading and looking have taken some of the time, predicting will: the user waits for all of it.
        long rest = (timeBudget == null ? AUTO_BUDGET : timeBudget).multipliedBy(TRAINING_PERCENT).dividedBy(100).toNanos() - (System.nanoTime() - start);
        Duration all = Duration.ofNanos(Math.max(1, rest));
        Duration part = found.recipe().candidates().size() == 1 ? Duration.ZERO : all.multipliedBy(SEARCH_PERCENT).dividedBy(100);
        Duration left = all.minus(part);
        Recipe chosen = new Search(found.recipe(), problem, options(part), folds == null && subject.said().folds().isEmpty() ? left : Duration.ZERO, this::say).run();
        return new Job(Recipes.competition(chosen), problem, choice, left);
    }

    private void train(Job job, CompetitionFiles files, Path folder, long start) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Competition competition = job.competition();
        Problem problem = job.problem();
        String profile = job.choice().profile().device();
        Map<String, String> run = Checkpoints.describe(competition, files, options(timeBudget == null ? Duration.ZERO : timeBudget), Main.Version.text(), job.choice().profile().toString());
        Pace pace = checkpointEvery == null ? Pace.affordable() : Pace.every(checkpointEvery);
        Checkpoints checkpoints = Checkpoints.open(folder, resume, run, competition, problem, pace, job.budget(), this::say);
        RunOptions options = options(checkpoints.budget());
        if (!quiet) {
            DeviceOptions.announce(job.choice(), err);
            if (Precision.parse(precision) != Precision.FLOAT32 && !(job.choice().profile() instanceof Profile.Cuda13)) {
                err.println("precision: float32; " + precision + " is for GPUs with CUDA 13");
            }
        }
        try (LiveView view = ui ? follow(competition, profile, err) : null) {
            CompetitionRun.Result result;
            Footprint footprint = new Footprint(this::say);
            try (Progress progress = Progress.on(err, quiet); Interruption interruption = new Interruption(folder, checkpoints, err)) {
                result = new CompetitionRun(competition, problem, options, checkpoints, event -> {
                    interruption.on(event);
                    progress.on(event);
                    footprint.on(event);
                    if (view != null) {
                        view.on(event);
                    }
                }).execute();
            }
            // The bar is gone, and many images take a minute.
            say(String.format(Locale.ROOT, "predicting: %,d rows by %,d networks", problem.sample().rows(), result.ensemble().networks().size()));
            write(result, job, options, files, footprint, start);
            checkpoints.delete();
            if (!quiet) {
                printScores(err, competition, result);
            }
            if (Logging.verbose()) {
                footprint.lines().forEach(err::println);
                err.println("checkpoints: " + checkpoints.cost());
                err.flush();
            }
            String summary = String.format(Locale.ROOT, "submission %s rows=%d cv_%s=%.4f seconds=%.1f device=%s", out, problem.sample().rows(), competition.info().metric().name(),
                    result.submitted().score(), (System.nanoTime() - start) / 1e9, profile);
            spec.commandLine().getOut().println(summary);
            if (view != null) {
                view.end(summary);
            }
        }
    }

    private void write(CompetitionRun.Result result, Job job, RunOptions options, CompetitionFiles files, Footprint footprint, long start) throws IOException {
        Problem problem = job.problem();
        float[][] predictions = result.ensemble().predictInOrder(problem.test(), problem.testRows());
        SubmissionWriter.write(out, problem.sample(), result.ensemble().answer().columns(predictions));
        if (model != null) {
            EnsembleFile.save(result.ensemble(), model);
        }
        if (report != null) {
            List<Facts> surroundings = List.of(Facts.of(Probe.thisMachine(), Backend.active().orElseThrow()), versions());
            ReportPage.write(report, RunReport.of(job.competition(), data == null ? files.name() : String.valueOf(data.getFileName()), problem, options, result, surroundings,
                    Instant.now(), (System.nanoTime() - start) / 1e9, footprint.memory()));
        }
    }

    private static LiveView follow(Competition competition, String profile, PrintWriter err) throws IOException {
        LiveView view = LiveView.start(competition.info().title(), competition.info().metric().name(), competition.info().metric().higherIsBetter(), profile);
        err.println("live: " + view.address());
        err.flush();
        return view;
    }

    /** @param recipe that leaves nothing open @param open whether its candidates are yet to be chosen from */
    private record Found(Recipe recipe, boolean open) {
    }

    /** Looks at the data; a run that goes on stays with what it had found, and what the user says now. */
    private Found found(Recipe said, CompetitionFiles files, Path folder) throws IOException {
        Optional<String> kept = resume ? Checkpoints.definition(folder) : Optional.empty();
        if (kept.isPresent()) {
            return new Found(said.over(RecipeReader.parse(folder.toString(), kept.get())), false);
        }
        Findings findings = Recipes.find(files, said);
        findings.lines().forEach(line -> say(Wrapped.of(line, "         ")));
        say("change:  './dl4k competitions show auto --data " + data + " > my.yaml', edit, './dl4k train my.yaml --data " + data + "'");
        return new Found(findings.recipe(), said.candidates().isEmpty());
    }

    private void say(String line) {
        if (!quiet) {
            spec.commandLine().getErr().println(line);
            spec.commandLine().getErr().flush();
        }
    }

    private void requireData(Subject subject) {
        if (name == null && data != null) {
            throw wrong("--data needs the competition's name before it: ./dl4k train COMPETITION --data " + data);
        }
        boolean sample = subject.known().filter(c -> c.info().slug().equals(Competitions.sample().info().slug())).isPresent();
        if (data == null && !sample) {
            throw wrong("'" + name + "' needs its data: --data " + (subject.known().isPresent() ? name : "DATA").replaceFirst("(?i)\\.ya?ml$", "") + ".zip, as Kaggle hands it out");
        }
    }

    private RunOptions options(Duration budget) {
        try {
            return new RunOptions(optional(folds), optional(ensemble), optional(epochs), budget, seed, workers, Precision.parse(precision));
        } catch (IllegalArgumentException e) {
            throw wrong("--" + e.getMessage());
        }
    }

    private Problem read(Competition competition, CompetitionFiles files) {
        Problem problem = Problem.read(competition, files);
        try {
            CompetitionRun.requirePossible(competition, problem, options(Duration.ZERO));
        } catch (IllegalArgumentException e) {
            throw wrong("--" + e.getMessage());
        }
        return problem;
    }

    /** Before anything is trained or written. */
    private void requireMemory(Competition competition, Problem problem) {
        RunNeed.refusal(competition, problem, options(Duration.ZERO), Probe.memoryLimits()).ifPresent(reason -> {
            throw wrong(reason);
        });
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static OptionalInt optional(Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private static Facts versions() {
        return new Facts("Versions", List.of(new Facts.Fact("DL4K", Main.Version.text()), new Facts.Fact("Deeplearning4j", Main.Version.deeplearning4j()),
                new Facts.Fact("Java", Runtime.version() + ", " + System.getProperty("java.vm.name"))));
    }

    private static void printScores(PrintWriter err, Competition competition, CompetitionRun.Result result) {
        int width = Math.max("candidate".length() + 1, result.scores().stream().mapToInt(score -> score.candidate().name().length()).max().orElse(0));
        String name = "%-" + width + "s ";
        err.printf(Locale.ROOT, "%n" + name + "%-6s %12s %10s %9s %9s%n", "candidate", "family", "cv " + competition.info().metric().name(), "+/- folds", "rows", "seconds");
        Map<String, Double> weights = result.submitted().weights();
        for (CandidateScore score : result.scores()) {
            // For F1 and kappa the submitted labels are cut elsewhere than the candidate's own.
            boolean cut = Math.abs(result.submitted().score() - score.score()) >= 5e-5;
            boolean alone = weights.size() == 1 && score == result.best() && (result.scores().size() > 1 || cut);
            err.printf(Locale.ROOT, name + "%-6s %12.4f %10.4f %9d %9.1f%s%n", score.candidate().name(), score.candidate().family(), score.score(), score.spread(),
                    score.rows(), score.seconds(), !alone ? "" : cut ? String.format(Locale.ROOT, "  <- submitted, with the best threshold %.4f", result.submitted().score())
                            : "  <- submitted");
        }
        if (weights.size() > 1) {
            String votes = weights.entrySet().stream().map(vote -> String.format(Locale.ROOT, "%.2f %s", vote.getValue(), vote.getKey())).collect(Collectors.joining(" + "));
            err.printf(Locale.ROOT, name + "%-6s %12.4f  <- submitted: %s%n", "blend", "", result.submitted().score(), votes);
        }
        err.println();
        err.flush();
    }
}
