package io.dl4k.kaggle.cli;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import io.dl4k.hardware.ProfileChoice;
import io.dl4k.kaggle.auto.Recipes;
import io.dl4k.kaggle.competition.CompetitionFiles;
import io.dl4k.kaggle.competition.Ensemble;
import io.dl4k.kaggle.competition.EnsembleFile;
import io.dl4k.kaggle.competition.FilePrediction;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "predict", sortOptions = false, description = "Predicts with a saved model, without training.")
final class PredictCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "Model written by 'train --model'.")
    private Path model;

    @Option(names = "--data", required = true, paramLabel = "DIR|ZIP|CSV", description = "Rows to predict: a CSV, or Kaggle's zip or folder with its test.csv.")
    private Path data;

    @Option(names = "--out", paramLabel = "FILE", description = "Submission to write (default: ${DEFAULT-VALUE}).", defaultValue = "submission.csv")
    private Path out;

    @Mixin
    private DeviceOptions device;

    @Option(names = "--quiet", description = "Print nothing but the last line.")
    private boolean quiet;

    @Mixin
    private Logging logging;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        OutputFile submission = new OutputFile(spec.commandLine(), "--out", out);
        submission.requireOtherThan("--data", data);
        submission.requireOtherThan("--model", model);
        submission.requireFolder();
        try (DataFiles files = DataFiles.open(data)) {
            ProfileChoice choice = device.activate();
            Ensemble ensemble = EnsembleFile.load(model, Recipes::competition);
            Optional<CompetitionFiles> told = files.find("test.csv").isPresent() ? Optional.empty() : CompetitionFiles.byColumns(files);
            CsvSource rows = told.map(CompetitionFiles::test).orElseGet(() -> rows(files));
            Optional<SampleSubmission> sample = told.map(CompetitionFiles::sample).or(() -> files.findMatching(SampleSubmission::isSampleName)).map(SampleSubmission::read);
            int written = new FilePrediction(ensemble, rows).write(out, sample);
            if (!quiet) {
                DeviceOptions.announce(choice, spec.commandLine().getErr());
            }
            spec.commandLine().getOut().println(String.format(Locale.ROOT, "submission %s rows=%d seconds=%.1f device=%s", out, written,
                    (System.nanoTime() - start) / 1e9, choice.profile().device()));
            return ExitCode.OK;
        }
    }

    private static CsvSource rows(DataFiles files) {
        Optional<CsvSource> test = files.find("test.csv");
        if (test.isPresent()) {
            return test.get();
        }
        if (files.names().size() == 1) {
            return files.findMatching(name -> true).orElseThrow();
        }
        throw DataException.in(files.name(), "there is no test.csv in it, only " + files.names() + ". Name the CSV with the rows to predict.");
    }
}
