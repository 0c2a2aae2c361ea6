package io.dl4k.kaggle.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Listed here for the help. The launcher builds and runs the benchmarks itself: they and their rivals are no part of the application. */
@Command(name = "bench", description = "Runs the JMH benchmarks; JMH's own options pass through.", mixinStandardHelpOptions = false)
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "PATTERN", description = "Benchmarks to run, a regular expression on their names.")
    private String pattern;

    @Unmatched
    private List<String> options;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "benchmarks are built and run by the launcher: ./dl4k bench"
                + (pattern == null ? "" : " " + pattern) + (options == null ? "" : " " + String.join(" ", options)));
    }
}
