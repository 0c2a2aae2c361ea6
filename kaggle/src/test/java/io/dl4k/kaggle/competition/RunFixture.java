package io.dl4k.kaggle.competition;

import io.dl4k.kaggle.submission.SubmissionWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** A whole run as the command line does it, on made-up data. */
record RunFixture(Competition competition, CompetitionFiles files, RunOptions options, Path folder) {
    /** For files of competitions that DL4K knows. */
    static final EnsembleFile.Definitions NO_DEFINITIONS = definition -> {
        throw new AssertionError("asked for the competition of " + definition);
    };

    /** What a run leaves behind. */
    record Output(CompetitionRun.Result result, byte[] submission, byte[] model) {
    }

    static RunOptions options(int folds, int ensemble, int epochs, long seed) {
        return new RunOptions(OptionalInt.of(folds), OptionalInt.of(ensemble), OptionalInt.of(epochs), Duration.ZERO, seed);
    }

    Checkpoints checkpoints(boolean resume) throws IOException {
        return checkpoints(resume, Pace.affordable(), note -> {
            throw new AssertionError(note);
        });
    }

    Checkpoints checkpoints(boolean resume, Pace pace, Consumer<String> notes) throws IOException {
        return Checkpoints.open(folder.resolve("checkpoint"), resume, Checkpoints.describe(competition, files, options, "1", "cpu"), competition,
                Rows.problem(competition, files), pace, options.timeBudget(), notes);
    }

    /** Trains, predicts and writes. */
    Output run(boolean resume, RunObserver observer) throws IOException {
        return run(checkpoints(resume), observer);
    }

    /** Trains, predicts and writes. */
    Output run(Checkpoints checkpoints, RunObserver observer) throws IOException {
        Problem problem = Rows.problem(competition, files);
        CompetitionRun.Result result = new CompetitionRun(competition, problem, options, checkpoints, observer).execute();
        Path submission = folder.resolve("s.csv");
        Path model = folder.resolve("m.zip");
        SubmissionWriter.write(submission, problem.sample(), result.ensemble().answer().columns(result.ensemble().predict(problem.test(), problem.testRows())));
        EnsembleFile.save(result.ensemble(), model);
        return new Output(result, Files.readAllBytes(submission), Files.readAllBytes(model));
    }
}
