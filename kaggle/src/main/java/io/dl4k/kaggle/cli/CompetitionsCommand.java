package io.dl4k.kaggle.cli;

import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.competition.Competitions;
import io.dl4k.kaggle.competition.Family;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "competitions", description = "Lists the competitions that are known: name, family of network, metric, files.")
final class CompetitionsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-18s %-13s %-9s %s%n", "NAME", "FAMILY", "METRIC", "TITLE");
        for (Competition competition : Competitions.all()) {
            String families = competition.families().stream().map(Family::name).collect(Collectors.joining("+"));
            out.printf("%-18s %-13s %-9s %s%n", competition.info().slug(), families, competition.info().metric().name(), competition.info().title());
        }
        out.println();
        out.println("Files: train.csv, test.csv and the sample submission, in Kaggle's zip or a folder.");
        out.println("Get them:   kaggle competitions download -c titanic");
        out.println("Train:      ./dl4k train titanic --data titanic.zip");
        return ExitCode.OK;
    }
}
