package io.dl4k.kaggle.cli;

import io.dl4k.kaggle.submission.SubmissionCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "check", description = "Says whether Kaggle would accept a submission, row by row.")
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SUBMISSION", description = "CSV to check.")
    private Path submission;

    @Option(names = "--sample", required = true, paramLabel = "CSV|ZIP|DIR", description = "Kaggle's sample submission, or the zip or folder that has it; "
            + "with train.csv beside it the labels are checked too.")
    private Path sample;

    @Override
    public Integer call() throws IOException {
        SubmissionCheck check = SubmissionCheck.of(submission, sample);
        check.problems().forEach(spec.commandLine().getErr()::println);
        spec.commandLine().getOut().println(check.summary());
        return check.accepted() ? ExitCode.OK : ExitCode.USAGE;
    }
}
