package io.dl4k.kaggle.cli;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import io.dl4k.data.Table;
import io.dl4k.hardware.ProfileChoice;
import io.dl4k.kaggle.auto.Recipes;
import io.dl4k.kaggle.competition.Ensemble;
import io.dl4k.kaggle.competition.EnsembleFile;
import io.dl4k.kaggle.competition.Problem;
import io.dl4k.kaggle.submission.SampleSubmission;
import io.dl4k.kaggle.submission.SubmissionWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
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

    @Option(names = "--data", required = true, paramLabel = "DIR|ZIP|CSV", description = "Rows to predict: Kaggle's zip or folder (its test.csv), or a CSV.")
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
            CsvSource rows = rows(files);
            Table table = ensemble.competition().read(rows);
            Optional<CsvSource> sampleFile = files.findMatching(SampleSubmission::isSampleName);
            SampleSubmission sample = sampleFile.isPresent() ? SampleSubmission.read(sampleFile.get()) : asRead(ensemble, table);
            sample.requireTargets(ensemble.targetColumns());
            int[] order = Problem.testRows(table, sample);
            if (!quiet) {
                DeviceOptions.announce(choice, spec.commandLine().getErr());
            }
            SubmissionWriter.write(out, sample, ensemble.answer().columns(ensemble.predict(table, order)));
            spec.commandLine().getOut().println(String.format(Locale.ROOT, "submission %s rows=%d seconds=%.1f device=%s", out, sample.rows(),
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

    private static String id(Table table, String column, int row) {
        if (table.column(column).isMissing(row)) {
            throw DataException.at(table.name(), table.line(row), column, "the id is missing. Every row to predict needs one.");
        }
        return table.column(column).text(row);
    }

    /** Without a sample submission: the rows' own ids in their order, or 1, 2, 3, … where they have none. */
    private static SampleSubmission asRead(Ensemble ensemble, Table table) {
        String id = ensemble.idColumn();
        List<String> ids = table.has(id) ? IntStream.range(0, table.rows()).mapToObj(row -> id(table, id, row)).toList()
                : IntStream.rangeClosed(1, table.rows()).mapToObj(Integer::toString).toList();
        return new SampleSubmission(table.name(), id, ensemble.targetColumns(), ids,
                Collections.nCopies(ensemble.targetColumns().size(), Collections.nCopies(ids.size(), "")));
    }
}
